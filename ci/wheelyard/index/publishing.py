"""Bring an index to hold exactly the files of a release: compare, send what is missing, see it there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import Version

from wheelyard.errors import OutsideError, listed
from wheelyard.index import attesting, coremetadata, history, uploads
from wheelyard.index.account import Account
from wheelyard.index.attesting import Attester
from wheelyard.index.history import Forerunner
from wheelyard.index.project import Page, Status, version_of
from wheelyard.index.reader import Reader
from wheelyard.index.sender import Look, Sender, Watch
from wheelyard.index.uploads import Comparison, Outcome, Sent
from wheelyard.releasing.manifest import File, Manifest

_POLL_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Publishing:
    """A release on its way to one index. Without a reader nothing can be compared, before or after."""

    made: Manifest
    account: Account
    reader: Reader | None
    attester: Attester | None = None
    pause: Callable[[float], None] = time.sleep

    def is_there(self) -> bool:
        """Whether the index has a file of each name, whatever its bytes: a commit built again may give others."""
        page = self._page()
        return page is not None and all(page.get(file.file) for file in self.made.files)

    def compare(self) -> Comparison:
        """What the index has of the release; other bytes there, or a closed project, are a `FindingsError`."""
        page = self._page()
        digests = {}
        for file in self.made.files:
            listed = page.get(file.file) if page else None
            if listed is not None and listed.sha256 is None and self.reader is not None:
                digests[file.file] = self.reader.digest(listed)
        comparison = uploads.compare(self.made.files, page, digests=digests)
        comparison.refuse_clashes(self.account.url)
        comparison.refuse_closed(self.account.url)
        return replace(comparison, before=self._before(comparison))

    def _before(self, comparison: Comparison) -> Forerunner | None:
        """The version before, with its METADATA where the index offers it, so that no wheel has to be downloaded."""
        before = history.forerunner(self.made, comparison.page)
        offered = next((wheel.metadata for wheel in before.wheels if wheel.metadata), None) if before else None
        if before is None or offered is None or self.reader is None or not comparison.missing:
            return before
        try:
            return replace(before, metadata=self.reader.metadata(offered))
        except OutsideError as error:
            return replace(before, trouble=str(error))

    def cautions(self, comparison: Comparison) -> Iterator[str]:
        """What a person should know of the project, and of the files that are there already."""
        url, page = self.account.url, comparison.page
        if page is not None and page.status is not Status.ACTIVE:
            yield f"The project is {page.marked} on {url}."
        if yanked := comparison.yanked:
            yield (
                f"Yanked on {url}: {listed(yanked)}. Installers pass over what is yanked unless they are asked for just"
                " this version. Unyank it there, or release another."
            )
        if foreign := tuple(self._foreign(page)):
            yield f"{url} has files of this version that are not in the release: {listed(foreign)}. Find out whose."
        if self.attester and comparison.unattested:
            yield (
                f"{len(comparison.unattested)} files are on {url} without an attestation, which an index takes only"
                f" together with the file: {listed(comparison.unattested)}."
            )

    def _foreign(self, page: Page | None) -> Iterator[str]:
        ours = {file.file for file in self.made.files}
        for shown in page.files if page else ():
            if shown.file not in ours and version_of(shown.file, self.made.name) == Version(self.made.version):
                yield shown.file

    def send(
        self,
        comparison: Comparison,
        paths: Mapping[str, Path],
        *,
        parallel: int,
        watch: Watch,
        wait: float,
        begin: Callable[[], None] = lambda: None,
    ) -> tuple[Sent, ...]:
        """Upload what is missing and wait until the index shows it; gives a report on every file of the release.

        `begin` is called before the first byte leaves, when credentials are there and all files are attested.
        """
        reports = [uploads.sent(file, Outcome.THERE) for file in comparison.there]
        if comparison.missing:
            sender = Sender(self.account, parallel=parallel, look=self._look(), watch=watch, pause=self.pause)
            attestations = self._attestations(comparison.missing, parallel=parallel)
            begin()
            reports += sender.send(uploads.batches(comparison.missing), paths=paths, attestations=attestations)
        order = {file.file: position for position, file in enumerate(self.made.files)}
        reports.sort(key=lambda report: order[report.file])
        settled, page = self._settled(reports, comparison.page, wait=wait)
        return tuple(
            uploads.held(settled, page, inside=lambda file: coremetadata.digest(coremetadata.inside(paths[file])))
        )

    def _attestations(self, files: Sequence[File], *, parallel: int) -> Mapping[str, str]:
        return attesting.attested(files, self.attester, parallel=parallel) if self.attester else {}

    def _settled(
        self, reports: Sequence[Sent], page: Page | None, *, wait: float
    ) -> tuple[Sequence[Sent], Page | None]:
        """The reports, with those uploaded files set apart that the index does not show in time, and its last page."""
        if self.reader is None or not any(report.outcome is Outcome.UPLOADED for report in reports):
            return reports, page
        deadline = time.monotonic() + wait
        while late := uploads.invisible(reports, page := self._shown()):
            if time.monotonic() >= deadline:
                break
            self.pause(_POLL_SECONDS)
        words = f"Its newest page: {page.edition}." if page and page.edition else ""
        settled = tuple(
            msgspec.structs.replace(report, outcome=Outcome.WAITING, words=words) if report.file in late else report
            for report in reports
        )
        return settled, page

    def _shown(self) -> Page | None:
        """The page after an upload; that it cannot be read now takes nothing back of what the index accepted."""
        try:
            return self._page()
        except OutsideError:
            return None

    def _page(self) -> Page | None:
        return self.reader.page(canonicalize_name(self.made.name)) if self.reader else None

    def _look(self) -> Look | None:
        reader = self.reader
        if reader is None:
            return None

        def look(file: str) -> str | None:
            page = self._page()
            listed = page.get(file) if page else None
            return None if listed is None else listed.sha256 or reader.digest(listed)

        return look
