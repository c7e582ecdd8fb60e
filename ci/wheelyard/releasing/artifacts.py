"""The artifacts of a workflow run, one a job and attempt: which of them count.

Jobs that ran again leave an artifact beside their earlier one; both are downloaded, and mixing them would overlay one
with the other.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from wheelyard.building import wheelhouse
from wheelyard.doors import files
from wheelyard.errors import IncompleteError
from wheelyard.releasing import manifest
from wheelyard.releasing.manifest import State

_NAME = re.compile(r"(?P<end>made|failed|crossed)-(?P<job>.+)-(?P<attempt>\d+)")


def newest(folder: Path, *, failed: bool = False) -> tuple[Path, ...]:
    """Of each job the newest attempt that is complete, or the newest where none is; sorted by job.

    What a job left that failed counts only where `failed` says so, and comes before all that was made.
    """
    found = _newest(folder, ends={"made", "failed"} if failed else {"made"})
    return tuple(sorted(found, key=lambda path: not path.name.startswith("failed-")))


def crossed(folder: Path, job: str) -> Path:
    """The folder of a job in the newest artifact of the one that cross-built it."""
    for artifact in reversed(_newest(folder, ends={"crossed"})):
        if (artifact / job / wheelhouse.REPORT).is_file():
            return artifact / job
    raise IncompleteError(f"No artifact in {folder} has the job {job}. See that what cross-builds it uploaded it.")


def _newest(folder: Path, *, ends: Collection[str]) -> tuple[Path, ...]:
    found: dict[str, list[tuple[bool, int, Path]]] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_dir() and (name := _NAME.fullmatch(path.name)) and name["end"] in ends:
            found.setdefault(name["job"], []).append((_is_complete(path), int(name["attempt"]), path))
    if not found:
        raise IncompleteError(
            f"There are no artifacts in {folder}. See that the jobs uploaded theirs, as {max(ends)}-JOB-ATTEMPT,"
            " and that they were downloaded."
        )
    return tuple(max(attempts)[2] for _, attempts in sorted(found.items()))


def _is_complete(folder: Path) -> bool:
    """Whether a job built all it was to, and its files are there; the plan is complete when it is there."""
    if (folder / wheelhouse.PLAN).is_file():
        return True
    report = folder / wheelhouse.REPORT
    if not report.is_file():
        return False
    results = manifest.load_job(files.read(report), source=str(report)).results
    return all(result.state is State.BUILT and (folder / str(result.file)).is_file() for result in results)
