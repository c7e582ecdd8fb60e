"""Cut builds into jobs so that the last wheel is there soonest, then so that the fewest minutes are billed.

Builds of one lane (a target and variant) can share a job and pay its fixed cost once; GitHub starts jobs in the order
of the rows as slots come free. Finding the best cut is bin packing with set-up times, so it is searched for: many
capacities, two ways to pack, each candidate judged by playing it through.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from wheelyard.runners import Slots

# Makespans this close count as equal: no estimate is better than that.
EQUAL = 1.005


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


def solve(lanes: Sequence[Lane], slots: Slots) -> Schedule:
    """The best schedule found; never worse than one job a lane or one job a build."""
    floor = lower_bound(lanes, slots)
    candidates = [_judged(lanes, slots, _whole(lanes)), _judged(lanes, slots, _single(lanes))]
    for capacity in _capacities(floor, min(schedule.makespan for schedule in candidates)):
        candidates.append(_judged(lanes, slots, _by_lane(lanes, capacity)))
        if capacity > floor * 1.0001 or len(candidates[-1].batches) > slots.macos:
            candidates.append(_judged(lanes, slots, _by_slot(lanes, slots, capacity)))
    quickest = min(schedule.makespan for schedule in candidates)
    equals = [schedule for schedule in candidates if schedule.makespan <= quickest * EQUAL]
    return min(equals, key=lambda schedule: (schedule.cost, schedule.billed, schedule.makespan))


def lower_bound(lanes: Sequence[Lane], slots: Slots) -> float:
    """Minutes that no division into jobs can stay under."""
    lowest = max((lane.minutes((index,)) for lane in lanes for index in range(len(lane.works))), default=0.0)
    if not lanes or _possible(lanes, slots, lowest):
        return lowest
    highest = 2 * lowest
    while not _possible(lanes, slots, highest):
        highest *= 2
    while highest - lowest > highest * 1e-4:
        middle = (lowest + highest) / 2
        lowest, highest = (lowest, middle) if _possible(lanes, slots, middle) else (middle, highest)
    return lowest


def play(lanes: Sequence[Lane], slots: Slots, batches: Sequence[Batch]) -> float:
    """Minutes until the last job ends when GitHub starts them in this order as slots come free."""
    queues: dict[str, deque[int]] = {}
    for row, batch in enumerate(batches):
        queues.setdefault(lanes[batch.lane].pool, deque()).append(row)
    shared = {pool: queues.pop(pool, deque()) for pool in ("macos", "github")}
    alone = (sum(batches[row].minutes for row in queue) for queue in queues.values())
    return max((_play_shared(shared, slots, batches), *alone))


def _play_shared(queues: dict[str, deque[int]], slots: Slots, batches: Sequence[Batch]) -> float:
    """Minutes that GitHub's machines take: of the jobs that may start, the one in the earliest row does."""
    running: list[tuple[float, str]] = []
    free = {"macos": _width("macos", slots), "github": slots.total}
    now = 0.0
    while queues["macos"] or queues["github"]:
        ready = [pool for pool, queue in queues.items() if queue and free["github"] and free[pool]]
        if not ready:
            now, pool = heappop(running)
            free["github"] += 1
            free["macos"] += pool == "macos"
            continue
        pool = min(ready, key=lambda pool: queues[pool][0])
        heappush(running, (now + batches[queues[pool].popleft()].minutes, pool))
        free["github"] -= 1
        free["macos"] -= pool == "macos"
    return max((end for end, _ in running), default=now)


def _possible(lanes: Sequence[Lane], slots: Slots, minutes: float) -> bool:
    """Whether nothing proves that `minutes` are too few: work, set-ups that cannot be shared, long builds."""
    needs: dict[str, float] = {}
    longs: dict[str, int] = {}
    for lane in lanes:
        room = min(minutes, lane.limit) - lane.fixed - lane.each_container
        jobs = _fewest_jobs(lane, room)
        containers = max(jobs, len({work.container for work in lane.works}))
        need = sum(work.minutes for work in lane.works) + jobs * lane.fixed + containers * lane.each_container
        # Two builds in one slot share at most a job, so each brings at least half of what a job pays.
        own = (lane.fixed + lane.each_container) / 2
        long = sum(2 * (work.minutes + own) > minutes * 1.000001 for work in lane.works)
        for pool in {lane.pool, "github"} if lane.pool in {"macos", "github"} else {lane.pool}:
            needs[pool] = needs.get(pool, 0.0) + need
            longs[pool] = longs.get(pool, 0) + long
    widths = {pool: _width(pool, slots) for pool in needs}
    return all(needs[pool] <= widths[pool] * minutes * 1.000001 and longs[pool] <= widths[pool] for pool in needs)


def _fewest_jobs(lane: Lane, room: float) -> int:
    """A number of jobs below which the builds of a lane cannot be fitted, each holding `room` minutes of work."""
    minutes = [work.minutes for work in lane.works]
    if room <= 0 or max(minutes) > room * 1.000001:
        return len(minutes)
    return max(
        math.ceil(sum(minutes) / (room + lane.each_container) - 1e-6),
        sum(2 * each > room * 1.000001 for each in minutes),
        1,
    )


def _width(pool: str, slots: Slots) -> int:
    return {"github": slots.total, "macos": min(slots.macos, slots.total)}.get(pool, 1)


