"""Make a schedule better by moving builds between slots, where there is more work than slots.

A seeded local search with a fixed number of steps: the same input gives the same jobs on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from wheelyard.planning.runners import Slots
from wheelyard.planning.schedule.lanes import Batch, Lane, Schedule, judged, width

_EPSILON = 1e-6
_GOOD = 1.001
_WIDE = 1.05


@dataclass
class _Slot:
    """A machine's share: for each lane the builds it does in one job; `load` is minutes, with jobs that stay."""

    macos: bool
    jobs: dict[int, list[int]] = field(default_factory=dict)
    load: float = 0.0


def improved(lanes: Sequence[Lane], slots: Slots, found: Schedule, *, floor: float, steps: tuple[int, int]) -> Schedule:
    """The best schedule of the same builds that so many looks at single builds come upon, and so many more if need be.

    Jobs whose cut is given, or that run on machines of the user's own, stay as they are. Slots are only a way to
    search: what counts is how the jobs play out, the longest first.
    """
    if all(lane.cut is not None for lane in lanes):
        return found
    search = _Search(lanes, steps[0])
    chance = random.Random(len(lanes))  # noqa: S311  # no secret: it only has to vary
    best = _assigned(lanes, slots, found.batches)
    current = _copied(best)
    builds = sum(len(lane.works) for lane in lanes)
    while search.steps > 0 and found.makespan > floor * _GOOD:
        search.descend(current)
        if _longest(current) < found.makespan - _EPSILON:
            played = judged(lanes, slots, _cut(lanes, found, current))
            found = min(found, played, key=lambda schedule: schedule.makespan)
            search.steps -= 2 * builds  # playing a schedule through takes as long as so many looks
        if _longest(current) < _longest(best) + _EPSILON:
            best = _copied(current)
        current = _copied(best)
        search.shake(current, chance)
        search.steps -= builds // 4  # so does a copy
        if search.steps <= 0 and found.makespan > floor * _WIDE:
            search.steps, steps = search.steps + steps[1], (0, 0)
    return found


def fewer(lanes: Sequence[Lane], slots: Slots, found: Schedule, *, tries: int) -> Schedule:
    """The same builds in fewer jobs, each pair of jobs joined that makes the end no later; the shortest go first."""
    ceiling = found.makespan * _GOOD
    joined = True
    while joined and tries > 0:
        joined = False
        for first, second in _pairs(lanes, found, ceiling):
            tries -= 1
            rest = [(b.lane, b.works) for b in found.batches if b is not first and b is not second]
            played = judged(lanes, slots, [*rest, (first.lane, (*first.works, *second.works))])
            if played.makespan <= ceiling and played.cost <= found.cost:
                found, joined = played, True
                break
            if tries <= 0:
                break
    return found


def _pairs(lanes: Sequence[Lane], found: Schedule, ceiling: float) -> Iterator[tuple[Batch, Batch]]:
    """Jobs of one lane that would not be too long together."""
    by_lane: dict[int, list[Batch]] = {}
    for batch in reversed(found.batches):
        if lanes[batch.lane].cut is None:
            by_lane.setdefault(batch.lane, []).append(batch)
    for lane, batches in by_lane.items():
        longest = min(ceiling, lanes[lane].limit)
        for first, second in combinations(batches, 2):
            if first.minutes + second.minutes - lanes[lane].fixed - lanes[lane].each_container <= longest:
                yield first, second


def _cut(lanes: Sequence[Lane], found: Schedule, slots: Iterable[_Slot]) -> Iterator[tuple[int, Sequence[int]]]:
    """The jobs that stay, and those that the slots hold now."""
    for batch in found.batches:
        if lanes[batch.lane].cut or lanes[batch.lane].pool not in {"macos", "github"}:
            yield batch.lane, batch.works
    for slot in slots:
        yield from slot.jobs.items()


def _assigned(lanes: Sequence[Lane], slots: Slots, batches: Sequence[Batch]) -> list[_Slot]:
    """The jobs on slots, the longest first, macOS on those that may be macOS."""
    found = [_Slot(macos=number < width("macos", slots)) for number in range(slots.total)]
    for batch in sorted(batches, key=lambda batch: lanes[batch.lane].pool != "macos"):
        lane = lanes[batch.lane]
        if lane.pool in {"macos", "github"}:
            slot = min((slot for slot in found if slot.macos or lane.pool != "macos"), key=lambda slot: slot.load)
            if lane.cut is None:
                mine = slot.jobs.setdefault(batch.lane, [])
                slot.load -= lane.minutes(mine) if mine else 0.0
                mine.extend(batch.works)
                slot.load += lane.minutes(mine)
            else:
                slot.load += batch.minutes
    return found


