"""Turn the jobs of a plan into orders for engines, each job with the ledger of what is already done."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from wheelyard import __version__, engines
from wheelyard.building import sdks, wheelhouse
from wheelyard.building.builder import Task
from wheelyard.building.requirements import ONLINE, Requirements
from wheelyard.building.wheelhouse import JobFolder, Ledger
from wheelyard.doors import files
from wheelyard.doors.process import Programs
from wheelyard.engines import Engine, Order
from wheelyard.planning.plan import Expected, Job, Plan
from wheelyard.releasing.manifest import Inputs, JobReport, Result, State
from wheelyard.targets import Identifier, Platform, Target, selects


@dataclass(frozen=True, kw_only=True)
class Run:
    """What all jobs of one run share.

    `source` is a clean copy of the repository, `work` a folder that is removed afterwards, `engine` a name or `auto`,
    `only` a glob of identifiers; with `fresh` they are built again even if an earlier run built them.
    """

    plan: Plan
    options: Mapping[str, Any]
    source: Path
    house: Path
    work: Path
    engine: str = "auto"
    only: str = "*"
    fresh: bool = False
    inputs: Inputs = field(default_factory=Inputs)
    requirements: Requirements = ONLINE
    programs: Programs = field(default_factory=Programs)

    @property
    def offline(self) -> bool:
        """Whether builds have no network."""
        return self.requirements.fetcher.offline

    def inputs_of(self, job: Job | None) -> Inputs:
        """What a job is made of: the SDK is for macOS only."""
        macos = job is not None and job.target.platform is Platform.MACOS
        return self.inputs if macos else msgspec.structs.replace(self.inputs, sdk=None)


def ledger(run: Run, job: Job | None, *, engine: str) -> Ledger:
    """The ledger of a job, or of the sdist: earlier results count if source, tools, options and engine are the same."""
    name = job.id if job else wheelhouse.SDIST
    chosen = {name: value for name, value in os.environ.items() if name.startswith("CIBW_")}
    revision = run.plan.revision
    inputs = run.inputs_of(job)
    tools = {**engines.tools(engine), **run.plan.tools}
    # a build with a network is no proof that it needs none
    offline = ("offline",) if run.offline else ()
    key = wheelhouse.key(
        revision.tree, revision.date, run.plan.package, tools, run.options, chosen, engine, job, inputs, *offline
    )
    fresh = JobReport(
        job=name,
        target=job.target if job else None,
        runner=job.runner if job else (),
        variant=job.variant if job else None,
        key=key,
        engine=engine,
        tools={"wheelyard": __version__, **tools},
        commit=revision.commit,
        tree=revision.tree,
        source_date=revision.date,
        inputs=inputs,
    )
    folder = JobFolder(path=files.folder(run.house / name))
    files.folder(folder.logs)
    return Ledger(folder, fresh=fresh)


def of(run: Run, job: Job) -> tuple[Ledger | None, list[Task]]:
    """The ledger of a job and the builds it still needs; what the engine refuses is in the ledger already.

    There is no ledger where `only` leaves a job nothing: what it has stays as it is.
    """
    own = [expected for expected in run.plan.expected if _is_of(expected, job)]
    orders = [(expected, _order(expected, run, job)) for expected in own if _wanted(expected, run)]
    if not orders:
        return None if own else ledger(run, job, engine=run.engine), []
    engine = engines.choose(run.engine, orders[0][1])
    book = ledger(run, job, engine=engine.name)
    return book, [task for expected, order in orders for task in _task(expected, order, engine, book, run)]


def every(run: Run, job: Job) -> tuple[Order, ...]:
    """The orders of all wheels of a job, whatever is done already."""
    return tuple(_order(expected, run, job) for expected in run.plan.expected if _is_of(expected, job))


def native() -> tuple[Target, ...]:
    """The targets whose wheels this machine runs without emulation."""
    system = {"linux": Platform.LINUX, "darwin": Platform.MACOS, "win32": Platform.WINDOWS}.get(sys.platform)
    machine = platform.machine()
    return tuple(target for target in Target if target.platform is system and target.arch == machine)


def _is_of(expected: Expected, job: Job) -> bool:
    return set(job.identifiers).issuperset(expected.identifiers) and expected.variant == job.variant


def _wanted(expected: Expected, run: Run) -> bool:
    return any(selects(run.only, identifier) for identifier in expected.identifiers)


def _order(expected: Expected, run: Run, job: Job) -> Order:
    name = expected.identifiers[0]
    return Order(
        project=run.source,
        package=run.source / run.plan.package,
        identifiers=expected.identifiers,
        options=run.options,
        tools=run.plan.tools,
        source_date=run.plan.revision.date,
        scratch=run.work / job.id / name,
        log=run.house / job.id / "logs" / f"{name}.log",
        environment={**_sdk(run, job), **job.environment.get(name, {})},
        emulated=job.emulated,
        offline=run.offline,
    )


def _sdk(run: Run, job: Job) -> dict[str, str]:
    """What has a compiler use the SDK that the project asks for."""
    found = run.inputs_of(job).sdk
    return {"SDKROOT": str(sdks.place(sdks.find(found.name)))} if found else {}


def _task(expected: Expected, order: Order, engine: Engine, book: Ledger, run: Run) -> Iterator[Task]:
    if book.done(order.identifiers) and not run.fresh:
        return
    if reason := engine.refuses(order):
        book.add(_refusal(identifier, reason) for identifier in order.identifiers)
        return
    yield Task(expected=expected, order=order, engine=engine, ledger=book, requirements=run.requirements)


def _refusal(identifier: Identifier, reason: str) -> Result:
    return Result(identifier=identifier, state=State.REFUSED, message=reason)
