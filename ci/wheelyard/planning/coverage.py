"""Set a plan against what is out there: which Pythons and platforms are lost, which are gained."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wheelyard.errors import UsageError
from wheelyard.planning.plan import Plan
from wheelyard.targets import Identifier, answers, sort_key

if TYPE_CHECKING:
    from packaging.tags import Tag


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Identifiers that installers find a wheel for now and will not, and the other way round."""

    lost: tuple[Identifier, ...]
    gained: tuple[Identifier, ...]


def compare(plan: Plan, files: Iterable[str]) -> Coverage:
    """The plan against the wheels among `files`, names as an index or a release has them.

    Raises `UsageError` when no wheel is among them.
    """
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename  # noqa: PLC0415  # start-up stays fast

    tags: set[Tag] = set()
    for file in files:
        if file.endswith(".whl"):
            try:
                tags |= parse_wheel_filename(file)[3]
            except InvalidWheelFilename:
                continue  # an installer looks past such a name too
    if not tags:
        raise UsageError("There is no wheel to compare the plan with. Look at the name, or give another release.")
    planned = frozenset(plan.identifiers)
    universe = planned | {identifier for tag in tags for identifier in _named(tag)}
    there = {identifier for identifier in universe if answers(identifier, tags)}
    ours = {identifier for identifier in universe if _planned(identifier, plan, planned)}
    return Coverage(lost=_ordered(there - ours), gained=_ordered(ours - there))


def _ordered(identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
    return tuple(sorted(identifiers, key=sort_key))


def _planned(identifier: Identifier, plan: Plan, planned: frozenset[Identifier]) -> bool:
    """Whether the plan answers an identifier, by itself or by the abi3 wheel of an older Python."""
    if identifier in planned or plan.pure:
        return True
    tail = identifier.partition("-")[2]
    return any(
        expected.identifiers[0].partition("-")[2] == tail and _abi3_answers(expected.identifiers[0], identifier)
        for expected in plan.expected
        if "-abi3-" in expected.pattern or "py3-none" in expected.pattern
    )


def _abi3_answers(built: Identifier, identifier: Identifier) -> bool:
    return identifier.interpreter == "cp" and not identifier.threaded and built.version <= identifier.version


_SYSTEMS = {"manylinux": r"manylinux\d*(?:_\d+_\d+)?", "musllinux": r"musllinux_\d+_\d+", "macosx": r"macosx_\d+_\d+"}
_OTHERS = {"android": r"android_\d+", "ios": r"ios_\d+_\d+", "pyodide": r"pyodide_\d+_\d+"}


def _named(tag: Tag) -> Iterator[Identifier]:
    """The identifier that a tag names by itself; tags of no architecture name none."""
    python = re.fullmatch(r"(cp|pp|graalpy)(\d)(\d+)", tag.interpreter)
    platform = next(
        (
            f"{system}_{found[1]}"
            for system, pattern in {**_SYSTEMS, **_OTHERS}.items()
            if (found := re.fullmatch(rf"{pattern}_(\w+)", tag.platform))
        ),
        tag.platform,
    )
    if python is None or platform == "any":
        return
    interpreter = {"graalpy": "gp"}.get(python[1], python[1])
    threaded = "t" if tag.abi == f"{tag.interpreter}t" else ""
    build = f"_{found[1]}" if (found := re.match(r"graalpy(\d+)_", tag.abi)) else ""
    try:
        yield Identifier.parse(f"{interpreter}{python[2]}{python[3]}{threaded}{build}-{platform}")
    except UsageError:
        return  # a platform that cibuildwheel has no more
