"""A release as one page shows it: what was planned, what became of it, how long it took, and what is missing.

The values here have no look: `render.page` draws HTML and Markdown of them, and `wheelyard report --json` prints them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import ClassVar

import msgspec

from wheelyard.page import files, grid, jobs
from wheelyard.page.facts import Facts, part_of, plan_of
from wheelyard.page.files import Entry
from wheelyard.page.grid import Cell, Row, State
from wheelyard.page.jobs import Job
from wheelyard.words import counted

__all__ = [
    "Cell", "Entry", "Facts", "Gap", "Job", "Notice", "Page", "Row", "Stage", "State", "make", "part_of", "plan_of",
]  # fmt: skip


class Stage(StrEnum):
    """How far the release has come."""

    PLANNED = "planned"
    BUILT = "built"
    COLLECTED = "collected"
    PUBLISHED = "published"


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """What is missing for one reason, and the jobs it belongs to; `logs` are paths in the wheelhouse."""

    state: State
    names: tuple[str, ...]
    why: str
    jobs: tuple[str, ...]
    logs: tuple[str, ...] = ()


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What one audit rule says, once for all files it says it of."""

    rule: str
    severity: str
    message: str
    fix: str
    files: tuple[str, ...]


class Time(msgspec.Struct, frozen=True, kw_only=True):
    """Minutes until the last wheel: as estimated, at best, and as measured where every job was; and of all runners."""

    estimated: float | None = None
    bound: float | None = None
    measured: float | None = None
    billed: int | None = None
    cost_usd: float | None = None
    bottleneck: str = ""


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on the page. `tally` counts identifiers by state, `date` is that of the commit, in seconds.

    `slots` says how many jobs run at one time on GitHub's machines, and on its Macs.
    """

    SCHEMA: ClassVar[int] = 1

    schema: int = SCHEMA
    name: str
    version: str | None
    stage: Stage
    commit: str | None
    dirty: bool
    date: int
    where: str | None
    index: str | None
    previous: str | None
    audited: bool
    tally: dict[State, int]
    wheels: int
    done: int
    pythons: tuple[str, ...]
    rows: tuple[Row, ...]
    others: tuple[Cell, ...]
    gaps: tuple[Gap, ...]
    slots: dict[str, int]
    jobs: tuple[Job, ...]
    time: Time
    files: tuple[Entry, ...]
    notices: tuple[Notice, ...]
    tools: dict[str, str]

    @property
    def complete(self) -> bool:
        """Whether all that was planned has come as far as the page's stage."""
        return not self.gaps

    @property
    def reached(self) -> frozenset[State]:
        """The states of what has come as far as the page's stage."""
        return _REACHED[self.stage]

    @property
    def headline(self) -> str:
        """Where the release stands, in a few words."""
        things = counted(self.wheels, "wheel") if self.wheels or not self.others else "an sdist"
        match self.stage:
            case Stage.PLANNED:
                return f"{things} planned" + (f" in {counted(len(self.jobs), 'job')}" if self.jobs else "")
            case _ if self.complete:
                return f"{'all ' if self.wheels > 1 else ''}{things} {self.stage}"
            case _:
                return f"{self.done} of {things} {self.stage}" if self.wheels else f"{things} not {self.stage}"


def make(facts: Facts) -> Page:
    """The page of a release."""
    plan = facts.plan
    cells = grid.cells(facts)
    others = grid.others(facts)
    pythons, rows = grid.rows(facts, cells)
    stage = _stage(facts)
    timed = jobs.timed(facts, cells)
    every = (*cells.values(), *others)
    wheels = [cell for cell in every if not cell.shared and cell.name != grid.SDIST]
    return Page(
        name=plan.name,
        version=plan.version or (facts.release.version if facts.release else None),
        stage=stage,
        commit=plan.revision.commit,
        dirty=plan.revision.dirty,
        date=plan.revision.date,
        where=facts.where,
        index=facts.index,
        previous=facts.previous.version if facts.previous else None,
        audited=facts.findings is not None,
        tally=dict(sorted(Counter(cell.state for cell in every).items())),
        wheels=len(wheels),
        done=sum(1 for cell in wheels if cell.state in _REACHED[stage]),
        pythons=pythons,
        rows=rows,
        others=others,
        gaps=tuple(_gaps(facts, every, stage)),
        slots={"github": facts.slots.total, "macos": facts.slots.macos},
        jobs=timed,
        time=_time(facts, timed),
        files=files.entries(facts),
        notices=_notices(facts),
        tools=dict(sorted((facts.release or plan).tools.items())),
    )


_REACHED = {
    Stage.PLANNED: frozenset(State),
    Stage.BUILT: frozenset(State) - grid.UNDONE,
    Stage.COLLECTED: frozenset({State.COLLECTED, State.PUBLISHED}),
    Stage.PUBLISHED: frozenset({State.PUBLISHED}),
}


def _stage(facts: Facts) -> Stage:
    if facts.sent:
        return Stage.PUBLISHED
    if facts.release is not None:
        return Stage.COLLECTED
    return Stage.BUILT if facts.reports else Stage.PLANNED


def _gaps(facts: Facts, cells: Iterable[Cell], stage: Stage) -> Iterator[Gap]:
    """What has not come as far as the rest, together where the reason is the same."""
    together: dict[tuple[State, str], list[Cell]] = {}
    for cell in cells:
        if cell.state not in _REACHED[stage]:
            together.setdefault((cell.state, cell.why or _why(cell, facts)), []).append(cell)
    for (state, why), missing in together.items():
        yield Gap(
            state=state,
            names=tuple(cell.name for cell in missing),
            why=why,
            jobs=tuple(dict.fromkeys(cell.job for cell in missing if cell.job)),
            logs=tuple(dict.fromkeys(f"{cell.job}/{cell.log}" for cell in missing if cell.log)),
        )


def _why(cell: Cell, facts: Facts) -> str:
    """Why something is missing of which no job and no index says anything."""
    if cell.state is State.COLLECTED:
        return f"not on {facts.index or 'the index'}"
    reports = [report for report in facts.reports if report.job == cell.job]
    if not reports:
        return "its job has left nothing yet"
    if any(report in facts.built_of_this() for report in reports):
        return "its job has not come to it"
    commit = reports[0].commit
    source = (
        f"another commit, {str(commit)[:7]}" if commit != facts.plan.revision.commit else "other uncommitted changes"
    )
    return f"its job was built of {source}"


def _notices(facts: Facts) -> tuple[Notice, ...]:
    together: dict[tuple[str, str, str, str], list[str]] = {}
    for finding in facts.findings or ():
        key = (finding.severity.value, finding.rule, finding.message, finding.fix)
        together.setdefault(key, []).append(f"{finding.file}: {finding.path}" if finding.path else finding.file)
    ordered = sorted(together.items(), key=lambda each: _SEVERITIES.index(each[0][0]))
    return tuple(
        Notice(severity=severity, rule=rule, message=message, fix=fix, files=tuple(dict.fromkeys(found)))
        for (severity, rule, message, fix), found in ordered
    )


_SEVERITIES = ("error", "warning", "info")


def _time(facts: Facts, timed: Sequence[Job]) -> Time:
    estimate = facts.plan.estimate
    ends = [job.measured.end for job in timed if job.measured]
    measured = max(ends) if ends and len(ends) == len(timed) else None
    if estimate is None:
        return Time(measured=measured)
    return Time(
        estimated=estimate.makespan_minutes,
        bound=estimate.lower_bound_minutes,
        measured=measured,
        billed=estimate.billed_minutes,
        cost_usd=estimate.cost_usd,
        bottleneck=estimate.bottleneck,
    )
