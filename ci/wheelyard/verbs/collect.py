"""Gather the wheels of all jobs into one complete release."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard import artifacts, files, plan, release, stores, wheelhouse
from wheelyard.errors import FindingsError, IncompleteError, UsageError
from wheelyard.manifest import JobReport
from wheelyard.plan import Plan
from wheelyard.stores import Bundle, Change, Saved, bundle
from wheelyard.stores.bundle import Piece
from wheelyard.wheelhouse import JobFolder
from wheelyard.workspace import Workspace, enter

if TYPE_CHECKING:
    from wheelyard.console import Console

EPILOG = """\
examples:
  wheelyard collect                              the wheelhouse of this machine
  wheelyard collect --wheelhouse a --wheelhouse b    those of several
  wheelyard collect --dry-run                    check everything, write nothing

A release is collected in full or not at all, and the same command twice gives the same release.
"""

DISTRIBUTIONS = (".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".egg")
_LOGS = "logs"


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """What lies in the wheelhouses: the plan, the reports of jobs, their files, and files nobody knows."""

    plan: Plan
    reports: tuple[JobReport, ...]
    pieces: tuple[Piece, ...]
    foreign: tuple[str, ...]


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard collect` takes."""
    parser.epilog = EPILOG
    parser.add_argument(
        "--wheelhouse", type=Path, action="append", metavar="DIR", help="where wheels are (default: wheelhouse)"
    )
    parser.add_argument(
        "--artifacts", type=Path, metavar="DIR", help="what a workflow's jobs uploaded, with several attempts of some"
    )
    parser.add_argument(
        "--checksums", type=Path, metavar="FILE", help="write the digests of all files, as sha256sum does"
    )
    parser.add_argument("--tag", metavar="TAG", help="the tag this is run for: refuse a release that has another")
    parser.add_argument("--replace", action="store_true", help="put this release in the place of an unpublished one")
    parser.add_argument("--dry-run", action="store_true", help="check everything, say what would be written")
    parser.add_argument("--json", action="store_true", help="print the manifest")


def run(options: Namespace, console: Console) -> None:
    """Make the release in the store, if what the jobs made is the plan, fulfilled."""
    workspace = enter(options.project)
    folders = _folders(options, workspace)
    with _alone(folders):
        gathered = gather(folders)
        made = _bundle(gathered, workspace)
        if options.tag and made.tag != options.tag:
            raise FindingsError(
                f"The files are of version {made.manifest.version}, whose tag is {made.tag}, and this is {options.tag}."
                " Tag the commit that has the version, and release that."
            )
        console.say(f"auditing {len(made.paths)} files")
        release.refuse_defects(made.manifest, made.paths, policy=workspace.config.tool.audit, warn=console.warn)
        store = stores.choose(workspace.config.tool.release.store, root=workspace.root)
        saved = store.save(made, replace=options.replace, dry_run=options.dry_run)
    if options.checksums:
        lines = "".join(f"{file.sha256}  {file.file}\n" for file in saved.release.manifest.files)
        files.write(options.checksums.absolute(), lines.encode())
    _tell(saved, options, console)


def _folders(options: Namespace, workspace: Workspace) -> tuple[Path, ...]:
    """Where wheels are: wheelhouses, or the artifacts that count."""
    given = options.wheelhouse or (() if options.artifacts else (workspace.wheelhouse,))
    chosen = artifacts.newest(options.artifacts.absolute()) if options.artifacts else ()
    return (*(folder.absolute() for folder in given), *chosen)


def gather(folders: Sequence[Path]) -> Gathered:
    """Read plan, reports and files of wheelhouses; nothing is judged yet."""
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"There is no wheelhouse {folder}. Run `wheelyard build`, or give --wheelhouse DIR.")
    jobs = [JobFolder(path=path) for folder in folders for path in _job_folders(folder)]
    reports = [(job, report) for job in jobs if (report := job.report()) is not None]
    pieces = tuple(piece for job, report in reports for piece in _pieces(job.path, report))
    known = {piece.where for piece in pieces}
    every = {str(path) for folder in folders for path in _distributions(folder)}
    return Gathered(
        plan=_plan(folders),
        reports=tuple(report for _, report in reports),
        pieces=pieces,
        foreign=tuple(sorted(every - known)),
    )


