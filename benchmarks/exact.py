"""The best cut there is, by an exact solver: what `schedule.solve` is held against. Needs the group `bench`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model

from wheelyard.planning.runners import Slots
from wheelyard.planning.schedule import Lane, lower_bound

# The solver counts in whole hundredths of a minute.
SCALE = 100


def optimum(lanes: Sequence[Lane], slots: Slots, *, hint: float, seconds: float, workers: int) -> tuple[float, float]:
    """The shortest makespan found and the bound that was proven, in minutes; equal when it is the optimum.

    Jobs are bound to slots and macOS to the first ones, where the builds of a lane in one slot are one job. `hint` is a
    makespan that can be reached.
    """
    model = cp_model.CpModel()
    pools = _pools(lanes, slots)
    top = round(hint * SCALE) + 1
    end = model.new_int_var(0, top, "end")
    for pool, width in pools.items():
        loads = [model.new_int_var(0, top, f"load {pool} {slot}") for slot in range(width)]
        terms: list[list[cp_model.LinearExprT]] = [[] for _ in range(width)]
        for number, lane in enumerate(lanes):
            if _own(lane) == pool:
                reach = min(slots.macos, width) if lane.pool == "macos" else width
                _place(model, number, lane, reach, terms)
        for load, parts in zip(loads, terms, strict=True):
            model.add(load == sum(parts))
            model.add(end >= load)
        same = min(slots.macos, width)  # slots that may be macOS are alike, and so are the others
        for one, other in [*pairwise(loads[:same]), *pairwise(loads[same:])]:
            model.add(one >= other)
    model.add(end >= math.floor(lower_bound(lanes, slots) * SCALE * 0.9999))
    model.minimize(end)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return hint, solver.best_objective_bound / SCALE
    return solver.objective_value / SCALE, solver.best_objective_bound / SCALE


def _own(lane: Lane) -> str:
    return "github" if lane.pool == "macos" else lane.pool


def _pools(lanes: Sequence[Lane], slots: Slots) -> dict[str, int]:
    return {_own(lane): slots.total if _own(lane) == "github" else 1 for lane in lanes}


def _kinds(lane: Lane) -> Counter[tuple[int, str]]:
    """Builds that are alike, counted: fewer variables than one a build."""
    return Counter((round(work.minutes * SCALE), work.container) for work in lane.works)


def _place(
    model: cp_model.CpModel, number: int, lane: Lane, reach: int, terms: list[list[cp_model.LinearExprT]]
) -> None:
    """Put each build of a lane into one slot, and charge the slot for the job and its containers."""
    counts: dict[tuple[int, str], list[cp_model.IntVar]] = {kind: [] for kind in _kinds(lane)}
    for slot in range(reach):
        job = model.new_bool_var(f"job {number} {slot}")
        terms[slot].append(job * round(lane.fixed * SCALE))
        started = {c: model.new_bool_var(f"container {number} {slot} {c}") for _, c in counts}
        for used in started.values():
            terms[slot].append(used * round(lane.each_container * SCALE))
            model.add_implication(used, job)
        for (minutes, container), many in _kinds(lane).items():
            count = model.new_int_var(0, many, f"count {number} {slot} {minutes} {container}")
            model.add(count <= many * started[container])
            counts[minutes, container].append(count)
            terms[slot].append(count * minutes)
    for kind, many in _kinds(lane).items():
        model.add(sum(counts[kind]) == many)


def proven_longer(lanes: Sequence[Lane], width: int, minutes: float, *, seconds: float) -> bool:
    """Whether the builds of these lanes surely do not fit `width` slots of so many minutes.

    Every largest set of builds that fits one slot is written out, and the solver shows that `width` of them do not
    cover all builds: far stronger than bounds on sums, for the few slots of macOS.
    """
    if sum(len(lane.works) for lane in lanes) > 6 * width or sum(w.minutes for ln in lanes for w in ln.works) < minutes:
        return False  # too many sets, or slots to spare
    kinds = [(number, *kind, many) for number, lane in enumerate(lanes) for kind, many in _kinds(lane).items()]
    sets = list(_sets(lanes, kinds, round(minutes * SCALE)))
    solver = pywraplp.Solver.CreateSolver("SCIP")
    solver.SetTimeLimit(round(seconds * 1000))
    uses = [solver.IntVar(0, width + 1, "") for _ in sets]
    for place, (*_, many) in enumerate(kinds):
        solver.Add(sum(use * chosen[place] for use, chosen in zip(uses, sets, strict=True) if chosen[place]) >= many)
    solver.Minimize(sum(uses))
    solved = solver.Solve() == pywraplp.Solver.OPTIMAL
    return bool(solved and solver.Objective().Value() > width + 0.5)


def _sets(lanes: Sequence[Lane], kinds: Sequence[tuple[int, int, str, int]], room: int) -> Iterator[tuple[int, ...]]:
    """Every set of builds that fits a slot and takes no further one, as a count for each kind."""

    def cost(chosen: Sequence[int]) -> int:
        taken = [
            (lane, minutes, container) for (lane, minutes, container, _), n in zip(kinds, chosen, strict=True) if n
        ]
        fixed = sum(round(lanes[lane].fixed * SCALE) for lane in {lane for lane, _, _ in taken})
        containers = {(lane, container) for lane, _, container in taken}
        each = sum(round(lanes[lane].each_container * SCALE) for lane, _ in containers)
        return fixed + each + sum(n * kind[1] for kind, n in zip(kinds, chosen, strict=True))

    def grown(chosen: tuple[int, ...], place: int) -> Iterator[tuple[int, ...]]:
        if place == len(kinds):
            more = ((*chosen[:i], n + 1, *chosen[i + 1 :]) for i, n in enumerate(chosen) if n < kinds[i][3])
            if all(cost(larger) > room for larger in more):
                yield chosen
            return
        for many in range(kinds[place][3] + 1):
            taken = (*chosen[:place], many, *chosen[place + 1 :])
            if cost(taken) > room:
                break
            yield from grown(taken, place + 1)

    return grown((0,) * len(kinds), 0)