def _capacities(floor: float, ceiling: float) -> Iterator[float]:
    """Lengths of jobs to try, close together near the bound."""
    if floor <= 0:
        return
    step = 1.0
    while floor * step <= ceiling * 1.0001:
        yield floor * step
        step *= 1.003 if step < 1.06 else 1.02 if step < 1.5 else 1.25  # noqa: PLR2004
    yield ceiling


def _judged(lanes: Sequence[Lane], slots: Slots, cut: Iterable[tuple[int, Sequence[int]]]) -> Schedule:
    batches = [Batch(lane=lane, works=tuple(sorted(works)), minutes=lanes[lane].minutes(works)) for lane, works in cut]
    batches.sort(key=lambda batch: (-batch.minutes, batch.lane, batch.works))
    billed = [math.ceil(batch.minutes - 1e-9) for batch in batches]
    return Schedule(
        batches=tuple(batches),
        makespan=play(lanes, slots, batches),
        billed=sum(billed),
        cost=sum(minutes * lanes[batch.lane].price for minutes, batch in zip(billed, batches, strict=True)),
    )


def _given(lane: int, cut: Iterable[Sequence[int]]) -> Iterator[tuple[int, Sequence[int]]]:
    return ((lane, works) for works in cut)


def _single(lanes: Sequence[Lane]) -> Iterator[tuple[int, Sequence[int]]]:
    """One job a build."""
    for number, lane in enumerate(lanes):
        yield from _given(number, lane.cut or [(index,) for index in range(len(lane.works))])


def _whole(lanes: Sequence[Lane]) -> Iterator[tuple[int, Sequence[int]]]:
    """One job a lane, or as many as its limit asks for."""
    for number, lane in enumerate(lanes):
        yield from _given(number, lane.cut or _packed(lane, lane.limit))


def _by_lane(lanes: Sequence[Lane], capacity: float) -> Iterator[tuple[int, Sequence[int]]]:
    """As few jobs as fit, each lane for itself: best where there are slots enough."""
    for number, lane in enumerate(lanes):
        yield from _given(number, lane.cut or _packed(lane, min(capacity, lane.limit)))


def _packed(lane: Lane, capacity: float) -> list[list[int]]:
    """First fit, longest first."""
    jobs: list[list[int]] = []
    minutes: list[float] = []
    containers: list[set[str]] = []
    for index in _longest_first(lane):
        work = lane.works[index]
        for job, used in enumerate(minutes):
            more = work.minutes + (0 if work.container in containers[job] else lane.each_container)
            if used + more <= capacity * 1.000001:
                jobs[job].append(index)
                minutes[job] += more
                containers[job].add(work.container)
                break
        else:
            jobs.append([index])
            minutes.append(lane.minutes((index,)))
            containers.append({work.container})
    return jobs


def _by_slot(lanes: Sequence[Lane], slots: Slots, capacity: float) -> Iterator[tuple[int, Sequence[int]]]:
    """Fill slots one beside the other, lanes sharing them: best where there is more work than slots.

    macOS goes first, because only some of the slots will do.
    """
    room = [capacity] * slots.total
    order = sorted(
        range(len(lanes)), key=lambda lane: (lanes[lane].pool != "macos", -sum(w.minutes for w in lanes[lane].works))
    )
    for number in order:
        lane = lanes[number]
        if lane.cut or lane.pool not in {"macos", "github"}:
            yield from _given(number, lane.cut or _packed(lane, min(capacity, lane.limit)))
        else:
            yield from _given(number, _into(lane, room, _width(lane.pool, slots)))


@dataclass
class _Share:
    """A job in the making: the slot it is in, its builds and their minutes."""

    slot: int
    works: list[int]
    minutes: float


def _into(lane: Lane, room: list[float], width: int) -> Iterator[Sequence[int]]:
    """The jobs of one lane when its builds go into the first `width` slots; `room` is what is left of each."""
    shares: list[_Share] = []
    left = sum(work.minutes for work in lane.works)
    for index in _longest_first(lane):
        if (share := _best_fit(lane, index, room, shares)) is not None:
            share.works.append(index)
        else:
            share = _Share(slot=_new_slot(lane, room[:width], left, shares), works=[index], minutes=0.0)
            shares.append(share)
        minutes = lane.minutes(share.works)
        room[share.slot] -= minutes - share.minutes
        share.minutes = minutes
        left -= lane.works[index].minutes
    return (share.works for share in shares)


def _best_fit(lane: Lane, index: int, room: Sequence[float], shares: Iterable[_Share]) -> _Share | None:
    """The job of this lane that one more build fits best, if it fits any."""
    fits = (
        share
        for share in shares
        if (total := lane.minutes((*share.works, index))) <= lane.limit
        and total - share.minutes <= room[share.slot] * 1.000001
    )
    return min(fits, key=lambda share: room[share.slot], default=None)


def _new_slot(lane: Lane, room: Sequence[float], left: float, shares: Iterable[_Share]) -> int:
    """The slot for one more job: the fullest that takes all that is left of the lane, else the emptiest."""
    taken = {share.slot for share in shares}
    others = [slot for slot in range(len(room)) if slot not in taken] or list(range(len(room)))
    needed = left + lane.fixed + lane.each_container
    whole = [slot for slot in others if needed <= room[slot] * 1.000001]
    return min(whole, key=lambda slot: room[slot]) if whole else max(others, key=lambda slot: room[slot])


def _longest_first(lane: Lane) -> list[int]:
    return sorted(
        range(len(lane.works)), key=lambda index: (-lane.works[index].minutes, lane.works[index].container, index)
    )
