"""What `[tool.cibuildwheel]` and the CIBW_* variables ask of the host engine for one identifier."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wheelyard.engines import Order
from wheelyard.engines.host import layers
from wheelyard.engines.host.layers import ASSIGNMENTS, COMMANDS, EXTRAS, NAMES, SETTINGS, TEXT, WORDS, Reader
from wheelyard.targets import Identifier, selects

# cibuildwheel's own defaults, which a project may have written out.
_REPAIR = "auditwheel repair -w {dest_dir} {wheel}"
_AUDIT = ("abi3audit --strict --report {abi3_wheel}",)


@dataclass(frozen=True, kw_only=True)
class FrontEnd:
    """The program that calls the build backend, with the project's arguments for it."""

    name: str = "build"
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options that concern the host engine; commands are shell text, "" where there is none.

    `environment` and `test_environment` are assignments in bash's syntax. `repair` is None for the engine's own.
    `notes` says which options were set but have no effect here.
    """

    environment: tuple[str, ...]
    environment_pass: tuple[str, ...]
    before_all: str
    before_build: str
    config_settings: tuple[str, ...]
    front_end: FrontEnd
    verbosity: int
    repair: str | None
    test_command: str
    before_test: str
    test_sources: tuple[str, ...]
    test_requires: tuple[str, ...]
    test_extras: tuple[str, ...]
    test_groups: tuple[str, ...]
    test_environment: tuple[str, ...]
    notes: tuple[str, ...]

    def macos(self, order: Order) -> str | None:
        """The oldest macOS that is asked for, as it is written: here, or else in the order's own variables."""
        name = "MACOSX_DEPLOYMENT_TARGET"
        own = [shlex.split(word)[0].partition("=")[2] for word in self.environment if word.startswith(f"{name}=")]
        return own[-1] if own else order.environment.get(name)


def resolve(options: Mapping[str, Any], identifier: Identifier, variables: Mapping[str, str]) -> Options:
    """The options for `identifier`; `UsageError` where one has a form that cibuildwheel does not take."""
    read = layers.over(options, identifier, variables)
    front_end = _front_end(read.last("build-frontend"))
    skipped = selects(" ".join(read.get("test-skip", NAMES)), identifier)
    return Options(
        environment=read.get("environment", ASSIGNMENTS),
        environment_pass=read.get("environment-pass", NAMES),
        before_all=_command(read, "before-all"),
        before_build=_command(read, "before-build"),
        config_settings=read.get("config-settings", SETTINGS),
        front_end=front_end,
        verbosity=_verbosity("".join(read.get("build-verbosity", TEXT))),
        repair=_repair(read),
        test_command="" if skipped else _command(read, "test-command"),
        before_test=_command(read, "before-test"),
        test_sources=read.get("test-sources", WORDS),
        test_requires=read.get("test-requires", WORDS),
        test_extras=read.get("test-extras", EXTRAS),
        test_groups=read.get("test-groups", NAMES),
        test_environment=read.get("test-environment", ASSIGNMENTS),
        notes=tuple(_without_effect(read, front_end)),
    )


def _command(read: Reader, name: str) -> str:
    return " && ".join(read.get(name, COMMANDS))


def _front_end(value: object) -> FrontEnd:
    """A front end written as a name, as `name; args: ...`, or as a table."""
    match value:
        case {**table}:
            name, rest = str(table.get("name", "")), table.get("args", ())
            arguments = tuple(map(str, rest)) if isinstance(rest, list) else layers.words(str(rest or ""))
        case str():
            name, _, rest = value.partition(";")
            arguments = layers.words(rest.strip().removeprefix("args:"))
        case _:
            return FrontEnd()
    name = name.strip().removeprefix("name:").strip()
    return FrontEnd(name="build" if name in {"", "default"} else name, arguments=arguments)


def _verbosity(text: str) -> int:
    return max(-3, min(3, int(text))) if re.fullmatch(r"-?\d+", text) else 0


def _repair(read: Reader) -> str | None:
    """A project's own command, None for the engine's, "" where repairing is turned off."""
    command = _command(read, "repair-wheel-command")
    return None if command == _REPAIR or read.last("repair-wheel-command") is None else command


def _without_effect(read: Reader, front_end: FrontEnd) -> Iterator[str]:
    """A sentence for each option that is set and that the engine cannot follow."""
    if front_end.name in {"build[uv]", "uv"}:
        yield f"build-frontend {front_end.name}: the host engine uses build and pip."
    if read.get("audit-command", COMMANDS) not in {(), _AUDIT}:
        yield "audit-command: left out by the host engine; `wheelyard audit` looks at every wheel."
    if read.last("dependency-versions") not in {None, "pinned"}:
        yield "dependency-versions: no effect in the host engine, whose own programs wheelyard pins."
