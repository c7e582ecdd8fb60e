"""Hold the scheduler against the lower bound, an exact solver, the projects' own splits and the two simplest ones.

Run with the group `bench` installed: `python benchmarks/schedule.py [--seconds 30]`. Real durations are numpy's and
mypy's; the nine matrices get seeded ones around the median of their platform. Queue waits are drawn from those measured
over 740 public jobs, by label, the same for every split of a case.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterable, Sequence
from statistics import mean

import cases
from cases import Case

from wheelyard.planning import schedule
from wheelyard.planning.runners import PLANS
from wheelyard.planning.schedule import Batch, Lane, Work
from wheelyard.planning.schedule.lanes import judged

RUNS = 200
HEAD = (
    "| release | builds | jobs | makespan | bound | ratio | exact | proven | own | by build | by target"
    " | simulated | seconds |"
)
# Seconds waited in a queue without a shortage of slots: median, 90th percentile, longest, by pool.
WAITS = {"github": (4, 19, 70), "macos": (21, 123, 185)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30, help="for the exact solver on each case (0: leave it out)")
    seconds = parser.parse_args().seconds
    print(HEAD)
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|--:|")
    for case in cases.every():
        print(row(case, seconds), flush=True)
    print()
    for number in (1400, 5000):
        print(large(number))


def row(case: Case, seconds: float) -> str:
    lanes = [row.lane for row in case.rows]
    begun = time.perf_counter()
    found = schedule.solve(lanes, case.slots)
    took = time.perf_counter() - begun
    floor = schedule.lower_bound(lanes, case.slots)
    others = {
        "own": list(own(case)),
        "by build": list(by(lanes, single=True)),
        "by target": list(by(lanes, single=False)),
    }
    played = {name: judged(lanes, case.slots, cut).makespan for name, cut in others.items()}
    simulated = {name: simulate(case, lanes, judged(lanes, case.slots, cut).batches) for name, cut in others.items()}
    ours = simulate(case, lanes, found.batches)
    worse = [name for name, minutes in simulated.items() if minutes < ours * 0.995]
    exact, proven = (
        solved(lanes, case, found.makespan, seconds) if seconds and found.makespan > floor * 1.001 else (None, None)
    )
    builds = sum(len(lane.works) for lane in lanes)
    return (
        f"| {case.name} | {builds} | {len(found.batches)} | {found.makespan:.2f} | {floor:.2f} |"
        f" {found.makespan / floor:.3f} | {shown(exact)} | {shown(proven)} |"
        + "".join(f" {played[name]:.2f} |" for name in others)
        + f" {'worse than ' + ', '.join(worse) if worse else f'best ({ours:.1f})'} | {took:.2f} |"
    )


def shown(minutes: float | None) -> str:
    return "-" if minutes is None else f"{minutes:.2f}"


def solved(lanes: Sequence[Lane], case: Case, hint: float, seconds: float) -> tuple[float, float]:
    """The exact solver on all lanes; where it proves too little, a proof for macOS alone, which binds all."""
    import exact  # noqa: PLC0415  # the only part that needs the solver

    best, proven = exact.optimum(lanes, case.slots, hint=hint, seconds=seconds, workers=2)
    macos = [lane for lane in lanes if lane.pool == "macos"]
    if macos and proven < best * 0.999 and exact.proven_longer(macos, case.slots.macos, best - 0.01, seconds=seconds):
        proven = best
    return best, proven


def own(case: Case) -> Iterable[tuple[int, Sequence[int]]]:
    """The project's own jobs, as far as one of ours can hold them: cut further by target and variant."""
    for number, row in enumerate(case.rows):
        left = list(range(len(row.builds)))
        for job in case.own:
            mine = [place for place in left if row.builds[place].identifier in job]
            left = [place for place in left if place not in mine]
            if mine:
                yield number, mine
        yield from ((number, [place]) for place in left)


def by(lanes: Sequence[Lane], *, single: bool) -> Iterable[tuple[int, Sequence[int]]]:
    for number, lane in enumerate(lanes):
        places = range(len(lane.works))
        yield from ((number, [place]) for place in places) if single else [(number, places)]


def simulate(case: Case, lanes: Sequence[Lane], batches: Sequence[Batch]) -> float:
    """Mean minutes until the last wheel over many runs, each job with a queue wait of its own."""
    chance = random.Random(case.name)  # noqa: S311
    ends = []
    for _ in range(RUNS):
        waited = [
            Batch(lane=b.lane, works=b.works, minutes=b.minutes + wait(chance, lanes[b.lane].pool) / 60)
            for b in batches
        ]
        ends.append(schedule.play(lanes, case.slots, waited))
    return mean(ends)


def wait(chance: random.Random, pool: str) -> float:
    """Seconds beyond the median, which the estimate has already: drawn between the measured percentiles."""
    median, high, longest = WAITS.get(pool, WAITS["github"])
    place = chance.random()
    if place < 0.5:
        return 0.0
    if place < 0.9:
        return (place - 0.5) / 0.4 * (high - median)
    return high - median + (place - 0.9) / 0.1 * (longest - high)


def large(number: int) -> str:
    chance = random.Random(number)  # noqa: S311
    lanes = [
        Lane(
            works=tuple(
                Work(minutes=chance.uniform(2, 9), container=chance.choice(("manylinux", "musllinux")))
                for _ in range(number // 19)
            ),
            fixed=1.1,
            each_container=0.5,
            pool="macos" if lane < 6 else "github",
            price=0.006,
        )
        for lane in range(19)
    ]
    begun = time.perf_counter()
    found = schedule.solve(lanes, PLANS["free"])
    took = time.perf_counter() - begun
    ratio = found.makespan / schedule.lower_bound(lanes, PLANS["free"])
    return f"{number} identifiers, 19 targets: {took:.2f} s, {ratio:.3f} x the bound, {len(found.batches)} jobs"


if __name__ == "__main__":
    main()