def _longest(slots: Sequence[_Slot]) -> float:
    return max(slot.load for slot in slots)


def _copied(slots: Sequence[_Slot]) -> list[_Slot]:
    return [
        _Slot(macos=slot.macos, jobs={lane: list(works) for lane, works in slot.jobs.items()}, load=slot.load)
        for slot in slots
    ]


class _Search:
    """The moves; each build looked at counts as a step."""

    def __init__(self, lanes: Sequence[Lane], steps: int) -> None:
        self.lanes = lanes
        self.steps = steps

    def descend(self, slots: list[_Slot]) -> None:
        """Relieve the fullest slot again and again, until nothing does."""
        while self.steps > 0:
            fullest = max(slots, key=lambda slot: slot.load)
            if not self._relieve(fullest, sorted(slots, key=lambda slot: slot.load)):
                return

    def shake(self, slots: list[_Slot], chance: random.Random) -> None:
        """Move some builds anywhere they may be; a step too, so that an end is found where nothing else can move."""
        self.steps -= 1
        for _ in range(chance.randint(2, 5)):
            source = chance.choice(slots)
            builds = list(_builds(source))
            if builds:
                lane, index = chance.choice(builds)
                self._move(lane, index, source, chance.choice([slot for slot in slots if self._may(lane, slot)]))

    def _relieve(self, fullest: _Slot, others: Sequence[_Slot]) -> bool:
        """Move one build out of the fullest slot, or swap it for another, so that both slots end below it."""
        for lane, index in list(_builds(fullest)):
            rest = fullest.load - self._saved(fullest, lane, index)
            for other in others:
                if other is fullest or not self._may(lane, other):
                    continue
                self.steps -= 1
                more = self._added(other, lane, index)
                if other.load + more < fullest.load - _EPSILON and self._fits(other, lane, index):
                    self._move(lane, index, fullest, other)
                    return True
                if self._swap(lane, index, fullest, other, rest=rest, more=more):
                    return True
        return False

    def _swap(self, lane: int, index: int, fullest: _Slot, other: _Slot, *, rest: float, more: float) -> bool:
        limit = fullest.load - _EPSILON
        for lane_back, back in list(_builds(other)):
            self.steps -= 1
            minutes = self.lanes[lane_back].works[back].minutes
            if rest + minutes >= limit or other.load + more - minutes - self.lanes[lane_back].fixed >= limit:
                continue
            if not self._may(lane_back, fullest):
                continue
            loads = fullest.load, other.load
            self._move(lane, index, fullest, other)
            self._move(lane_back, back, other, fullest)
            legal = self._legal(other, lane) and self._legal(fullest, lane_back)
            if legal and max(fullest.load, other.load) < limit:
                return True
            self._move(lane_back, back, fullest, other)
            self._move(lane, index, other, fullest)
            fullest.load, other.load = loads
        return False

    def _may(self, lane: int, slot: _Slot) -> bool:
        return slot.macos or self.lanes[lane].pool != "macos"

    def _fits(self, slot: _Slot, lane: int, index: int) -> bool:
        return self.lanes[lane].minutes((*slot.jobs.get(lane, ()), index)) <= self.lanes[lane].limit

    def _legal(self, slot: _Slot, lane: int) -> bool:
        works = slot.jobs.get(lane, ())
        return len(works) < 2 or self.lanes[lane].minutes(works) <= self.lanes[lane].limit  # noqa: PLR2004

    def _added(self, slot: _Slot, lane: int, index: int) -> float:
        """Minutes a slot gets longer by when it takes one more build."""
        facts = self.lanes[lane]
        work = facts.works[index]
        there = slot.jobs.get(lane)
        if not there:
            return work.minutes + facts.fixed + facts.each_container
        same = any(facts.works[other].container == work.container for other in there)
        return work.minutes + (0.0 if same else facts.each_container)

    def _saved(self, slot: _Slot, lane: int, index: int) -> float:
        """Minutes a slot gets shorter by when it gives a build away."""
        facts = self.lanes[lane]
        work = facts.works[index]
        rest = [other for other in slot.jobs[lane] if other != index]
        if not rest:
            return work.minutes + facts.fixed + facts.each_container
        same = any(facts.works[other].container == work.container for other in rest)
        return work.minutes + (0.0 if same else facts.each_container)

    def _move(self, lane: int, index: int, source: _Slot, target: _Slot) -> None:
        source.load -= self._saved(source, lane, index)
        source.jobs[lane].remove(index)
        if not source.jobs[lane]:
            del source.jobs[lane]
        target.load += self._added(target, lane, index)
        target.jobs.setdefault(lane, []).append(index)


def _builds(slot: _Slot) -> Iterator[tuple[int, int]]:
    return ((lane, index) for lane, works in slot.jobs.items() for index in works)
