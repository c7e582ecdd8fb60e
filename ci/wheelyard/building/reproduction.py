"""Files that were built, and built again: which are the same bytes, and what makes the others differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

import msgspec

from wheelyard.building import comparison
from wheelyard.building.comparison import Difference
from wheelyard.building.wheelhouse import SDIST, JobFolder
from wheelyard.doors import files
from wheelyard.planning.plan import Plan
from wheelyard.releasing.manifest import File, JobReport, State


class Verdict(StrEnum):
    """What came of building a file again."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_BUILT = "not built again"


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """One file: its digest and that of its second build, how they differ, and where diffoscope's report is."""

    file: str
    verdict: Verdict
    sha256: str
    again: str | None = None
    differences: tuple[Difference, ...] = ()
    report: str | None = None
    message: str | None = None


class Reproduction(msgspec.Struct, frozen=True, kw_only=True):
    """What `wheelyard reproduce` found; `surroundings` are what was other than at the first build."""

    SCHEMA: ClassVar[int] = 1

    schema: int = SCHEMA
    surroundings: tuple[str, ...]
    files: tuple[Checked, ...]


@dataclass(frozen=True, kw_only=True)
class Original:
    """A file as a manifest knows it, and where it lies."""

    file: File
    path: Path


def originals(house: Path, plan: Plan) -> tuple[Original, ...]:
    """The files that the jobs of a plan left in a wheelhouse, in the plan's order."""
    folders = (JobFolder(path=house / name) for name in (SDIST, *(job.id for job in plan.jobs)))
    return tuple(original for folder in folders for original in _in(folder))


def _in(folder: JobFolder) -> Iterator[Original]:
    report = folder.report()
    if report is None:
        return
    standing = folder.standing(report)
    for name in dict.fromkeys(str(result.file) for result in standing):
        ours = [result for result in standing if result.file == name]
        file = File(
            file=name,
            sha256=str(ours[0].sha256),
            size=ours[0].size or 0,
            identifiers=tuple(result.identifier for result in ours if result.identifier is not None),
            job=report.job,
            engine=report.engine,
            image=report.image,
        )
        yield Original(file=file, path=folder.path / name)


def compared(original: Original, again: Sequence[Original], *, house: Path, plan: Plan) -> Checked:
    """The file set against its second build, one of `again` in the wheelhouse `house`."""
    first = original.file
    second = next((other for other in again if _answers(other.file, first)), None)
    if second is None:
        why = _why(first, (JobFolder(path=house / job.id) for job in plan.jobs))
        return Checked(file=first.file, verdict=Verdict.NOT_BUILT, sha256=first.sha256, message=why)
    if second.file.sha256 == first.sha256:
        return Checked(file=first.file, verdict=Verdict.SAME, sha256=first.sha256, again=first.sha256)
    found = list(comparison.differences(original.path, second.path))
    if second.file.file != first.file:
        found.insert(0, Difference(member=None, what=f"It is called {second.file.file} when built again."))
    if second.file.image != first.image:
        what = f"The first was built in the image {first.image}, the second in {second.file.image}."
        found.insert(0, Difference(member=None, what=what))
    file = files.folder(house / "diffoscope") / f"{first.file}.txt"
    report = comparison.diffoscope(original.path, second.path, report=file)
    return Checked(
        file=first.file,
        verdict=Verdict.DIFFERENT,
        sha256=first.sha256,
        again=second.file.sha256,
        differences=tuple(found),
        report=str(report) if report else None,
    )


def _answers(second: File, first: File) -> bool:
    """Whether a file is the second build of another: of one kind, for the same identifiers."""
    same_kind = second.file.endswith(".whl") == first.file.endswith(".whl")
    return same_kind and set(second.identifiers) == set(first.identifiers)


def _why(first: File, folders: Iterator[JobFolder]) -> str | None:
    """What the second build said of the file's identifiers."""
    reports = (report for folder in folders if isinstance(report := folder.report(), JobReport))
    results = (result for report in reports for result in report.results if result.state is not State.BUILT)
    return next((result.message for result in results if result.identifier in first.identifiers), None)
