"""Every planned wheel and what became of it: platforms down, Pythons across."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from wheelyard.releasing import manifest
from wheelyard.releasing.manifest import File, JobReport, Result
from wheelyard.targets import Identifier

if TYPE_CHECKING:
    from wheelyard.page.facts import Facts

Key = tuple[Identifier, str | None]  # an identifier and the variant it is built as

PURE = "pure wheel"
SDIST = "sdist"


class State(StrEnum):
    """What became of an identifier."""

    PLANNED = "planned"
    REFUSED = "refused"
    FAILED = "failed"
    UNTESTED = "built, not run"
    BUILT = "built"
    COLLECTED = "collected"
    PUBLISHED = "published"


UNDONE = frozenset({State.PLANNED, State.REFUSED, State.FAILED})


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One identifier, the sdist, or the pure wheel. `shared` says that the wheel of an older Python answers it.

    `why` is what the job, or the index, said of it. Size is in bytes.
    """

    name: str
    state: State
    job: str
    shared: bool = False
    file: str | None = None
    size: int | None = None
    minutes: float | None = None
    tested: bool = False
    built_on: str | None = None
    tested_on: str | None = None
    why: str = ""
    log: str | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One target, on Linux one libc of it; a cell for each Python, None where nothing is planned."""

    platform: str
    arch: str
    libc: str
    variant: str | None
    cells: tuple[Cell | None, ...]


def cells(facts: Facts) -> dict[Key, Cell]:
    """The cell of every planned identifier, in the plan's order."""
    jobs = {(i, job.variant): job.id for job in facts.plan.jobs for i in job.identifiers}
    collected = _collected(facts)
    results = facts.results()
    found: dict[Key, Cell] = {}
    for expected in facts.plan.expected:
        for place, identifier in enumerate(expected.identifiers):
            key = (identifier, expected.variant)
            cell = _cell(str(identifier), jobs.get(key, ""), collected.get(key), results.get(key), facts)
            found[key] = msgspec.structs.replace(cell, shared=place > 0)
    return found


def others(facts: Facts) -> tuple[Cell, ...]:
    """The sdist and the pure wheel, where they are planned."""
    results = {_kind(r.file): (b, r) for b in facts.built_of_this() for r in b.results if r.file and not r.identifier}
    files = {_kind(f.file): f for f in facts.release.files if not f.identifiers} if facts.release else {}
    planned = [name for name, wanted in ((PURE, facts.plan.pure), (SDIST, facts.plan.sdist)) if wanted]
    return tuple(_cell(name, SDIST, files.get(name), results.get(name), facts) for name in planned)


def rows(facts: Facts, found: Mapping[Key, Cell]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """The Pythons, CPython first and its free-threaded builds after, and a row for each target, libc and variant."""
    pythons = tuple(dict.fromkeys(identifier.python for identifier in sorted({i for i, _ in found}, key=_age)))
    order = {job.target: place for place, job in enumerate(sorted(facts.plan.jobs, key=lambda job: job.target))}

    def place(key: Key) -> tuple[object, ...]:
        identifier, variant = key
        target = identifier.target
        return (_PLATFORMS.index(target.platform), order.get(target, 0), identifier.system, variant or "")

    made = []
    for (*_, variant), group in groupby(sorted(found, key=place), key=place):
        mine = {identifier.python: found[identifier, named] for identifier, named in group}
        one = Identifier(next(iter(mine.values())).name)
        made.append(
            Row(
                platform=one.target.platform,
                arch=one.target.arch,
                libc=one.system if one.system in _LIBCS else "",
                variant=str(variant) or None,
                cells=tuple(mine.get(python) for python in pythons),
            )
        )
    return pythons, tuple(made)


_LIBCS = ("manylinux", "musllinux")
_PLATFORMS = ("linux", "macos", "windows", "pyodide", "android", "ios")
_INTERPRETERS = ("cp", "pp", "gp")


def _age(identifier: Identifier) -> tuple[object, ...]:
    """CPython before PyPy and GraalPy, free-threaded builds together, so that what one wheel answers is adjacent."""
    return (_INTERPRETERS.index(identifier.interpreter), identifier.threaded, identifier.version, identifier.python)


def _collected(facts: Facts) -> dict[Key, File]:
    """The file of the release that answers each identifier; variants are told apart by the job that made them."""
    if facts.release is None:
        return {}
    variants = {job.id: job.variant for job in facts.plan.jobs}
    return {(i, variants.get(file.job or "")): file for file in facts.release.files for i in file.identifiers}


def _kind(file: str) -> str:
    return PURE if file.endswith(".whl") else SDIST


def _cell(name: str, job: str, file: File | None, result: tuple[JobReport, Result] | None, facts: Facts) -> Cell:
    """What is known of one thing: the release knows better than the job."""
    if file is not None:
        words = facts.outcomes[file.file].words if file.file in facts.outcomes else ""
        state = State.PUBLISHED if facts.arrived(file.file) else State.COLLECTED
        return Cell(
            name=name, state=state, job=file.job or job, file=file.file, size=file.size, minutes=file.minutes,
            tested=file.tested, built_on=file.built_on, tested_on=file.tested_on, why=words,
        )  # fmt: skip
    if result is None:
        return Cell(name=name, state=State.PLANNED, job=job)
    report, built = result
    return Cell(
        name=name,
        state=_state(built),
        job=report.job,
        file=built.file,
        size=built.size,
        minutes=None if built.state is manifest.State.REFUSED else built.minutes,
        tested=built.tested,
        built_on=built.built_on,
        tested_on=built.tested_on,
        why=(built.message or "").strip(),
        log=built.log,
    )


def _state(result: Result) -> State:
    match result.state:
        case manifest.State.FAILED:
            return State.FAILED
        case manifest.State.REFUSED:
            return State.REFUSED
        case manifest.State.BUILT:
            ran = result.tested or result.identifier is None
            return State.BUILT if ran else State.UNTESTED
