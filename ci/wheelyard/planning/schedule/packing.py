"""Ways to pack builds into jobs: one by one, lane by lane, slot by slot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from wheelyard.planning.runners import Slots
from wheelyard.planning.schedule.lanes import CLOSE, Lane, Work, width


def _given(lane: int, cut: Iterable[Sequence[int]]) -> Iterator[tuple[int, Sequence[int]]]:
    return ((lane, works) for works in cut)


def single(lanes: Sequence[Lane]) -> Iterator[tuple[int, Sequence[int]]]:
    """One job a build."""
    for number, lane in enumerate(lanes):
        yield from _given(number, lane.cut or [(index,) for index in range(len(lane.works))])


def whole(lanes: Sequence[Lane]) -> Iterator[tuple[int, Sequence[int]]]:
    """One job a lane, or as many as its limit asks for."""
    for number, lane in enumerate(lanes):
        yield from _given(number, lane.cut or _packed(lane, lane.limit))


def by_lane(lanes: Sequence[Lane], capacity: float) -> Iterator[tuple[int, Sequence[int]]]:
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
            if used + more <= capacity * CLOSE:
                jobs[job].append(index)
                minutes[job] += more
                containers[job].add(work.container)
                break
        else:
            jobs.append([index])
            minutes.append(lane.minutes((index,)))
            containers.append({work.container})
    return jobs


def by_slot(lanes: Sequence[Lane], slots: Slots, capacity: float) -> Iterator[tuple[int, Sequence[int]]]:
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
            yield from _given(number, _into(lane, room, width(lane.pool, slots)))


@dataclass
class _Share:
    """A job in the making: the slot it is in, its builds, the containers they need and their minutes."""

    slot: int
    minutes: float
    works: list[int] = field(default_factory=list)
    containers: set[str] = field(default_factory=set)


def _into(lane: Lane, room: list[float], width: int) -> Iterator[Sequence[int]]:
    """The jobs of one lane when its builds go into the first `width` slots; `room` is what is left of each."""
    shares: list[_Share] = []
    left = sum(work.minutes for work in lane.works)
    for index in _longest_first(lane):
        work = lane.works[index]
        share = _best_fit(lane, work, room, shares)
        if share is None:
            share = _Share(slot=_new_slot(lane, room[:width], left, shares), minutes=lane.fixed)
            room[share.slot] -= lane.fixed
            shares.append(share)
        more = _more(lane, work, share)
        share.works.append(index)
        share.containers.add(work.container)
        share.minutes += more
        room[share.slot] -= more
        left -= work.minutes
    return (share.works for share in shares)


def _more(lane: Lane, work: Work, share: _Share) -> float:
    """Minutes a job gets longer by when it takes one more build."""
    return work.minutes + (0.0 if work.container in share.containers else lane.each_container)


def _best_fit(lane: Lane, work: Work, room: Sequence[float], shares: Iterable[_Share]) -> _Share | None:
    """The job of this lane that one more build fits best, if it fits any."""
    fits = (
        share
        for share in shares
        if (more := _more(lane, work, share)) <= room[share.slot] * CLOSE and share.minutes + more <= lane.limit
    )
    return min(fits, key=lambda share: room[share.slot], default=None)


def _new_slot(lane: Lane, room: Sequence[float], left: float, shares: Iterable[_Share]) -> int:
    """The slot for one more job: the fullest that takes all that is left of the lane, else the emptiest."""
    taken = {share.slot for share in shares}
    others = [slot for slot in range(len(room)) if slot not in taken] or list(range(len(room)))
    needed = left + lane.fixed + lane.each_container
    whole = [slot for slot in others if needed <= room[slot] * CLOSE]
    return min(whole, key=lambda slot: room[slot]) if whole else max(others, key=lambda slot: room[slot])


def _longest_first(lane: Lane) -> list[int]:
    return sorted(
        range(len(lane.works)), key=lambda index: (-lane.works[index].minutes, lane.works[index].container, index)
    )
