"""What no engine builds: the sdist and, of that, the wheel without native code."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from wheelyard.building import canonical, orders, sdist
from wheelyard.building.wheelhouse import Ledger
from wheelyard.doors import files, process
from wheelyard.doors.process import Programs
from wheelyard.errors import UsageError
from wheelyard.releasing.manifest import Result, State


def build(run: orders.Run, *, say: Callable[[str], None]) -> Ledger:
    """Build both, unless an earlier run of the same source did; their ledger."""
    book = orders.ledger(run, None, engine="build")
    source = run.source / run.plan.package
    there = {result.file.endswith(".whl") for result in book.report.results if result.file}
    for planned, is_wheel, name in ((run.plan.sdist, False, "sdist"), (run.plan.pure, True, "wheel")):
        if not planned or (is_wheel in there and not run.fresh):
            continue
        say(f"building the {'pure wheel' if is_wheel else 'sdist'} of {run.plan.name}")
        begun, log = time.monotonic(), book.folder.logs / f"{name}.log"
        log.unlink(missing_ok=True)
        if is_wheel and run.plan.sdist:
            source = sdist.unpack(next(book.folder.path.glob("*.tar.gz")), run.work / "pure")
        make = sdist.wheel if is_wheel else sdist.build
        date = run.plan.revision.date
        with run.requirements.of(run.plan.name, name, folder=run.work / name) as pip:
            env = {**pip.environment(), "SOURCE_DATE_EPOCH": str(date)}
            made = make(source, into=run.work / name, log=log, env=env, programs=_programs(run))
        made = canonical.distribution(made, into=run.work / name / "canonical", date=date)
        book.add((_result(made, minutes=(time.monotonic() - begun) / 60, log=log),), wheel=made)
    return book


def _programs(run: orders.Run) -> Programs:
    if not run.offline:
        return run.programs
    without = process.networkless()
    if without is None:
        raise UsageError("This machine gives no build a network of its own (`unshare --net`). Leave --offline out.")
    return run.programs.within(without)


def _result(made: Path, *, minutes: float, log: Path) -> Result:
    return Result(
        identifier=None,
        state=State.BUILT,
        file=made.name,
        sha256=files.sha256(made),
        size=made.stat().st_size,
        minutes=round(minutes, 3),
        log=f"logs/{log.name}",
    )
