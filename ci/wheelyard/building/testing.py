"""Test the wheels of a job that lie in a wheelhouse, and write down in its `job.json` where they ran."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from wheelyard import documents
from wheelyard.building import orders, wheelhouse
from wheelyard.building.wheelhouse import JobFolder
from wheelyard.doors import files
from wheelyard.engines import Order
from wheelyard.engines.host.trying import Bench
from wheelyard.errors import BuildError, FindingsError, UsageError, listed
from wheelyard.planning.plan import Job
from wheelyard.releasing.manifest import JobReport, Result, State
from wheelyard.targets import Identifier, selects


@dataclass(frozen=True, kw_only=True)
class Tested:
    """A job after its tests. `failed` are results; `absent` was never built, and `without` has no Python here."""

    report: JobReport
    failed: tuple[Result, ...] = ()
    absent: tuple[Identifier, ...] = ()
    without: tuple[Identifier, ...] = ()


def test(run: orders.Run, job: Job, *, bench: Bench, say: Callable[[str], None]) -> Tested:
    """Test every wheel of a job that was not tested so before; the report is written after each.

    Raises `UsageError` for a job that was not built of this source, `FindingsError` for a wheel that is not the one its
    job wrote down, before anything runs.
    """
    folder = JobFolder(path=run.house / job.id)
    found = Tested(report=_report(folder, run))
    every = [order for order in orders.every(run, job) if any(selects(run.only, each) for each in order.identifiers)]
    for order, wheel in [(order, _wheel(folder, found.report, order)) for order in every]:
        if wheel is None:
            found = dataclasses.replace(found, absent=(*found.absent, *order.identifiers))
        elif run.fresh or not all(_passed(result) for result in _of(found.report, order)):
            found = _tested(found, order, wheel, bench=bench, say=say)
            files.write(folder.path / wheelhouse.REPORT, documents.dump(found.report))
    return found


def _report(folder: JobFolder, run: orders.Run) -> JobReport:
    report = folder.report()
    if report is None:
        raise UsageError(
            f"There is no {folder.path / wheelhouse.REPORT}: nothing to test. Build the job first, or give the"
            " wheelhouse that it is in."
        )
    source = run.plan.revision
    if report.commit != source.commit or report.tree not in {None, source.tree}:
        raise UsageError(f"{folder.path} was built of another source than the plan's. Build it again.")
    return report


def _of(report: JobReport, order: Order) -> list[Result]:
    return [result for result in report.results if result.identifier in order.identifiers]


def _passed(result: Result) -> bool:
    return result.state is State.BUILT and result.tested_on is not None


def _wheel(folder: JobFolder, report: JobReport, order: Order) -> Path | None:
    """The wheel of an order, byte for byte as its job wrote it down; None where there is none."""
    results = _of(report, order)
    names = {Path(result.file).name for result in results if result.file is not None}
    if len(results) < len(order.identifiers) or len(names) != 1:
        return None
    path = folder.path / names.pop()
    if not path.is_file():
        return None
    if {result.sha256 for result in results} != {files.sha256(path)}:
        raise FindingsError(
            f"{path} is not the file that was built: {wheelhouse.REPORT} has another SHA-256. Build it again."
        )
    return path


def _tested(found: Tested, order: Order, wheel: Path, *, bench: Bench, say: Callable[[str], None]) -> Tested:
    """What there is after one more wheel was tested; a failed one stays, to be tested again."""
    if lacking := bench.lacks(order.identifiers):
        return dataclasses.replace(found, without=(*found.without, *lacking))
    say(f"testing {wheel.name} on {listed(order.identifiers)}")
    log = order.log.with_name(f"test-{order.log.name}")
    files.folder(log.parent)
    log.unlink(missing_ok=True)
    try:
        tried = bench.test(dataclasses.replace(order, log=log, scratch=files.folder(order.scratch)), wheel)
    except BuildError as error:
        name = f"logs/{log.name}"
        report = _with(
            found.report, order, state=State.FAILED, tested=False, tested_on=None, message=str(error), log=name
        )
        return dataclasses.replace(found, report=report, failed=(*found.failed, *_of(report, order)))
    notes = " ".join(tried.notes) or None
    report = _with(found.report, order, state=State.BUILT, tested=True, tested_on=tried.on, message=notes)
    return dataclasses.replace(found, report=report)


def _with(report: JobReport, order: Order, **facts: object) -> JobReport:
    """The report with these facts in the results of one wheel."""
    changed = (msgspec.structs.replace(result, **facts) for result in _of(report, order))
    own = {result.identifier: result for result in changed}
    return msgspec.structs.replace(
        report, results=tuple(own.get(result.identifier, result) for result in report.results)
    )
