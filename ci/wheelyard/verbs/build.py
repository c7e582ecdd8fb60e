"""Build, test and audit the wheels of jobs on this machine."""

from __future__ import annotations

import os
import shlex
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from wheelyard import config, documents, engines, resources
from wheelyard.building import builder, copying, orders, sdist, wheelhouse, without_engine
from wheelyard.building.requirements import Requirements
from wheelyard.building.wheelhouse import Ledger
from wheelyard.doors import files, git
from wheelyard.doors.downloads import Fetcher
from wheelyard.doors.process import Programs
from wheelyard.errors import BuildError, IncompleteError, UsageError, listed
from wheelyard.locking import resolving
from wheelyard.page import Facts, part_of
from wheelyard.planning import planner
from wheelyard.planning.plan import Job, Plan, load
from wheelyard.releasing.manifest import JobReport, State
from wheelyard.report import pages
from wheelyard.targets import Platform, selects
from wheelyard.workspace import Workspace, enter

if TYPE_CHECKING:
    from wheelyard.doors.console import Console

EPILOG = """\
examples:
  wheelyard build                              every job this machine can do
  wheelyard build linux-x86_64 --parallel 4    one job, four identifiers at a time
  wheelyard build --only 'cp31{2,3}-*'         some identifiers
  wheelyard build --engine host                without containers, with zig
  wheelyard build --fetch                      keep all that is fetched, for
  wheelyard build --offline                    with no network: proof that the build needs none
  wheelyard build --engine host --target linux-aarch64,macos-arm64
  wheelyard build --engine host cross          what [tool.wheelyard] cross names

A second run builds only what the first one did not: wheels of the same source, tools and options stay.
"""


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard build` takes."""
    parser.epilog = EPILOG
    parser.add_argument(
        "jobs",
        nargs="*",
        metavar="JOB",
        help="ids or targets of jobs, `cross`, or `sdist` (default: this machine's and the sdist)",
    )
    parser.add_argument(
        "--target", type=_names, default=(), metavar="TARGETS", help="targets, with commas: those of other machines too"
    )
    parser.add_argument("--engine", choices=("auto", *engines.ENGINES), default="auto", help="default: auto")
    parser.add_argument("--only", default="*", metavar="GLOB", help="identifiers to build, in cibuildwheel's globs")
    parser.add_argument("--parallel", type=_count, metavar="N", help="builds at a time (default: half the cores)")
    parser.add_argument("--plan", type=Path, metavar="FILE", help="obey this plan.json instead of planning now")
    parser.add_argument("--wheelhouse", type=Path, metavar="DIR", help="where wheels go (default: wheelhouse)")
    parser.add_argument("--fresh", action="store_true", help="build again what is already there")
    network = parser.add_mutually_exclusive_group()
    network.add_argument("--fetch", action="store_true", help="build again, and keep what is fetched for --offline")
    network.add_argument("--offline", action="store_true", help="build without a network, of what is in the cache")
    parser.add_argument("--dry-run", action="store_true", help="say what would be built")
    parser.add_argument("--json", action="store_true", help="print the reports of the jobs")
    parser.add_argument("--within", type=shlex.split, default=(), help=SUPPRESS)  # what `reproduce` changes for builds
    pages.arguments(parser)


def run(options: Namespace, console: Console) -> None:
    """Build what is asked for and not there yet; what failed is raised after all else is done."""
    workspace = enter(options.project)
    plan = _plan(workspace, options.plan, console)
    options.jobs = [*options.jobs, *options.target]
    jobs = _jobs(plan, options.jobs)
    if options.dry_run:
        _tell(plan, jobs, options, console)
        return
    if plan.revision.dirty:
        console.warn("There are uncommitted changes: these wheels are for trying, not for a release.")
    house = files.unversioned(options.wheelhouse.absolute() if options.wheelhouse else workspace.wheelhouse)
    with files.alone(house / wheelhouse.LOCK):
        files.write(house / wheelhouse.PLAN, documents.dump(plan))
        reports = _build(workspace, plan, jobs, house=house, options=options, console=console)
    if pages.wanted(options):
        chosen, sdist = (jobs, wheelhouse.SDIST in options.jobs) if options.jobs else (plan.jobs, True)
        part = part_of(plan, chosen, sdist=sdist, only=options.only)
        pages.leave(Facts(plan=part, slots=planner.slots_of(workspace.config), reports=reports), options)
    if options.json:
        console.json(reports)
    else:
        from wheelyard.report import builds  # noqa: PLC0415  # rich is slow to import

        console.show(builds.table(reports))
    _judge(reports, house)


def _plan(workspace: Workspace, file: Path | None, console: Console) -> Plan:
    """The plan in a file, or the one that is true now."""
    if file is not None:
        return load(files.read(file), source=str(file))
    change = resolving.current(workspace)
    if not change.none:
        console.warn(resolving.stale(change))
    return planner.make(workspace.config, change.after, git.revision(workspace.root))


def _build(
    workspace: Workspace, plan: Plan, jobs: Sequence[Job], *, house: Path, options: Namespace, console: Console
) -> tuple[JobReport, ...]:
    """Build the sdist, then every job, in a clean copy of the source; gives all there is now."""
    work = resources.cache() / "work" / wheelhouse.key(str(house))[:16]
    asked = orders.Run(
        plan=plan,
        options=workspace.config.cibuildwheel,
        source=work / "source",
        house=house,
        work=work,
        engine=options.engine,
        only=options.only,
        fresh=options.fresh or options.fetch,
        requirements=_requirements(workspace, options),
        programs=Programs().within(options.within),
    )
    macos = sys.platform == "darwin" and any(job.target.platform is Platform.MACOS for job in jobs)
    with copying.copied(asked, workspace, macos=macos, console=console) as run:
        from_sdist = plan.sdist and workspace.config.tool.sdist.wheels_from_sdist
        with_sdist = from_sdist or wheelhouse.SDIST in (options.jobs or [wheelhouse.SDIST])
        books = [without_engine.build(run, say=console.say)] if with_sdist else []
        if from_sdist:
            archive = next(books[0].folder.path.glob("*.tar.gz"))
            source = sdist.unpack(archive, work / "from-sdist")
            run = replace(run, source=source, plan=msgspec.structs.replace(plan, package="."))  # noqa: PLW2901  # the same
        look = partial(_look, policy=workspace.config.tool.audit)
        books += _wheels(run, jobs, parallel=options.parallel, look=look, console=console)
        return tuple(book.report for book in books)


def _requirements(workspace: Workspace, options: Namespace) -> Requirements:
    """How builds get what pip installs; without a network the tools of this process do without one, too."""
    if options.fetch and sys.platform != "linux":
        raise UsageError(
            "--fetch reads pip's reports from a pipe, which containers share with Linux only. Run it there."
        )
    if options.offline:
        os.environ["PIP_NO_INDEX"] = "1"
    fetcher = Fetcher(mirrors=workspace.config.tool.mirrors, offline=options.offline)
    return Requirements(fetcher=fetcher, fetch=options.fetch)


def _wheels(
    run: orders.Run, jobs: Sequence[Job], *, parallel: int | None, look: builder.Look, console: Console
) -> list[Ledger]:
    """The ledgers of all jobs, after everything that was still to build was tried."""
    from wheelyard.report import builds  # noqa: PLC0415  # rich is slow to import

    pairs = [orders.of(run, job) for job in jobs]
    tasks = [task for _, tasks in pairs for task in tasks]
    parallel = parallel or max((os.cpu_count() or 1) // 2, min(os.cpu_count() or 1, 2))
    with builds.live(console, total=len(tasks)) as watch:
        builder.run(tasks, plan=run.plan, parallel=parallel, programs=run.programs, look=look, watch=watch)
    return [book for book, _ in pairs if book is not None]


def _look(wheel: Path, policy: config.Audit) -> tuple[str, ...]:
    """The errors that the audit finds in a wheel."""
    from wheelyard import audit  # noqa: PLC0415  # readers of binaries are slow to import

    findings = audit.wheel(wheel, policy=policy)
    return tuple(str(finding) for finding in findings if finding.severity is audit.Severity.ERROR)


def _judge(reports: Sequence[JobReport], house: Path) -> None:
    """Raise for identifiers that failed, or were refused: the rest is kept."""
    results = [result for report in reports for result in report.results]
    failed = [str(result.identifier) for result in results if result.state is State.FAILED]
    refused = [str(result.identifier) for result in results if result.state is State.REFUSED]
    if failed:
        raise BuildError(
            f"{len(failed)} of {len(results)} builds failed: {listed(failed)}. Their logs are in {house}/JOB/logs."
            " The rest is kept: mend the cause and run the same command to build what is left."
        )
    if refused:
        raise IncompleteError(
            f"{len(refused)} of {len(results)} identifiers cannot be built here: {listed(refused)}. Build them on"
            " another machine or with another engine, or narrow `build` in [tool.cibuildwheel]."
        )


def _jobs(plan: Plan, asked: Sequence[str]) -> list[Job]:
    """The jobs asked for by id or target, or those this machine is made for."""
    if asked:
        return plan.called(asked, also=(wheelhouse.SDIST,))
    native = orders.native()
    jobs = [job for job in plan.jobs if job.target in native]
    if not jobs and plan.jobs:
        ids = listed(job.id for job in plan.jobs)
        raise UsageError(f"None of the planned jobs is for this machine ({listed(native)}). Name some to build: {ids}.")
    return jobs


def _tell(plan: Plan, jobs: Sequence[Job], options: Namespace, console: Console) -> None:
    if plan.sdist and wheelhouse.SDIST in (options.jobs or [wheelhouse.SDIST]):
        console.data(f"would build the sdist of {plan.name}")
    for job in jobs:
        for identifier in job.identifiers:
            if selects(options.only, identifier):
                console.data(f"would build {identifier} in job {job.id}, engine {options.engine}")


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError(text)
    return count
