"""What of a plan can be built on this machine, in the engines' own words; nothing is built or fetched for it."""

from __future__ import annotations

import os
from collections.abc import Iterable

from wheelyard import engines
from wheelyard.building import orders
from wheelyard.building.orders import Run
from wheelyard.engines import Engine, Order, cibuildwheel, containers
from wheelyard.engines.host import layers
from wheelyard.errors import WheelyardError, listed
from wheelyard.machine.diagnosis import Prospect, Sign, State
from wheelyard.planning.plan import Job
from wheelyard.targets import Platform


def of(run: Run) -> tuple[Prospect, ...]:
    """Every job of the plan on this machine; engines are asked once for all jobs alike."""
    known: dict[str, tuple[Engine | None, str]] = {}
    return tuple(_prospect(job, orders.every(run, job), known) for job in run.plan.jobs)


def _prospect(job: Job, every: tuple[Order, ...], known: dict[str, tuple[Engine | None, str]]) -> Prospect:
    kind = f"{job.target} {every[0].identifiers[0].system}"
    if kind not in known:
        known[kind] = _engine(every[0])
    engine, why = known[kind]
    refused = [reason for order in every if (reason := engine.refuses(order))] if engine else []
    possible = len(every) - len(refused) if engine else 0
    return Prospect(
        job=job.id,
        target=job.target,
        native=job.target in orders.native(),
        engine=engine.name if engine and possible else None,
        wheels=len(every),
        possible=possible,
        why="" if possible == len(every) else why or refused[0],
    )


def _engine(order: Order) -> tuple[Engine | None, str]:
    """The engine that `auto` chooses for orders like this one, and why those before it cannot work here."""
    reasons: list[str] = []
    for name in engines.ENGINES:
        engine = engines.load(name)
        try:
            reason = engine.unavailable(order)
        except WheelyardError as error:
            reason = str(error)
        if reason is None:
            return engine, " ".join(reasons)
        reasons.append(reason)
    return None, " ".join(reasons)


def images(run: Run) -> Sign | None:
    """The images of the plan's Linux wheels that run on this machine; None where no container engine could say."""
    every = [order for job in run.plan.jobs for order in orders.every(run, job)]
    ours = [order for order in every if order.identifiers[0].target.platform is Platform.LINUX]
    ours = [order for order in ours if order.identifiers[0].target.arch in cibuildwheel.runs_here()]
    if not ours:
        return None
    program = containers.engine(layers.over(run.options, ours[0].identifiers[0], os.environ))
    if containers.silent(program) is not None:
        return None
    try:
        names = sorted({cibuildwheel.image(order) for order in _alike(ours)})
    except WheelyardError as error:
        return Sign(name="images", state=State.SILENT, words=str(error))
    away = [name for name in names if not containers.is_here(program, name)]
    if not away:
        return Sign(name="images", state=State.READY, words=f"here: {listed(names)}")
    fix = f"The first build pulls them, or you now: {program} pull {away[0]}"
    return Sign(name="images", state=State.ABSENT, words=f"not here: {listed(away)}", fix=fix)


def _alike(every: Iterable[Order]) -> Iterable[Order]:
    """One order of each kind that has an image of its own."""
    first = {(it.system, it.arch, it.interpreter): order for order in every for it in order.identifiers[:1]}
    return first.values()
