"""The builds of a release: which identifiers each answers, and what its file will be called.

An abi3 or py3-none wheel is built once, for the oldest Python, and answers all others of the same target and libc.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from wheelyard.building import macos
from wheelyard.config import Config, Project
from wheelyard.locking.lock import Lock
from wheelyard.planning.abi import Abi
from wheelyard.targets import Identifier, Target, selects, sort_key


@dataclass(frozen=True, kw_only=True)
class Build:
    """One wheel to build, tested for every one of its identifiers; `environment` is what overrides set for each."""

    identifiers: tuple[Identifier, ...]
    pattern: str
    variant: str | None = None
    environment: dict[Identifier, dict[str, str]] = field(default_factory=dict)

    @property
    def identifier(self) -> Identifier:
        """The identifier that builds; the others only test."""
        return self.identifiers[0]

    @property
    def target(self) -> Target:
        """The target of all its identifiers."""
        return self.identifier.target


def of(config: Config, lock: Lock) -> tuple[Build, ...]:
    """Every build of the targets in `config`, in the order people read them; variants come after what they vary."""
    found: list[Build] = []
    for target in config.tool.targets:
        for group in _groups(lock.of(target), config.abi):
            variants = (None, *dict.fromkeys(o.variant for o in config.tool.override if o.variant is not None))
            found.extend(build for variant in variants if (build := _build(config, group, variant)) is not None)
    return tuple(found)


def _build(config: Config, group: tuple[Identifier, ...], variant: str | None) -> Build | None:
    """The build of a group, or what of it a variant selects."""
    overrides = [o for o in config.tool.override if o.variant in {None, variant}]
    if variant is not None:
        selecting = [o.select for o in overrides if o.variant == variant]
        group = tuple(identifier for identifier in group if any(selects(select, identifier) for select in selecting))
    if not group:
        return None
    environment = {}
    for identifier in group:
        chosen = macos.environment(config.tool.macos, identifier)
        for override in overrides:
            if selects(override.select, identifier):
                chosen.update(override.env)
        if chosen:
            environment[identifier] = chosen
    pattern = pattern_of(group, config.project, config.abi)
    return Build(identifiers=group, pattern=pattern, variant=variant, environment=environment)


def _groups(identifiers: Iterable[Identifier], abi: Abi | None) -> Iterator[tuple[Identifier, ...]]:
    """The identifiers that one wheel answers, the oldest Python first."""
    shared: dict[tuple[object, ...], list[Identifier]] = {}
    for identifier in sorted(identifiers, key=sort_key):
        shared.setdefault(_sharing(identifier, abi), []).append(identifier)
    return (tuple(group) for group in shared.values())


def _sharing(identifier: Identifier, abi: Abi | None) -> tuple[object, ...]:
    """What identifiers have in common that one wheel answers.

    The tags of Pyodide name the Emscripten of one Python, so nothing is shared there.
    """
    if abi is None or identifier.system == "pyodide" or not _covers(abi, identifier):
        return (identifier,)
    return (identifier.system, identifier.arch)


def _covers(abi: Abi, identifier: Identifier) -> bool:
    if abi.kind == "none":
        return True
    limited = identifier.interpreter == "cp" and not identifier.threaded
    return limited and (abi.since is None or identifier.version >= abi.since)


def pattern_of(group: tuple[Identifier, ...], project: Project, abi: Abi | None) -> str:
    """A glob for the canonical file name of the wheel that answers `group`."""
    identifier = group[0]
    return (
        "-".join((_name(project.name), _version(project.version), _python(identifier, abi), _platform(identifier)))
        + ".whl"
    )


def pure_pattern(project: Project) -> str:
    """A glob for the file name of the wheel for any platform."""
    return f"{_name(project.name)}-{_version(project.version)}-*-none-any.whl"


def matches(pattern: str, file: str) -> bool:
    """Whether a wheel's file name is one that `pattern` expects, however its name is spelled and with any build tag."""
    parts = file.removesuffix(".whl").split("-")
    if len(parts) not in {5, 6} or not file.endswith(".whl"):
        return False
    name, version, *_, python, abi, platform = parts
    return fnmatchcase("-".join((_name(name), version, python, abi, platform)) + ".whl", pattern)


def _name(name: str) -> str:
    """As https://packaging.python.org/en/latest/specifications/binary-distribution-format/ spells it in file names."""
    return re.sub(r"[-_.]+", "_", name).lower()


def _version(version: str | None) -> str:
    if version is None:
        return "*"
    if re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d*))*", version):
        return version
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415  # most versions are numbers and dots

    try:
        return str(Version(version)).replace("-", "_")
    except InvalidVersion:
        return "*"


def _python(identifier: Identifier, abi: Abi | None) -> str:
    """Python and ABI tag."""
    if abi is not None and _covers(abi, identifier):
        if abi.kind == "none":
            return "*py3-none"
        return f"{f'cp{abi.since[0]}{abi.since[1]}' if abi.since and identifier.version == abi.since else 'cp3*'}-abi3"
    major, minor = identifier.version
    match identifier.interpreter:
        case "pp":
            return f"pp{major}{minor}-pypy{major}{minor}_*"
        case "gp":
            return f"graalpy{major}{minor}-graalpy{identifier.python.partition('_')[2]}_*"
        case _:
            return f"cp{major}{minor}-{identifier.python}"


def _platform(identifier: Identifier) -> str:
    match identifier.system:
        case "win":
            return identifier.partition("-")[2]
        case "macosx":
            return f"macosx_*{identifier.arch}"
        case system:
            return f"{system}*_{identifier.arch}"
