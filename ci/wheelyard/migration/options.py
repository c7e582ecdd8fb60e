"""CIBW_* variables of a workflow as keys of `[tool.cibuildwheel]`.

A variable is an option in capitals (https://cibuildwheel.pypa.io/en/stable/configuration/), and one with the name of a
platform at its end counts more there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wheelyard.migration import globs
from wheelyard.migration.calls import Call
from wheelyard.targets import Identifier, Platform

# What says how a wheel is built and tested; what says which wheels there are is compared, not carried.
_CARRIED = re.compile(
    r"before-(all|build|test)|build-(frontend|verbosity)|config-settings|container-engine|dependency-versions"
    r"|environment(-pass)?|(many|musl)linux-\w[\w-]*-image|repair-wheel-command|xbuild-tools"
    r"|test-(command|requires|extras|groups|sources|skip|environment|runtime)"
)
_SELECTION = re.compile(
    r"(build|skip|archs)|enable|free-threaded-support|prerelease-pythons|platform|only|project-requires-python"
)
_IMAGE = re.compile(r"((?:many|musl)linux)-(?!pypy_)(\w+)-image")
_HARMLESS = re.compile("output-dir|allow-empty|debug-.*|cache-path|config-file|print-.*")


@dataclass(frozen=True, kw_only=True)
class Options:
    """Keys to add to `[tool.cibuildwheel]`, tables of platforms and overrides included."""

    table: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def carried(calls: Sequence[Call], built: Sequence[frozenset[Identifier]], *, present: Mapping[str, Any]) -> Options:
    """What the calls set in variables; `built` are the identifiers of each call, `present` the table as it is.

    A key that is there stays as it is, and a note says what the workflow has instead.
    """
    effective = [_effective(call) for call in calls]
    table: dict[str, Any] = {}
    overrides: dict[tuple[str, ...], dict[str, Any]] = {}
    notes = [note for call in calls for note in _strange(call)]
    for key in sorted({key for options in effective for key in options}):
        values = [options.get(key, "") for options in effective]
        if _is_there(present, key):
            notes += _differing(key, values, calls, present)
            continue
        if len(set(values)) == 1:
            table[key] = _typed(key, values[0])
            continue
        for placed in _apart(key, values, calls, built):
            if isinstance(placed, str):
                notes.append(placed)
            elif isinstance(placed.where, Platform):
                table.setdefault(str(placed.where), {})[key] = _typed(key, placed.value)
            else:
                overrides.setdefault(placed.where, {})[key] = _typed(key, placed.value)
    if overrides:
        table["overrides"] = [{"select": " ".join(select), **options} for select, options in overrides.items()]
    return Options(table=table, notes=tuple(dict.fromkeys(notes)))


def _effective(call: Call) -> dict[str, str]:
    """The options of one call by their names in TOML, those of its platform before general ones."""
    found: dict[str, tuple[bool, str]] = {}
    for variable, value in call.environment.items():
        key, platform = _split(variable)
        applies = platform in {None, call.platform} and (call.platform is Platform.LINUX or "linux-" not in key)
        if _CARRIED.fullmatch(key) and applies and value and not (key in found and platform is None):
            found[key] = platform is not None, value
    return {key: value for key, (_, value) in found.items()}


def _split(variable: str) -> tuple[str, Platform | None]:
    words = variable.removeprefix("CIBW_").lower().replace("x86_64", "x86 64").replace("pypy_", "pypy ").split("_")
    platform = Platform(words.pop()) if len(words) > 1 and words[-1] in set(Platform) else None
    return "-".join(words).replace(" ", "_"), platform


def _strange(call: Call) -> Iterator[str]:
    for variable in call.environment:
        key, _ = _split(variable)
        if not any(known.fullmatch(key) for known in (_CARRIED, _SELECTION, _HARMLESS)):
            yield f"{call.place}: {variable} is no option of cibuildwheel that is known here: it is not carried over."


def _is_there(present: Mapping[str, Any], key: str) -> bool:
    return key in present or any(key in present.get(platform, {}) for platform in Platform)


def _differing(key: str, values: Sequence[str], calls: Sequence[Call], present: Mapping[str, Any]) -> Iterator[str]:
    """A variable counts more than the file, so another value there is a choice to make."""
    for value, call in zip(values, calls, strict=True):
        if value and str(present.get(key)) != value:
            yield (f"{call.place}: {key} is {_short(value)} here, but pyproject.toml has one of its own, which stays.")
            return


@dataclass(frozen=True, kw_only=True)
class _Placed:
    """A value in the table of a platform, or in an override of the identifiers these globs select."""

    where: Platform | tuple[str, ...]
    value: str


def _apart(
    key: str, values: Sequence[str], calls: Sequence[Call], built: Sequence[frozenset[Identifier]]
) -> Iterator[_Placed | str]:
    """Where an option belongs that calls differ in; a text where it belongs nowhere."""
    every = _union(built)
    if image := _IMAGE.fullmatch(key):
        tail = f"-{image[1]}_{image[2]}"
        built = [frozenset(each for each in found if each.endswith(tail)) for found in built]
    for platform in dict.fromkeys(call.platform for call in calls):
        here = [n for n, call in enumerate(calls) if call.platform is platform and (built[n] or not image)]
        by_value = {values[n]: _union(built[m] for m in here if values[m] == values[n]) for n in here}
        if len(by_value) == 1:
            yield from (_Placed(where=platform, value=value) for value in by_value if value)
        elif sum(map(len, by_value.values())) > len(_union(by_value.values())):
            yield f"{calls[here[0]].place}: {key} has several values for the same identifiers: it is not carried over."
        else:
            for value in sorted(value for value, identifiers in by_value.items() if value and identifiers):
                yield _Placed(where=globs.naming(by_value[value], among=every), value=value)


def _union(sets: Iterable[frozenset[Identifier]]) -> frozenset[Identifier]:
    return frozenset().union(*sets)


def _typed(key: str, value: str) -> str | int:
    return int(value) if key == "build-verbosity" and re.fullmatch(r"-?\d", value) else value


def _short(value: str) -> str:
    line = " ".join(value.split())
    return repr(line if len(line) <= 40 else f"{line[:39]}…")  # noqa: PLR2004  # one look's worth
