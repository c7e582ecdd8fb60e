"""Jobs against the slots of runners: when each was to run, how long it really took, and which of them the end hangs on.

What a job measured are the minutes of its builds, one after another. The estimate also has what a job pays before its
first build, so that a measured job is a little shorter where all goes as planned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from wheelyard import runners, schedule
from wheelyard.page.grid import UNDONE, Cell, Key, State

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

    number: int
    planned: float = 0.0
    real: float = 0.0


def timed(facts: Facts, cells: Mapping[Key, Cell]) -> tuple[Job, ...]:
    """The plan's jobs by pool, slot and start."""
    jobs = [job for job in facts.plan.jobs if job.identifiers]  # with `--only`, some build nothing
    minutes = [job.estimate_minutes or 0.0 for job in jobs]
    pools = [runners.pool(job.runner) for job in jobs]
    begun = schedule.starts(pools, minutes, facts.slots)
    slots: dict[str, list[_Slot]] = {}
    found: list[Job] = []
    real: list[Span] = []
    for row in sorted(range(len(jobs)), key=lambda row: (begun[row], row)):
        mine = [cells[key] for i in jobs[row].identifiers if (key := (i, jobs[row].variant)) in cells]
        planned = Span(start=begun[row], end=begun[row] + minutes[row])
        slot = _free(slots.setdefault(pools[row], []), planned.start)
        spent = _spent(mine)
        begin = planned.start + slot.real - slot.planned
        real.append(Span(start=begin, end=begin + (minutes[row] if spent is None else spent)))
        slot.planned, slot.real = planned.end, real[-1].end
        found.append(
            Job(
                id=jobs[row].id,
                runner=" ".join(jobs[row].runner),
                emulated=jobs[row].emulated,
                pool=pools[row],
                slot=slot.number,
                state=_state(mine),
                wheels=sum(1 for cell in mine if not cell.shared),
                done=sum(1 for cell in mine if not cell.shared and cell.state not in UNDONE),
                planned=planned if jobs[row].estimate_minutes is not None else None,
                measured=None if spent is None else real[-1],
            )
        )
    chain = _chain(found, real)
    critical = (msgspec.structs.replace(job, critical=place in chain) for place, job in enumerate(found))
    return tuple(sorted(critical, key=lambda job: (job.pool != "github", job.pool, job.slot)))


def _free(slots: list[_Slot], start: float) -> _Slot:
    """The slot that a job takes which starts then: one that came free, or one more."""
    for slot in slots:
        if slot.planned <= start + _EQUAL:
            # It may have come free earlier: a job can wait for machines of another kind.
            slot.planned, slot.real = start, slot.real + start - slot.planned
            return slot
    slots.append(_Slot(number=len(slots) + 1, planned=start, real=start))
    return slots[-1]


def _spent(cells: Iterable[Cell]) -> float | None:
    """The minutes of a job's builds, or None where some have not ended."""
    builds = [cell.minutes for cell in cells if not cell.shared]
    return None if not builds or None in builds else sum(filter(None, builds))


def _state(cells: Sequence[Cell]) -> State:
    """How a job stands: as badly as the worst of its builds."""
    states = {cell.state for cell in cells}
    return next((state for state in (State.FAILED, *State) if state in states), State.PLANNED)


def _chain(jobs: Sequence[Job], real: Sequence[Span]) -> frozenset[int]:
    """The places of the jobs that the last end hangs on: each starts when the one before it ends."""
    last = max(range(len(jobs)), key=lambda place: real[place].end, default=None)
    found: set[int] = set()
    while last is not None:
        found.add(last)
        start, slot = real[last].start, (jobs[last].pool, jobs[last].slot)
        before = [place for place, span in enumerate(real) if abs(span.end - start) < _EQUAL and place not in found]
        last = min(before, key=lambda place: (jobs[place].pool, jobs[place].slot) != slot, default=None)
    return frozenset(found)
