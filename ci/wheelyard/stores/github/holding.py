"""What GitHub has of a tag, as a release: its stage, and its manifest where that is there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from wheelyard import manifest
from wheelyard.errors import FindingsError, OutsideError
from wheelyard.stores import Release, Stage, comparing
from wheelyard.stores.comparing import MANIFEST, SUMS
from wheelyard.stores.github import calls, wire
from wheelyard.stores.github.shelf import Shelf

NEXT = "manifest.next.json"  # a manifest on its way to the place of another
_MARK = re.compile(r"<!-- wheelyard: files went to .*? -->")


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
    return Stage.FROZEN if _MARK.search(release.body or "") else Stage.DRAFT


def marked(release: wire.Release, *, index: str) -> str:
    """The notes of a release with the mark that files of it went to an index."""
    mark = f"<!-- wheelyard: files went to {index.replace('--', '%2D%2D')} -->"
    if not _MARK.fullmatch(mark):
        raise FindingsError(f"{index!r} is no address of an index.")
    return "\n\n".join(part for part in ((release.body or "").rstrip(), mark) if part)
