"""Schedules keep every rule, and are as quick as can be where that can be known."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wheelyard.planning import schedule
from wheelyard.planning.runners import PLANS, Slots
from wheelyard.planning.schedule import Batch, Lane, Work, play
from wheelyard.planning.schedule.lanes import judged

works = st.builds(Work, minutes=st.floats(0.1, 60), container=st.sampled_from(("manylinux", "musllinux")))
lanes = st.lists(
    st.builds(
        Lane,
        works=st.lists(works, min_size=1, max_size=9).map(tuple),
        fixed=st.floats(0.1, 5),
        each_container=st.floats(0, 2),
        pool=st.sampled_from(("github", "macos", "my own")),
        price=st.floats(0, 0.1),
    ),
    min_size=1,
    max_size=6,
)
slots = st.builds(Slots, total=st.integers(1, 8), macos=st.integers(1, 4))


@settings(max_examples=60, deadline=None)
@given(lanes=lanes, slots=slots)
def test_every_build_is_in_exactly_one_job(lanes: list[Lane], slots: Slots) -> None:
    found = schedule.solve(lanes, slots)
    planned = sorted((batch.lane, place) for batch in found.batches for place in batch.works)
    assert planned == [(number, place) for number, lane in enumerate(lanes) for place in range(len(lane.works))]


@settings(max_examples=60, deadline=None)
@given(lanes=lanes, slots=slots)
def test_no_schedule_is_quicker_than_the_bound_or_slower_than_the_simple_ones(lanes: list[Lane], slots: Slots) -> None:
    found = schedule.solve(lanes, slots)
    assert found.makespan >= schedule.lower_bound(lanes, slots) * 0.9999
    one_each = [(number, (place,)) for number, lane in enumerate(lanes) for place in range(len(lane.works))]
    assert found.makespan <= judged(lanes, slots, one_each).makespan * schedule.EQUAL
    one_job = [(number, range(len(lane.works))) for number, lane in enumerate(lanes)]
    if all(lane.minutes(works) <= lane.limit for lane, (_, works) in zip(lanes, one_job, strict=True)):
        assert found.makespan <= judged(lanes, slots, one_job).makespan * schedule.EQUAL


@settings(max_examples=60, deadline=None)
@given(lanes=lanes, slots=slots)
def test_the_longest_job_comes_first_and_minutes_add_up(lanes: list[Lane], slots: Slots) -> None:
    found = schedule.solve(lanes, slots)
    minutes = [batch.minutes for batch in found.batches]
    assert minutes == sorted(minutes, reverse=True)
    assert minutes == pytest.approx([lanes[batch.lane].minutes(batch.works) for batch in found.batches])
    assert found.billed == sum(math.ceil(each - 1e-9) for each in minutes)


@settings(max_examples=30, deadline=None)
@given(lanes=lanes, slots=slots)
def test_the_same_builds_give_the_same_schedule(lanes: list[Lane], slots: Slots) -> None:
    assert schedule.solve(lanes, slots) == schedule.solve(list(lanes), slots)


def lane(*minutes: float, **facts: object) -> Lane:
    return Lane(works=tuple(Work(minutes=each) for each in minutes), **{"fixed": 1.0, **facts})  # type: ignore[arg-type]


def test_with_slots_to_spare_only_the_longest_build_counts() -> None:
    found = schedule.solve([lane(10, 2, 3, 5)], Slots(total=20, macos=5))
    assert found.makespan == 11
    assert sorted(batch.works for batch in found.batches) == [(0,), (1, 2, 3)], "and no more jobs than that needs"


def test_a_scarce_slot_is_shared_without_paying_twice() -> None:
    found = schedule.solve([lane(5, 5, 5, pool="macos")], Slots(total=20, macos=1))
    assert len(found.batches) == 1
    assert found.makespan == 16


def test_macos_slots_bind_only_macos() -> None:
    found = schedule.solve([lane(5, 5, pool="macos"), lane(5, 5)], Slots(total=4, macos=1))
    assert found.makespan == 11


def test_a_job_behind_a_macos_job_does_not_wait_for_macos() -> None:
    two = [lane(9, 9, pool="macos"), lane(5)]
    rows = [Batch(lane=0, works=(n,), minutes=10) for n in (0, 1)] + [Batch(lane=1, works=(0,), minutes=6)]
    assert play(two, Slots(total=2, macos=1), rows) == 20


def test_no_job_is_longer_than_its_limit_where_it_can_be_cut() -> None:
    found = schedule.solve([lane(100, 100, 100, limit=210.0, pool="macos")], Slots(total=1, macos=1))
    assert max(batch.minutes for batch in found.batches) <= 210


def test_a_given_cut_stays() -> None:
    cut = ((0, 1), (2,))
    found = schedule.solve([lane(1, 2, 3, cut=cut), lane(30)], PLANS["free"])
    assert sorted(batch.works for batch in found.batches if batch.lane == 0) == sorted(cut)


def test_a_libc_is_set_up_once_a_job() -> None:
    libcs = Lane(
        works=(Work(minutes=1, container="a"), Work(minutes=1, container="b"), Work(minutes=1, container="b")),
        fixed=1,
        each_container=10,
    )
    assert libcs.minutes((0, 1, 2)) == 24


@pytest.mark.parametrize("number", [1400, 5000])
def test_thousands_of_identifiers_stay_near_the_bound(number: int) -> None:
    many = [lane(*(1 + (place * 7919 % 97) / 10 for place in range(number // 10))) for _ in range(10)]
    found = schedule.solve(many, PLANS["free"])
    assert found.makespan <= 1.05 * schedule.lower_bound(many, PLANS["free"])


def test_nothing_to_do_takes_no_time() -> None:
    assert schedule.solve([], PLANS["free"]).makespan == 0
