"""What GitHub has of a tag, as a release: its stage, and its manifest where that is there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from wheelyard.errors import OutsideError
from wheelyard.releasing import manifest
from wheelyard.stores import Release, Stage, comparing
from wheelyard.stores.comparing import MANIFEST, SUMS
from wheelyard.stores.github import calls, wire
from wheelyard.stores.github.shelf import Shelf

NEXT = "manifest.next.json"  # a manifest on its way to the place of another
_MARK = re.compile(r"<!-- wheelyard: (?P<sent>all )?files went to \S*? -->")


@dataclass(frozen=True, kw_only=True)
class Holding:
    """The shelf of a tag's release; `release` is None where no manifest is there."""

    shelf: Shelf
    document: bytes = b""
    release: Release | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the manifest has its own name, nothing is on its way to its place, and the sums belong to it."""
        if self.release is None or self.shelf.get(MANIFEST) is None or wire.key(NEXT) in self.shelf.assets:
            return False
        return self.shelf.has(SUMS, comparing.sums(self.release.manifest, self.document))

    @property
    def stage(self) -> Stage:
        """How far the release has come."""
        return stage(self.shelf.release)


def read(shelf: Shelf) -> Holding:
    """Look at a release and read its manifest, or the one that a killed run was about to put there."""
    shelf.look()
    asset = shelf.get(MANIFEST) or shelf.get(NEXT)
    if asset is None:
        return Holding(shelf=shelf)
    document = shelf.client.ask(calls.download(asset)).body
    if asset.sha256 not in {None, sha256(document).hexdigest()}:
        raise OutsideError(f"The {MANIFEST} of {shelf.release.html_url} did not arrive whole. Run the command again.")
    source = f"{MANIFEST} of {shelf.release.html_url}"
    made = manifest.load(document, source=source)
    comparing.refuse_odd_names(made, source=source)
    tag, where = shelf.release.tag_name, shelf.release.html_url
    return Holding(
        shelf=shelf,
        document=document,
        release=Release(tag=tag, manifest=made, stage=stage(shelf.release), where=where),
    )


def stage(release: wire.Release) -> Stage:
    """How far a release has come; the mark of `freeze` is a comment in its notes, which no page shows."""
    if not release.draft:
        return Stage.PUBLISHED
    mark = _MARK.search(release.body or "")
    return Stage.DRAFT if mark is None else Stage.SENT if mark["sent"] else Stage.FROZEN


def marked(release: wire.Release, *, index: str, sent: bool) -> str:
    """The notes of a release with the one mark that files of it went to an index."""
    mark = f"<!-- wheelyard: {'all ' if sent else ''}files went to {quote(index, safe=':/')} -->"
    notes = _MARK.sub("", release.body or "").rstrip()
    return f"{notes}\n\n{mark}" if notes else mark


def unsent(release: wire.Release) -> str:
    """The notes of a release that files are added to: these have not been sent."""
    return _MARK.sub(lambda mark: mark[0].replace("all files", "files"), release.body or "")
