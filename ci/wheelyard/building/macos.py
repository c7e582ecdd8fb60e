"""Which macOS a wheel is built for, and whether its interpreter runs there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wheelyard.config import Config, Macos
from wheelyard.errors import listed
from wheelyard.targets import Identifier, Platform, macos_version, selects
from wheelyard.wheels import Wheel

TARGET = "MACOSX_DEPLOYMENT_TARGET"


def floor(identifier: Identifier) -> str:
    """The oldest macOS that can be built for: below it, cibuildwheel raises the target with no more than a warning.

    As in cibuildwheel 4.3's `platforms/macos.py`; no Mac with an ARM processor ever ran anything older than 11.
    """
    if identifier.arch == "arm64":
        return "11.0"
    if identifier.version >= (3, 14) or (identifier.interpreter == "pp" and identifier.version >= (3, 9)):
        return "10.15"
    return "10.13" if identifier.version >= (3, 12) else "10.9"


def environment(asked: Macos, identifier: Identifier) -> dict[str, str]:
    """The variable that says what to build for; on ARM, where nothing older than 11.0 exists, at least that."""
    if identifier.target.platform is not Platform.MACOS or asked.deployment_target is None:
        return {}
    wanted = asked.deployment_target
    return {TARGET: max(wanted, floor(identifier), key=macos_version) if identifier.arch == "arm64" else wanted}


def refusals(config: Config, asked: Iterable[tuple[Identifier, Mapping[str, str]]]) -> Iterator[str]:
    """A sentence for each target that the interpreter does not support, of those that jobs set and cibuildwheel's."""
    found: dict[tuple[str, str], list[Identifier]] = {}
    for identifier, variables in asked:
        if identifier.target.platform is Platform.MACOS:
            wanted = target(config.cibuildwheel, identifier, variables)
            least = floor(identifier)
            if wanted is not None and macos_version(wanted) < macos_version(least):
                found.setdefault((wanted, least), []).append(identifier)
    for (wanted, least), identifiers in found.items():
        select = " ".join(identifiers)
        yield (
            f"macOS {wanted} is asked for, and what {listed(identifiers)} is built with runs on {least} and newer:"
            f" the wheel would be for {least} without a word. Say so in an override: select = {select!r}"
            f" with env = {{ {TARGET} = {least!r} }}, or raise deployment-target in [tool.wheelyard.macos]."
        )


def newer(wheel: Wheel, wanted: str | None) -> str | None:
    """The oldest macOS that a wheel's tags name, where that is newer than the one asked for."""
    stated = (re.match(r"macosx_(\d+)_(\d+)_", tag.platform) for tag in wheel.tags)
    oldest = min(((int(found[1]), int(found[2])) for found in stated if found), default=None)
    if oldest is None or wanted is None or oldest <= macos_version(wanted):
        return None
    return f"{oldest[0]}.{oldest[1]}"


def target(options: Mapping[str, Any], identifier: Identifier, variables: Mapping[str, str]) -> str | None:
    """The oldest macOS asked for, in `[tool.cibuildwheel]` or else by a job's variables; None if it is no version."""
    wanted = stated(options, identifier) or variables.get(TARGET) or ""
    return wanted if re.fullmatch(r"\d+(\.\d+)*", wanted) else None


def stated(options: Mapping[str, Any], identifier: Identifier) -> str | None:
    """The target in `[tool.cibuildwheel]`, which wins over a job's own; None where none is plainly there."""
    overrides = [o for o in options.get("overrides", ()) if selects(_words(o.get("select", "")), identifier)]
    found = None
    for table in (options, options.get(Platform.MACOS, {}), *overrides):
        if "environment" in table:
            inherited = found if table.get("inherit", {}).get("environment", "none") != "none" else None
            found = _literal(table["environment"]) or inherited
    return found


def _literal(assignments: object) -> str | None:
    if isinstance(assignments, dict):
        return str(assignments[TARGET]) if TARGET in assignments else None
    stated = re.search(rf"""\b{TARGET}=["']?([\d.]+)""", _words(assignments))
    return stated[1] if stated else None


def _words(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