def _plan(folders: Sequence[Path]) -> Plan:
    """The one plan of all wheelhouses."""
    found = {}
    for path in (folder / wheelhouse.PLAN for folder in folders):
        if path.is_file():
            found[path] = plan.load(files.read(path), source=str(path))
    if not found:
        raise UsageError(
            f"There is no {wheelhouse.PLAN} in {' or '.join(map(str, folders))}. Run `wheelyard build`:"
            " what is collected is compared with the plan it was built by."
        )
    (first, chosen), *others = found.items()
    for path, other in others:
        if other != chosen:
            raise FindingsError(f"{first} and {path} are different plans. Build all jobs by one plan.")
    return chosen


def _job_folders(folder: Path) -> tuple[Path, ...]:
    """The folders of jobs in a wheelhouse; one job's folder may also be given itself."""
    if (folder / wheelhouse.REPORT).is_file():
        return (folder,)
    return tuple(sorted(path.parent for path in folder.glob(f"*/{wheelhouse.REPORT}")))


def _pieces(folder: Path, report: JobReport) -> Iterator[Piece]:
    """Each file that a job reported and that is there."""
    for name in sorted({result.file for result in report.results if result.file is not None}):
        path = folder / name
        if Path(name).name != name:
            raise FindingsError(f"{folder / wheelhouse.REPORT} names {name!r}, which is no file of that folder.")
        if path.is_file():
            results = tuple(result for result in report.results if result.file == name)
            size = path.stat().st_size
            yield Piece(file=name, sha256=files.sha256(path), size=size, job=report, results=results, where=str(path))


def _distributions(folder: Path) -> Iterator[Path]:
    """Every wheel and sdist anywhere in a wheelhouse, hidden files and logs left out."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        visible = not any(part.startswith(".") or part == _LOGS for part in inside)
        if visible and path.name.endswith(DISTRIBUTIONS) and path.is_file():
            yield path


def _bundle(gathered: Gathered, workspace: Workspace) -> Bundle:
    """The release these files make; an error where they are not the plan, fulfilled."""
    if not gathered.pieces:
        raise IncompleteError(
            f"No job left a file, and {len(gathered.plan.identifiers)} identifiers are planned. An empty release is"
            " never made: run `wheelyard build`, or see that the artifacts of the build jobs were downloaded."
        )
    short = bundle.shortfall(gathered.plan, gathered.pieces, reports=gathered.reports, foreign=gathered.foreign).error()
    if short is not None:
        raise short
    made = bundle.manifest_of(gathered.plan, gathered.pieces, reports=gathered.reports)
    tag = workspace.config.tool.release.tag.replace("{version}", made.version)
    return Bundle(tag=tag, manifest=made, paths={piece.file: Path(piece.where) for piece in gathered.pieces})


def _tell(saved: Saved, options: Namespace, console: Console) -> None:
    if options.json:
        console.json(saved.release.manifest)
    else:
        from wheelyard.report import releases  # noqa: PLC0415  # rich is slow to import

        console.show(releases.table(saved.release.manifest))
    would = "would be " if options.dry_run and saved.change is not Change.UNCHANGED else ""
    console.say(f"{would}{saved.change}: {saved.release.where}")


@contextmanager
def _alone(folders: Sequence[Path]) -> Iterator[None]:
    """Keep builds out of the wheelhouses while they are read, where they can be written to at all."""
    with ExitStack() as stack:
        for folder in sorted(set(folders)):
            if folder.is_dir() and os.access(folder, os.W_OK):
                stack.enter_context(files.alone(folder / wheelhouse.LOCK))
        yield
