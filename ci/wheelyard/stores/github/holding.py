"""What GitHub has of a tag, as a release: its stage, and its manifest where that is there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from wheelyard import manifest
from wheelyard.errors import FindingsError, OutsideError
from wheelyard.stores import Release, Stage, comparing
from wheelyard.stores.comparing import MANIFEST
from wheelyard.stores.github import calls, wire
from wheelyard.stores.github.shelf import Shelf

NEXT = "manifest.next.json"  # a manifest on its way to the place of another
_MARK = re.compile(r"<!-- wheelyard: files went to .*? -->")


@dataclass(frozen=True, kw_only=True)
class Holding:
    """The shelf of a tag's release; `release` is None where no manifest is there, `closed` whether it lies alone."""

    shelf: Shelf
    document: bytes = b""
    release: Release | None = None
    closed: bool = False


def read(shelf: Shelf) -> Holding:
    """Look at a release and read its manifest, or the one that a killed run was about to put there."""
    shelf.look()
    current, coming = shelf.get(MANIFEST), shelf.get(NEXT)
    asset = current or coming
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
        closed=current is not None and wire.key(NEXT) not in shelf.assets,
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
