"""Builds, jobs and the minutes they take, as the scheduler sees them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from operator import add

from wheelyard.planning.runners import Slots

# Minutes that differ by less are the same.
CLOSE = 1.000001


@dataclass(frozen=True, kw_only=True)
class Work:
    """One build: its minutes, and the container it needs (one a libc; set up once in each job that uses it)."""

    minutes: float
    container: str = ""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """Builds that may share a job. `fixed` are minutes each job pays, `each_container` those of every container.

    `pool` is `github`, `macos`, or the name of a machine of the user's own, which does one job at a time. No job may
    take longer than `limit`. `cut` is the division into jobs where it is given.
    """

    works: tuple[Work, ...]
    fixed: float
    each_container: float = 0.0
    pool: str = "github"
    price: float = 0.0
    limit: float = 360.0
    cut: tuple[tuple[int, ...], ...] | None = None

    def minutes(self, batch: Iterable[int]) -> float:
        """Minutes of a job that does these builds."""
        works = [self.works[index] for index in batch]
        containers = len({work.container for work in works})
        return self.fixed + containers * self.each_container + sum(work.minutes for work in works)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one job builds: a lane, the builds of it by their places, and the minutes it takes."""

    lane: int
    works: tuple[int, ...]
    minutes: float


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The jobs, longest first, with the time until the last wheel; billed minutes are rounded up for each job."""

    batches: tuple[Batch, ...]
    makespan: float
    billed: int
    cost: float


def judged(lanes: Sequence[Lane], slots: Slots, cut: Iterable[tuple[int, Sequence[int]]]) -> Schedule:
    """The schedule of jobs given as a lane and its builds: the longest first, played through."""
    batches = [Batch(lane=lane, works=tuple(sorted(works)), minutes=lanes[lane].minutes(works)) for lane, works in cut]
    batches.sort(key=lambda batch: (-batch.minutes, batch.lane, batch.works))
    billed = [math.ceil(batch.minutes - 1e-9) for batch in batches]
    return Schedule(
        batches=tuple(batches),
        makespan=play(lanes, slots, batches),
        billed=sum(billed),
        cost=sum(minutes * lanes[batch.lane].price for minutes, batch in zip(billed, batches, strict=True)),
    )


def play(lanes: Sequence[Lane], slots: Slots, batches: Sequence[Batch]) -> float:
    """Minutes until the last job ends when GitHub starts them in this order as slots come free."""
    minutes = [batch.minutes for batch in batches]
    begun = starts([lanes[batch.lane].pool for batch in batches], minutes, slots)
    return max(map(add, begun, minutes), default=0.0)


def staged(
    pools: Sequence[str], minutes: Sequence[float], slots: Slots, *, first: Sequence[int], then: int
) -> list[float]:
    """The same where the rows from `then` on wait until all of `first`, which are on GitHub's machines, have ended."""
    begun = starts(pools[:then], minutes, slots)
    opened = max((begun[row] + minutes[row] for row in first), default=0.0)
    return starts(pools, minutes, slots, earliest=[0.0] * then + [opened] * (len(pools) - then))


def starts(
    pools: Sequence[str], minutes: Sequence[float], slots: Slots, *, earliest: Sequence[float] | None = None
) -> list[float]:
    """The minute in which each job starts, given whose slots it takes and how long it runs.

    GitHub starts jobs in the order of their rows as slots come free, none before its `earliest` minute.
    """
    begun = list(earliest or [0.0] * len(pools))
    queues: dict[str, deque[int]] = {}
    for row, pool in enumerate(pools):
        queues.setdefault(pool, deque()).append(row)
    _start_shared({pool: queues.pop(pool, deque()) for pool in ("macos", "github")}, minutes, slots, begun)
    for queue in queues.values():
        for row, following in pairwise(queue):
            begun[following] = max(begun[following], begun[row] + minutes[row])
    return begun


def _start_shared(queues: dict[str, deque[int]], minutes: Sequence[float], slots: Slots, begun: list[float]) -> None:
    """Fill in when jobs on GitHub's machines start: of those that may, the one in the earliest row does.

    A job's earliest minute is one in which another one ends.
    """
    running: list[tuple[float, str]] = []
    free = {"macos": width("macos", slots), "github": slots.total}
    now = 0.0
    while queues["macos"] or queues["github"]:
        ready = [p for p, queue in queues.items() if queue and free["github"] and free[p] and begun[queue[0]] <= now]
        if not ready:
            now, pool = heappop(running)
            free["github"] += 1
            free["macos"] += pool == "macos"
            continue
        pool = min(ready, key=lambda pool: queues[pool][0])
        row = queues[pool].popleft()
        begun[row] = now
        heappush(running, (now + minutes[row], pool))
        free["github"] -= 1
        free["macos"] -= pool == "macos"


def width(pool: str, slots: Slots) -> int:
    """How many jobs of a pool run at one time."""
    return {"github": slots.total, "macos": min(slots.macos, slots.total)}.get(pool, 1)
