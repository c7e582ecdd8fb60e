"""Build wheels again, elsewhere, and hold them against the first ones byte for byte."""

from __future__ import annotations

import os
import re
import shlex
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard import __version__, documents, stores
from wheelyard.building import orders, surroundings, wheelhouse
from wheelyard.building.reproduction import Original, Reproduction, Verdict, compared, originals
from wheelyard.building.wheelhouse import SDIST
from wheelyard.doors import files, git
from wheelyard.doors.process import Programs
from wheelyard.errors import BuildError, Exit, FindingsError, IncompleteError, UsageError, listed, nearest
from wheelyard.locking import resolving
from wheelyard.planning import planner
from wheelyard.planning.plan import Plan, load
from wheelyard.releasing.manifest import File, Manifest
from wheelyard.targets import selects
from wheelyard.workspace import Workspace, enter

if TYPE_CHECKING:
    from wheelyard.doors.console import Console

AGAIN = "reproduction"
EPILOG = f"""\
examples:
  wheelyard reproduce                          all that lies in the wheelhouse
  wheelyard reproduce --only 'cp313-*'         some of it
  wheelyard reproduce --against v1.2.0         a release's files, from its commit and tools

What was built again stays in {AGAIN}/, with diffoscope's report of each difference where that is installed.
"""


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is built again: the repository in `root`, obeying `plan`; `remarks` are about what cannot be the same."""

    root: Path
    plan: Plan
    originals: tuple[Original, ...]
    remarks: tuple[str, ...] = ()


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard reproduce` takes."""
    parser.epilog = EPILOG
    parser.add_argument(
        "jobs",
        nargs="*",
        metavar="JOB",
        help="ids or targets of jobs, or `sdist` (default: all there are)",
    )
    parser.add_argument("--only", default="*", metavar="GLOB", help="identifiers, in cibuildwheel's globs")
    parser.add_argument("--against", metavar="TAG", help="check the files of this release instead of the wheelhouse's")
    parser.add_argument("--wheelhouse", type=Path, metavar="DIR", help="where the first ones are (default: wheelhouse)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be built again")
    parser.add_argument("--json", action="store_true", help="print the comparison")


def run(options: Namespace, console: Console) -> None:
    """Build again and compare; a difference is exit code 1, something that could not be built again 3."""
    workspace = enter(options.project)
    with ExitStack() as stack:
        folder = stack.enter_context(files.scratch("reproduce"))
        source = _released(workspace, options, folder) if options.against else _built(workspace, options)
        if options.dry_run:
            for original in source.originals:
                console.data(f"would build {original.file.file} again, in job {original.file.job}")
            return
        for remark in source.remarks:
            console.warn(remark)
        again = _emptied(workspace.root / AGAIN)
        stack.enter_context(files.alone(again / "compared.lock"))
        told = _build_again(source, again, only=options.only, console=console)
        made = originals(again, source.plan)
        checked = tuple(compared(each, made, house=again, plan=source.plan) for each in source.originals)
    report = Reproduction(surroundings=told, files=checked)
    _tell(report, options, console)
    _judge(report)


def _built(workspace: Workspace, options: Namespace) -> Source:
    """What the wheelhouse holds, if it was built of the source that is here now."""
    house = (options.wheelhouse or workspace.wheelhouse).absolute()
    file = house / wheelhouse.PLAN
    if not file.is_file():
        raise UsageError(f"There is nothing in {house} to build again. Run `wheelyard build` first, or give --against.")
    plan = load(files.read(file), source=str(file))
    if plan.revision.tree != git.revision(workspace.root).tree:
        raise UsageError(
            f"The source is not what {house} was built of. Run `wheelyard build`, or check that source out again."
        )
    return _source(workspace.root, plan, originals(house, plan), options)


def _released(workspace: Workspace, options: Namespace, folder: Path) -> Source:
    """The files of a release, its commit checked out in `folder`, and a plan with the tools of its manifest."""
    store = stores.choose(workspace.config.tool.release.store, root=workspace.root)
    release = store.find(options.against)
    if release is None:
        near = nearest(options.against, store.tags())
        raise UsageError(f"There is no release {options.against!r} in the store {store.name}.{near}")
    made = release.manifest
    if made.commit is None or not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", made.commit):
        raise UsageError(f"The manifest of {release.where} names no commit: it cannot be built again.")
    paths = store.fetch(release, folder=files.folder(folder / "released"))
    root = git.checkout(workspace.root, made.commit, folder / "source")
    plan = _plan_of(enter(root), made)
    every = tuple(Original(file=file, path=paths[file.file]) for file in made.files)
    return _source(root, plan, every, options, remarks=tuple(_remarks(made)))


