"""Decide which files of a release an index still needs, and in which order they go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import msgspec

from wheelyard.errors import FindingsError, OutsideError
from wheelyard.index.history import Forerunner
from wheelyard.index.project import Listed, Page, Status
from wheelyard.releasing.manifest import File

# A project that takes no files (https://packaging.python.org/en/latest/specifications/project-status-markers/).
_CLOSED = {
    Status.ARCHIVED: "Its owners can unarchive it there, in the project's settings.",
    Status.QUARANTINED: "The index holds it for unsafe and shows none of its files: ask its administrators why.",
}


@dataclass(frozen=True, kw_only=True)
class Clash:
    """A file name the index has with other bytes than ours."""

    file: str
    ours: str
    theirs: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A release set against what an index shows, and the version before it there.

    `unattested` are the files it has without an attestation.
    """

    missing: tuple[File, ...]
    there: tuple[File, ...] = ()
    clashes: tuple[Clash, ...] = ()
    yanked: tuple[str, ...] = ()
    unattested: tuple[str, ...] = ()
    page: Page | None = None
    before: Forerunner | None = None

    @property
    def progress(self) -> str:
        """How much an earlier run sent, as far as the page shows it; nothing where it sent nothing, or all."""
        if not self.there or not self.missing:
            return ""
        said = f"{len(self.there)} of {len(self.there) + len(self.missing)} files are there already"
        if self.page is None or not self.page.edition:
            return f"{said}."
        return (
            f"{said} ({self.page.edition}). Those an older page does not show yet are sent again, which changes"
            " nothing: an index takes no file twice."
        )

    def foretold(self, index: str) -> Iterator[str]:
        """What would be done, a line a file, in the order of uploads."""
        for file in self.there:
            yield f"already there: {file.file}"
        for file in (file for batch in batches(self.missing) for file in batch):
            yield f"would upload {file.file} ({file.size} bytes) to {index}"

    def unsent(self) -> tuple[Sent, ...]:
        """The report of a run that uploads nothing."""
        there = (sent(file, Outcome.THERE) for file in self.there)
        return (*there, *(sent(file, Outcome.UNSENT) for batch in batches(self.missing) for file in batch))

    def refuse_closed(self, index: str) -> None:
        """Raise `FindingsError` where the project takes no files any more, and needs some."""
        if self.page is not None and self.page.status in _CLOSED and self.missing:
            raise FindingsError(
                f"The project is {self.page.marked} on {index}, which takes no more files for it, and"
                f" {len(self.missing)} of this release are missing there; nothing was uploaded."
                f" {_CLOSED[self.page.status]}"
            )

    def refuse_clashes(self, index: str) -> None:
        """Raise `FindingsError` with both digests of every file the index has with other bytes."""
        if not self.clashes:
            return
        lines = (f"  {clash.file}: SHA-256 {clash.theirs} there, {clash.ours} here" for clash in self.clashes)
        count = len(self.clashes)
        raise FindingsError(
            f"{index} has {count} of these files with other bytes; nothing was uploaded:\n"
            + "\n".join(lines)
            + "\nA name that was used once can never be used again, even if it is deleted there: raise the version."
        )


def compare(files: Iterable[File], page: Page | None, *, digests: Mapping[str, str] | None = None) -> Comparison:
    """Sort files by what the index has under their names, by SHA-256 alone.

    `digests` are those of files whose digest the page does not say; without one such a file counts as a clash.
    """
    files = tuple(files)
    shown = {listed.file: listed for listed in page.files} if page else {}
    theirs = {name: listed.sha256 or (digests or {}).get(name, "unknown") for name, listed in shown.items()}
    return Comparison(
        missing=tuple(file for file in files if file.file not in shown),
        there=tuple(file for file in files if theirs.get(file.file) == file.sha256),
        clashes=tuple(
            Clash(file=file.file, ours=file.sha256, theirs=theirs[file.file])
            for file in files
            if file.file in shown and theirs[file.file] != file.sha256
        ),
        yanked=tuple(file.file for file in files if file.file in shown and shown[file.file].yanked),
        unattested=tuple(file.file for file in files if file.file in shown and not shown[file.file].provenance),
        page=page,
    )


