"""What no division of builds into jobs can stay under."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from wheelyard.planning.runners import Slots
from wheelyard.planning.schedule.lanes import CLOSE, Lane, width

# Sizes of builds that are looked at to count how many fit a job.
_SIZES = 12


def lower_bound(lanes: Sequence[Lane], slots: Slots) -> float:
    """Minutes that no division into jobs can stay under."""
    lowest = max((lane.minutes((index,)) for lane in lanes for index in range(len(lane.works))), default=0.0)
    lowest = max(lowest, *_crowded(lanes, slots), 0.0)
    if not lanes or _possible(lanes, slots, lowest):
        return lowest
    highest = 2 * lowest
    while not _possible(lanes, slots, highest):
        highest *= 2
    while highest - lowest > highest * 1e-4:
        middle = (lowest + highest) / 2
        lowest, highest = (lowest, middle) if _possible(lanes, slots, middle) else (middle, highest)
    return lowest


def _crowded(lanes: Sequence[Lane], slots: Slots) -> Iterator[float]:
    """Of any `n` slots' `k * n + 1` longest builds, some slot does `k + 1`: at least the shortest of them.

    Two builds in one slot share at most a job, so each brings at least half of what a job pays.
    """
    for pool in {lane.pool for lane in lanes} | {"github"}:
        ours = [lane for lane in lanes if lane.pool == pool or (pool == "github" and lane.pool == "macos")]
        longest = sorted(
            ((w.minutes, (ln.fixed + ln.each_container) / 2) for ln in ours for w in ln.works), reverse=True
        )
        many = width(pool, slots)
        least = min((own for _, own in longest), default=0.0)
        for k in range(1, 1 + (len(longest) - 1) // many if many else 1):
            together = longest[k * many - k : k * many + 1]
            shares = sum(own for _, own in together) if k == 1 else 2 * least
            yield sum(minutes for minutes, _ in together) + shares


def _possible(lanes: Sequence[Lane], slots: Slots, minutes: float) -> bool:
    """Whether nothing proves that `minutes` are too few: there is more work, with its set-ups, than the slots do."""
    needs: dict[str, float] = {}
    for lane in lanes:
        jobs = _fewest_jobs(lane, min(minutes, lane.limit) - lane.fixed - lane.each_container)
        containers = max(jobs, len({work.container for work in lane.works}))
        need = sum(work.minutes for work in lane.works) + jobs * lane.fixed + containers * lane.each_container
        for pool in {lane.pool, "github"} if lane.pool in {"macos", "github"} else {lane.pool}:
            needs[pool] = needs.get(pool, 0.0) + need
    return all(need <= width(pool, slots) * minutes * CLOSE for pool, need in needs.items())


def _fewest_jobs(lane: Lane, room: float) -> int:
    """A number of jobs below which the builds of a lane cannot be fitted, each holding `room` minutes of work."""
    longest = sorted((work.minutes for work in lane.works), reverse=True)
    room *= CLOSE
    if longest[0] > room:
        return len(longest)
    fewest = max(1, math.ceil(sum(longest) / room - 1e-6), sum(2 * minutes > room for minutes in longest))
    for number in range(len(longest), 0, -max(1, len(longest) // _SIZES)):
        fewest = max(fewest, math.ceil(number / _fitting(longest[:number], room)))
    return fewest


def _fitting(longest: Sequence[float], room: float) -> int:
    """How many of these builds a job holds at most: that many of the shortest."""
    used = 0.0
    for number, minutes in enumerate(reversed(longest)):
        used += minutes
        if used > room:
            return number
    return len(longest)
