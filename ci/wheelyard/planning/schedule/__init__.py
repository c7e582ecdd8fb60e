"""Cut builds into jobs so that the last wheel is there soonest, then so that the fewest minutes are billed.

Builds of one lane (a target and variant) can share a job and pay its fixed cost once; GitHub starts jobs in the order
of the rows as slots come free. Finding the best cut is bin packing with set-up times, so it is searched for: many
capacities, two ways to pack, each candidate judged by playing it through, the best made better by moving builds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wheelyard.planning.runners import Slots
from wheelyard.planning.schedule import packing, refine
from wheelyard.planning.schedule.bounds import lower_bound
from wheelyard.planning.schedule.lanes import Batch, Lane, Schedule, Work, judged, play, staged, starts

__all__ = ["Batch", "Lane", "Schedule", "Work", "lower_bound", "play", "solve", "staged", "starts"]

# Makespans this close count as equal: no estimate is better than that.
EQUAL = 1.005
# Within this much of the bound there is nothing worth searching for.
GOOD = 1.01
# Single builds that the search looks at before it stops, and those it adds where the gap is still wide: a few
# hundredths of a second, or some tenths.
STEPS = 20_000
MORE_STEPS = 80_000
# Pairs of jobs that are tried together.
TRIES = 100


def solve(lanes: Sequence[Lane], slots: Slots) -> Schedule:
    """The best schedule found; never worse than one job a lane or one job a build."""
    floor = lower_bound(lanes, slots)
    candidates = [judged(lanes, slots, packing.whole(lanes)), judged(lanes, slots, packing.single(lanes))]
    for capacity in _capacities(floor, min(schedule.makespan for schedule in candidates)):
        candidates.append(judged(lanes, slots, packing.by_lane(lanes, capacity)))
        candidates.append(judged(lanes, slots, packing.by_slot(lanes, slots, capacity)))
    quickest = min(candidates, key=lambda schedule: schedule.makespan)
    if quickest.makespan > floor * GOOD:
        quickest = refine.improved(lanes, slots, quickest, floor=floor, steps=(STEPS, MORE_STEPS))
        candidates.append(refine.fewer(lanes, slots, quickest, tries=TRIES))
    equals = [schedule for schedule in candidates if schedule.makespan <= quickest.makespan * EQUAL]
    return min(equals, key=lambda schedule: (schedule.cost, schedule.billed, schedule.makespan))


def _capacities(floor: float, ceiling: float) -> Iterator[float]:
    """Lengths of jobs to try, close together near the bound."""
    if floor <= 0:
        return
    step = 1.0
    while floor * step <= ceiling * 1.0001:
        yield floor * step
        step *= 1.003 if step < 1.06 else 1.02 if step < 1.5 else 1.25  # noqa: PLR2004
    yield ceiling
