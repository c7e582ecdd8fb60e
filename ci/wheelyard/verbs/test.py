"""Test wheels that exist, and write down which machine ran them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard import resources
from wheelyard.building import copying, orders, wheelhouse
from wheelyard.building.requirements import Requirements
from wheelyard.doors import files, git
from wheelyard.doors.downloads import Fetcher
from wheelyard.errors import BuildError, IncompleteError, UsageError, listed
from wheelyard.page import Facts, part_of
from wheelyard.planning import planner
from wheelyard.planning.plan import Job, Plan, load
from wheelyard.report import pages
from wheelyard.targets import Identifier
from wheelyard.workspace import Workspace, enter

if TYPE_CHECKING:
    from wheelyard.building.testing import Tested
    from wheelyard.doors.console import Console

EPILOG = """\
examples:
  wheelyard test                       what is in the wheelhouse and for this machine
  wheelyard test macos-arm64           one job, or all jobs of a target
  wheelyard test --only 'cp313-*'      some identifiers

Each wheel is installed into a fresh environment of every Python it is for, and the tests of [tool.cibuildwheel] run;
where there is no test-command, its modules are imported. A second run tests what the first one did not.
"""


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard test` takes."""
    parser.epilog = EPILOG
    parser.add_argument(
        "jobs", nargs="*", metavar="JOB", help="ids or targets of jobs (default: those for this machine)"
    )
    parser.add_argument("--only", default="*", metavar="GLOB", help="identifiers to test, in cibuildwheel's globs")
    parser.add_argument("--plan", type=Path, metavar="FILE", help="obey this plan.json (default: the wheelhouse's)")
    parser.add_argument("--wheelhouse", type=Path, metavar="DIR", help="where the wheels are (default: wheelhouse)")
    parser.add_argument(
        "--artifacts", type=Path, metavar="DIR", help="take what is not in the wheelhouse from a workflow's artifacts"
    )
    parser.add_argument("--fresh", action="store_true", help="test again what was tested already")
    parser.add_argument("--dry-run", action="store_true", help="say what would be tested")
    parser.add_argument("--json", action="store_true", help="print the reports of the jobs")
    pages.arguments(parser)


def run(options: Namespace, console: Console) -> None:
    """Test what is asked for and not tested yet; what failed is raised after all else is done."""
    workspace = enter(options.project)
    house = (options.wheelhouse or workspace.wheelhouse).absolute()
    plan = _plan(options.plan or house / wheelhouse.PLAN)
    jobs = _jobs(plan, options.jobs, house)
    if options.dry_run:
        for job in jobs:
            console.data(f"would test the wheels of job {job.id}: {listed(job.identifiers, most=40)}")
        return
    with files.alone(files.unversioned(house) / wheelhouse.LOCK):
        for job in jobs if options.artifacts else ():
            _take(job, house, options.artifacts)
        every = _test(workspace, plan, jobs, house=house, options=options, console=console)
    reports = tuple(tested.report for tested in every)
    if pages.wanted(options):
        part = part_of(plan, jobs, sdist=False, only=options.only)
        pages.leave(Facts(plan=part, slots=planner.slots_of(workspace.config), reports=reports), options)
    if options.json:
        console.json(reports)
    else:
        from wheelyard.report import builds  # noqa: PLC0415  # rich is slow to import

        console.show(builds.table(reports))
    _judge(every, house, console)


def _take(job: Job, house: Path, artifacts: Path) -> None:
    """Have a job's folder in the wheelhouse, its report last: without that nothing in it counts."""
    from wheelyard.releasing import artifacts as found  # noqa: PLC0415  # only workflows have them

    source, target = found.crossed(artifacts.absolute(), job.id), house / job.id
    if not (target / wheelhouse.REPORT).is_file():
        for path in sorted(source.rglob("*"), key=lambda path: path.name == wheelhouse.REPORT):
            if path.is_file():
                files.place(path, target / path.relative_to(source))


def _plan(file: Path) -> Plan:
    if not file.is_file():
        raise UsageError(f"There is no {file}. Run `wheelyard build`, or say with --wheelhouse where the wheels are.")
    return load(files.read(file), source=str(file))


def _jobs(plan: Plan, asked: Sequence[str], house: Path) -> list[Job]:
    """The jobs asked for by id or target, or those in the wheelhouse that are for this machine."""
    if asked:
        return plan.called(asked)
    there = {folder.name for folder in wheelhouse.jobs(house)}
    native = orders.native()
    jobs = [job for job in plan.jobs if job.id in there and job.target in native]
    if not jobs:
        raise UsageError(f"{house} has no job for this machine ({listed(native)}). It has: {listed(sorted(there))}.")
    return jobs


def _test(
    workspace: Workspace, plan: Plan, jobs: Sequence[Job], *, house: Path, options: Namespace, console: Console
) -> list[Tested]:
    from wheelyard.building import testing  # noqa: PLC0415  # an engine is slow to import
    from wheelyard.engines.host.trying import Bench  # noqa: PLC0415

    if plan.revision.tree != git.revision(workspace.root).tree:
        raise UsageError(f"The wheels in {house} were built of another source. Check that out, or build them again.")
    work = resources.cache() / "work" / wheelhouse.key(str(house))[:16]
    asked = orders.Run(
        plan=plan,
        options=workspace.config.cibuildwheel,
        source=work / "source",
        house=house,
        work=work,
        only=options.only,
        fresh=options.fresh,
        requirements=Requirements(fetcher=Fetcher(mirrors=workspace.config.tool.mirrors)),
    )
    with copying.copied(asked, workspace, macos=False, console=console) as run:
        benches = {job.target: Bench(target=job.target) for job in jobs}
        return [testing.test(run, job, bench=benches[job.target], say=console.say) for job in jobs]


def _judge(every: Sequence[Tested], house: Path, console: Console) -> None:
    """Raise for what failed, else for what is still to be tested: the rest is kept."""
    failed = [(tested.report.job, result) for tested in every for result in tested.failed]
    for job, result in failed:
        log = house / job / str(result.log)
        with console.group(f"log of {result.file}"):
            console.say(result.message or "")
            if console.on_github and log.exists():
                console.say(log.read_text(errors="replace"))
    if failed:
        names = [f"{result.file} ({house / job / str(result.log)})" for job, result in failed]
        raise BuildError(
            f"The tests of these wheels failed: {listed(dict.fromkeys(names))}. The rest is kept: mend the cause, build"
            " again, and run the same command."
        )
    absent = [identifier for tested in every for identifier in tested.absent]
    without = [identifier for tested in every for identifier in tested.without]
    if absent or without:
        raise IncompleteError("\n".join(_lacking(absent, without)))


def _lacking(absent: Sequence[Identifier], without: Sequence[Identifier]) -> list[str]:
    lines = [f"There are no wheels of {listed(absent)}: build them first."] if absent else []
    if without:
        pythons = dict.fromkeys(f"{identifier.python} for {identifier.target}" for identifier in without)
        lines.append(
            f"{listed(without)} cannot be tested here: there is no {listed(pythons)}. Install it (in a workflow with"
            " actions/setup-python, else with uv or pyenv, or from python.org), then run the same command."
        )
    return lines