def _plan_of(workspace: Workspace, made: Manifest) -> Plan:
    import msgspec  # noqa: PLC0415  # only this needs it

    revision = git.revision(workspace.root).dated(made.source_date)
    plan = planner.make(workspace.config, resolving.current(workspace).after, revision)
    then = {name: version for name, version in made.tools.items() if name != "wheelyard"}
    return msgspec.structs.replace(plan, tools={**plan.tools, **then}, revision=revision)


def _remarks(made: Manifest) -> Iterator[str]:
    then = made.tools.get("wheelyard", __version__)
    if then != __version__:
        yield f"The release was made with wheelyard {then}; this is {__version__}."


def _source(
    root: Path, plan: Plan, every: Sequence[Original], options: Namespace, *, remarks: tuple[str, ...] = ()
) -> Source:
    """The originals that were asked for; without names, a release's are those that this machine can build."""
    plan.called(options.jobs, also=(SDIST,))
    asked = set(options.jobs) or ({SDIST, *orders.native()} if options.against else set())
    meant = (each for each in every if not asked or asked & _names(each.file, plan))
    chosen = tuple(each for each in meant if _selected(each.file, options))
    if not chosen:
        raise UsageError("Nothing that was asked for is there to be built again. See --only, and the jobs you named.")
    return Source(root=root, plan=plan, originals=chosen, remarks=remarks)


def _names(file: File, plan: Plan) -> set[str]:
    """What a file's job can be called on the command line."""
    mine = [job for job in plan.jobs if set(file.identifiers) & set(job.identifiers)]
    return {name for job in mine for name in job.names} or {SDIST}


def _selected(file: File, options: Namespace) -> bool:
    """Whether `--only` names the file; the sdist, which answers no identifier, is meant only by its own name."""
    if not file.identifiers:
        return options.only == "*" or SDIST in options.jobs
    return any(selects(options.only, identifier) for identifier in file.identifiers)


def _emptied(folder: Path) -> Path:
    """The folder of second builds without the last ones."""
    if folder.exists() and any(folder.iterdir()) and not (folder / ".gitignore").exists():
        raise UsageError(f"{folder} is where second builds go, and holds something else. Move it away.")
    files.remove(folder)
    return files.unversioned(folder)


def _build_again(source: Source, again: Path, *, only: str, console: Console) -> tuple[str, ...]:
    """Run `wheelyard build` elsewhere, once for each engine; gives what is other there."""
    files.write(again / wheelhouse.PLAN, documents.dump(source.plan))
    told: dict[str, None] = {}
    rust = bool(git.ask(source.root, "ls-files", "*Cargo.toml"))
    for engine, jobs in _by_engine(source).items():
        there = surroundings.elsewhere(os.environ, contained=engine == "cibuildwheel", rust=rust)
        told.update(dict.fromkeys(there.told))
        console.say(f"building {listed(sorted(jobs))} again ({', '.join(there.told)})")
        places = ("-C", source.root, "--plan", again / wheelhouse.PLAN, "--wheelhouse", again)
        words = (sys.executable, "-m", "wheelyard", "build", *sorted(jobs), "--engine", engine, "--only", only)
        within = f"--within={shlex.join(there.within)}"
        ended = Programs().run(there.command(*words, within, *places), cwd=source.root, env=there.environment)
        if ended.code not in {Exit.DONE, Exit.BUILD, Exit.INCOMPLETE}:
            raise BuildError(f"The second build ended with exit code {ended.code}:\n{ended.last()}")
    return ("another folder", *told)


def _by_engine(source: Source) -> Mapping[str, set[str]]:
    """The jobs to build with each engine; the sdist needs none and goes with the first."""
    found: dict[str, set[str]] = {}
    for file in (original.file for original in source.originals):
        mine = {job.id for job in source.plan.jobs if set(file.identifiers) & set(job.identifiers)}
        if mine:
            found.setdefault(file.engine or "auto", set()).update(mine)
    if any(not original.file.identifiers for original in source.originals):
        found.setdefault(next(iter(found), "auto"), set()).add(SDIST)
    return found


def _tell(report: Reproduction, options: Namespace, console: Console) -> None:
    if options.json:
        console.json(report)
        return
    for checked in report.files:
        console.data(f"{checked.file}: {checked.verdict}" + (f" ({checked.message})" if checked.message else ""))
        for difference in checked.differences:
            console.data(f"  {difference.member}: {difference.what}." if difference.member else f"  {difference.what}")
        if checked.report:
            console.data(f"  diffoscope's report: {checked.report}")


def _judge(report: Reproduction) -> None:
    counts = Counter(checked.verdict for checked in report.files)
    every = len(report.files)
    if counts[Verdict.DIFFERENT]:
        raise FindingsError(f"{counts[Verdict.DIFFERENT]} of {every} files are other bytes when built again.")
    if counts[Verdict.NOT_BUILT]:
        raise IncompleteError(
            f"{counts[Verdict.NOT_BUILT]} of {every} files could not be built again: see {AGAIN}/JOB/logs."
        )
