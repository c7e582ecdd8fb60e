"""Run the orders of jobs on their engines: side by side, resumable, every wheel looked at before it counts."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from wheelyard import wheels
from wheelyard.building import canonical, macos
from wheelyard.building.requirements import ONLINE, Requirements
from wheelyard.building.wheelhouse import Ledger
from wheelyard.doors import files
from wheelyard.doors.process import Programs
from wheelyard.engines import Engine, Made, Order
from wheelyard.errors import BuildError, WheelyardError, listed
from wheelyard.planning.plan import Expected, Plan
from wheelyard.releasing.manifest import Result, State

Look = Callable[[Path], Iterable[str]]


@dataclass(frozen=True, kw_only=True)
class Task:
    """One build to run, the ledger of its job, and where it gets what it requires."""

    expected: Expected
    order: Order
    engine: Engine
    ledger: Ledger
    requirements: Requirements = ONLINE

    @property
    def title(self) -> str:
        """The identifiers in a few words."""
        first, *rest = self.order.identifiers
        return f"{first} (+{len(rest)} tested)" if rest else first

    def known_by(self, plan: Plan) -> tuple[str, ...]:
        """The words that tell what it requires from what other builds do, in every run."""
        return (plan.name, self.engine.name, self.expected.variant or "", *self.order.identifiers)


class Watch(Protocol):
    """Who is told how the work goes; called from several threads."""

    def started(self, task: Task) -> None:
        """A build begins."""
        ...

    def ended(self, task: Task, result: Result) -> None:
        """A build ended, well or not."""
        ...


def run(tasks: Sequence[Task], *, plan: Plan, parallel: int, programs: Programs, look: Look, watch: Watch) -> None:
    """Run every task; a failed one does not stop the others. On an interruption all programs are ended first."""
    for engine in {task.engine.name: task.engine for task in tasks}.values():
        engine.prepare([task.order for task in tasks if task.engine is engine], programs=programs)
    with ThreadPoolExecutor(parallel) as pool:
        futures: set[Future[None]] = set()
        try:
            futures = {pool.submit(_one, task, plan, programs, look, watch) for task in tasks}
            pending = futures
            while pending:
                done, pending = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
        except BaseException:
            for future in futures:
                future.cancel()
            programs.stop()
            raise


def _one(task: Task, plan: Plan, programs: Programs, look: Look, watch: Watch) -> None:
    """Run one task and report it, whatever comes of it."""
    watch.started(task)
    begun = time.monotonic()
    files.folder(task.order.scratch)
    task.order.log.unlink(missing_ok=True)
    made = None
    try:
        with task.requirements.of(*task.known_by(plan), folder=task.order.scratch) as pip:
            order = dataclasses.replace(task.order, pip=pip)
            made = _canonical(task.engine.build(order, programs=programs), order)
        result = _built(made, task, plan, look)
    except WheelyardError as error:
        made, result = None, Result(identifier=None, state=State.FAILED, message=str(error))
    facts = {"minutes": round((time.monotonic() - begun) / 60, 3), "log": f"logs/{task.order.log.name}"}
    results = [_replace(result, identifier=identifier, **facts) for identifier in task.order.identifiers]
    task.ledger.add(results, wheel=made.wheel if made else None)
    files.remove(task.order.scratch)
    watch.ended(task, results[0])


def _canonical(made: Made, order: Order) -> Made:
    wheel = canonical.distribution(made.wheel, into=order.scratch / "canonical", date=order.source_date)
    return dataclasses.replace(made, wheel=wheel)


def _built(made: Made, task: Task, plan: Plan, look: Look) -> Result:
    """What to report of a wheel, after it was held against its plan and looked at."""
    size, digest = made.wheel.stat().st_size, files.sha256(made.wheel)
    wheel = wheels.parse(made.wheel.name, sha256=digest, size=size)
    if problems := tuple(_differences(wheel, task, plan)):
        raise BuildError(f"{wheel.file} is not the wheel that was planned: {' '.join(problems)}")
    if findings := tuple(look(made.wheel)):
        raise BuildError("\n".join((f"The audit of {wheel.file} found:", *(f"  {finding}" for finding in findings))))
    return Result(
        identifier=None,
        state=State.BUILT,
        file=wheel.file,
        sha256=digest,
        size=size,
        tested=made.tested,
        built_on=made.built_on,
        message=" ".join(made.notes) or None,
    )


def _differences(wheel: wheels.Wheel, task: Task, plan: Plan) -> Iterable[str]:
    """Each way in which a wheel's name is not what was planned."""
    from packaging.utils import canonicalize_name  # noqa: PLC0415  # start-up stays fast
    from packaging.version import Version  # noqa: PLC0415

    if wheel.name != canonicalize_name(plan.name):
        yield f"It is called {wheel.name}, the project {plan.name}."
    if plan.version is not None and wheel.version != Version(plan.version):
        yield f"Its version is {wheel.version}, the plan's {plan.version}."
    wanted = macos.target(task.order.options, task.order.identifiers[0], task.order.environment)
    if too_new := macos.newer(wheel, wanted):
        yield f"It is for macOS {too_new} and newer, {wanted} was asked for."
    unanswered = set(task.order.identifiers) - set(wheel.answers(task.order.identifiers))
    if unanswered:
        yield f"Its tags do not answer {listed(sorted(unanswered))}."


def _replace(result: Result, **changes: object) -> Result:
    import msgspec  # noqa: PLC0415

    return msgspec.structs.replace(result, **changes)