def batches(files: Iterable[File]) -> tuple[tuple[File, ...], ...]:
    """The order of uploads: one file alone, which makes the release, then the other wheels, then the sdist.

    The first is the smallest wheel, so that a refusal costs little; the rest go largest first, so that no large one
    is left at the end. An sdist that is there before the wheels makes people compile.
    """
    files = tuple(files)
    wheels = sorted((file for file in files if file.file.endswith(".whl")), key=lambda file: (file.size, file.file))
    others = tuple(file for file in files if not file.file.endswith(".whl"))
    largest_first = tuple(reversed(wheels[1:]))
    return tuple(batch for batch in (tuple(wheels[:1]), largest_first, others) if batch)


class Outcome(StrEnum):
    """How it ended for one file."""

    UPLOADED = "uploaded"
    THERE = "already there"
    WAITING = "uploaded, not yet visible"
    ALTERED = "shown as something else"
    REFUSED = "refused"
    FAILED = "failed"
    UNSENT = "not sent"


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the report; `words` are the index's own where it refused."""

    file: str
    sha256: str
    size: int
    outcome: Outcome
    words: str = ""

    @property
    def went_wrong(self) -> bool:
        """Whether the index surely lacks this file."""
        return self.outcome in {Outcome.REFUSED, Outcome.FAILED, Outcome.UNSENT}


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What `publish --json` prints."""

    SCHEMA: ClassVar[int] = 1

    schema: int = SCHEMA
    name: str
    version: str
    index: str
    files: tuple[Sent, ...]


def sent(file: File, outcome: Outcome, words: str = "") -> Sent:
    """The report of one file."""
    return Sent(file=file.file, sha256=file.sha256, size=file.size, outcome=outcome, words=words)


def invisible(report: Sequence[Sent], page: Page | None) -> tuple[str, ...]:
    """The uploaded files that a page does not show."""
    shown = {listed.file for listed in page.files} if page else set()
    return tuple(entry.file for entry in report if entry.outcome is Outcome.UPLOADED and entry.file not in shown)


def held(reports: Iterable[Sent], page: Page | None, *, inside: Callable[[str], str | None]) -> Iterator[Sent]:
    """The reports, those set apart whose page states other bytes than were sent, or other METADATA than is `inside`.

    Installers choose by the METADATA that an index offers beside a wheel (PEP 658), whatever is in the wheel; `inside`
    gives the SHA-256 of that in a file.
    """
    shown = {listed.file: listed for listed in page.files} if page else {}
    for report in reports:
        theirs = shown.get(report.file)
        words = _altered(theirs, report, inside) if theirs and not report.went_wrong else ""
        yield msgspec.structs.replace(report, outcome=Outcome.ALTERED, words=words) if words else report


def _altered(theirs: Listed, report: Sent, inside: Callable[[str], str | None]) -> str:
    """In what the index shows another file than was sent; empty where it shows that file."""
    if theirs.sha256 not in {None, report.sha256}:
        return f"It is shown with SHA-256 {theirs.sha256}; what was sent has {report.sha256}."
    stated = theirs.metadata.sha256 if theirs.metadata else None
    ours = inside(report.file) if stated else None
    return f"It is shown with METADATA of SHA-256 {stated}; that in it has {ours}." if ours != stated else ""


def refuse(reports: Sequence[Sent], index: str) -> None:
    """Raise `OutsideError` for files the index does not have, `FindingsError` for those it shows as something else."""
    wrong = [report for report in reports if report.went_wrong]
    if wrong:
        said = [f"  {report.file}: {report.words}" for report in wrong if report.words]
        raise OutsideError(
            "\n".join((f"{len(wrong)} of {len(reports)} files did not get to {index}:", *said))
            + "\nThe same command sends only what is missing, once the cause is mended."
        )
    altered = [f"  {report.file}: {report.words}" for report in reports if report.outcome is Outcome.ALTERED]
    if altered:
        raise FindingsError(
            "\n".join((f"{len(altered)} of {len(reports)} files are not on {index} as they are here:", *altered))
            + "\nSomebody else uploads this version, or the index changes files: yank it until that is known."
        )
