"""Read what lies in wheelhouses: the plan, the reports of jobs, and their files; nothing is judged yet."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from wheelyard.building import wheelhouse
from wheelyard.building.wheelhouse import JobFolder
from wheelyard.doors import files
from wheelyard.errors import FindingsError, UsageError
from wheelyard.planning import plan as plans
from wheelyard.planning.plan import Plan
from wheelyard.releasing.manifest import JobReport
from wheelyard.stores import bundle
from wheelyard.stores.bundle import Piece

DISTRIBUTIONS = (".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".egg")
_LOGS = "logs"


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """What lies in the wheelhouses: the plan, the reports of jobs, those files that count, and files nobody knows."""

    plan: Plan
    reports: tuple[JobReport, ...]
    pieces: tuple[Piece, ...]
    foreign: tuple[str, ...]


def gather(folders: Sequence[Path]) -> Gathered:
    """Read plan, reports and files of wheelhouses; nothing is judged yet."""
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"There is no wheelhouse {folder}. Run `wheelyard build`, or give --wheelhouse DIR.")
    plan = _plan(folders)
    jobs = [JobFolder(path=path) for folder in folders for path in wheelhouse.jobs(folder)]
    reports = [(job, report) for job in jobs if (report := job.report()) is not None]
    pieces = tuple(piece for job, report in reports for piece in _pieces(job.path, report))
    known = {piece.where for piece in pieces}
    every = {str(path) for folder in folders for path in _distributions(folder)}
    return Gathered(
        plan=plan,
        reports=tuple(report for _, report in reports),
        pieces=tuple(piece for piece in pieces if bundle.counts(piece, plan)),
        foreign=tuple(sorted(every - known)),
    )


def _plan(folders: Sequence[Path]) -> Plan:
    """The one plan of all wheelhouses."""
    found = {}
    for path in (folder / wheelhouse.PLAN for folder in folders):
        if path.is_file():
            found[path] = plans.load(files.read(path), source=str(path))
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


@contextmanager
def alone(folders: Sequence[Path]) -> Iterator[None]:
    """Keep builds out of the wheelhouses while they are read, where they can be written to at all."""
    with ExitStack() as stack:
        for folder in sorted(set(folders)):
            if folder.is_dir() and os.access(folder, os.W_OK):
                stack.enter_context(files.alone(folder / wheelhouse.LOCK))
        yield
