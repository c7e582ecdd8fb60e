"""Jobs against the slots of runners: when each was to run, how long it really took, and which of them the end hangs on.

What a job measured are the minutes of its builds, one after another. The estimate also has what a job pays before its
first build, so that a measured job is a little shorter where all goes as planned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from wheelyard.page.grid import UNDONE, Cell, Key, State
from wheelyard.planning import plan, runners, schedule

if TYPE_CHECKING:
    from wheelyard.page.facts import Facts

_EQUAL = 1e-6


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Minutes from the start of the first job."""

    start: float
    end: float

    @property
    def minutes(self) -> float:
        """How long it is."""
        return self.end - self.start


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One job in the slot it takes; `critical` where the last wheel would be there sooner if this took less."""

    id: str
    runner: str
    emulated: bool
    pool: str
    slot: int
    state: State
    wheels: int
    done: int
    planned: Span | None = None
    measured: Span | None = None
    critical: bool = False


@dataclass(kw_only=True)
class _Slot:
    """When a slot comes free: by the plan, and as far as was measured."""

    pool: str
    number: int
    planned: float = 0.0
    real: float = 0.0


@dataclass(frozen=True, kw_only=True)
class _Run:
    """One job in its slot, as planned and as far as was measured; `spent` is None where it was not."""

    job: plan.Job | plan.Crossing
    cells: Sequence[Cell]
    pool: str
    slot: int
    planned: Span
    real: Span
    spent: float | None


def timed(facts: Facts, cells: Mapping[Key, Cell]) -> tuple[Job, ...]:
    """The plan's jobs by pool, slot and start."""
    runs = tuple(_runs(facts, cells))
    chain = _chain(runs)
    made = (_job(run, critical=place in chain) for place, run in enumerate(runs))
    return tuple(sorted(made, key=lambda job: (job.pool != "github", job.pool, job.slot)))


def _runs(facts: Facts, cells: Mapping[Key, Cell]) -> Iterator[_Run]:
    """Every job in the order in which they start; those that test wait for all that cross-builds."""
    jobs = [job for job in facts.plan.jobs if job.identifiers]  # with `--only`, some build nothing
    tests = [job for job in jobs if job.crossing]
    crossings = [each for each in facts.plan.crossings if any(job.crossing == each.id for job in tests)]
    first: list[plan.Job | plan.Crossing] = [*(job for job in jobs if not job.crossing), *crossings]
    every = [*first, *tests]
    minutes = [job.estimate_minutes or 0.0 for job in every]
    pools = [runners.pool(job.runner) for job in every]
    built = range(len(first) - len(crossings), len(first))
    begun = schedule.staged(pools, minutes, facts.slots, first=built, then=len(first))
    slots: list[_Slot] = []
    for row in sorted(range(len(every)), key=lambda row: (begun[row], row)):
        job, mine = every[row], _cells(every[row], jobs, cells)
        # what a job measured are builds: how long tests alone took, nobody wrote down
        planned, spent = Span(start=begun[row], end=begun[row] + minutes[row]), None if job in tests else _spent(mine)
        slot = _free(slots, pools[row], planned.start)
        real = Span(start=slot.real, end=slot.real + (minutes[row] if spent is None else spent))
        slot.planned, slot.real = planned.end, real.end
        yield _Run(job=job, cells=mine, pool=slot.pool, slot=slot.number, planned=planned, real=real, spent=spent)


def _cells(job: plan.Job | plan.Crossing, jobs: Sequence[plan.Job], cells: Mapping[Key, Cell]) -> list[Cell]:
    """What a job builds or tests."""
    mine = [job] if isinstance(job, plan.Job) else [each for each in jobs if each.crossing == job.id]
    keys = [(identifier, each.variant) for each in mine for identifier in each.identifiers]
    return [cells[key] for key in keys if key in cells]


def _job(run: _Run, *, critical: bool) -> Job:
    job, wheels = run.job, [cell for cell in run.cells if not cell.shared]
    return Job(
        id=job.id,
        runner=" ".join(job.runner),
        emulated=isinstance(job, plan.Job) and job.emulated,
        pool=run.pool,
        slot=run.slot,
        state=_state(run.cells),
        wheels=len(wheels),
        done=sum(cell.state not in UNDONE for cell in wheels),
        planned=run.planned if job.estimate_minutes is not None else None,
        measured=run.real if run.spent is not None else None,
        critical=critical,
    )


def _free(slots: list[_Slot], pool: str, start: float) -> _Slot:
    """The slot that a job takes which starts then: one that came free, or one more."""
    ours = [slot for slot in slots if slot.pool == pool]
    for slot in ours:
        if slot.planned <= start + _EQUAL:
            # It may have come free earlier: a job can wait for machines of another kind.
            slot.planned, slot.real = start, slot.real + start - slot.planned
            return slot
    slots.append(_Slot(pool=pool, number=len(ours) + 1, planned=start, real=start))
    return slots[-1]


def _spent(cells: Iterable[Cell]) -> float | None:
    """The minutes of a job's builds, or None where some have not ended."""
    builds = [cell.minutes for cell in cells if not cell.shared]
    return None if not builds or None in builds else sum(filter(None, builds))


def _state(cells: Sequence[Cell]) -> State:
    """How a job stands: as badly as the worst of its builds."""
    states = {cell.state for cell in cells}
    return next((state for state in (State.FAILED, *State) if state in states), State.PLANNED)


def _chain(runs: Sequence[_Run]) -> frozenset[int]:
    """The places of the jobs that the last end hangs on: each starts when the one before it ends."""
    last = max(range(len(runs)), key=lambda place: runs[place].real.end, default=None)
    found: set[int] = set()
    while last is not None:
        found.add(last)
        run = runs[last]
        before = [
            place
            for place, other in enumerate(runs)
            if abs(other.real.end - run.real.start) < _EQUAL and place not in found
        ]
        last = min(before, key=lambda place: (runs[place].pool, runs[place].slot) != (run.pool, run.slot), default=None)
    return frozenset(found)
