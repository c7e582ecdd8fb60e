"""Where a release lives: one module a store, the same Protocol.

A release is a draft until its bytes go to an index; from then on it is frozen, and `save` adds files and changes none.
At the end it is published: everybody may see it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from wheelyard.errors import UsageError, nearest
from wheelyard.releasing.manifest import Manifest

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """What a release is to be: its manifest, and where on this machine each of the manifest's files lies."""

    tag: str
    manifest: Manifest
    paths: Mapping[str, Path]


class Stage(StrEnum):
    """How far a release has come."""

    DRAFT = "draft"
    FROZEN = "frozen"  # at least one of its bytes may have left for an index
    SENT = "sent"  # an index has all of its files
    PUBLISHED = "published"


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release as the store has it; `where` is a path or an address that a person can open."""

    tag: str
    manifest: Manifest
    stage: Stage
    where: str


class Change(StrEnum):
    """What `save` did to the store."""

    MADE = "made"
    UNCHANGED = "unchanged"
    REPAIRED = "repaired"  # the store had the same manifest, and files that had been changed or lost since
    EXTENDED = "extended"  # files were added
    REPLACED = "replaced"


@dataclass(frozen=True, kw_only=True)
class Saved:
    """The release after `save`, and the names of the files that were written for it."""

    release: Release
    change: Change
    written: tuple[str, ...] = field(default=())


class Store(Protocol):
    """Keeps releases. What it cannot reach, read or write is an `OutsideError`; no answer is never "nothing there"."""

    name: str

    def tags(self, *, published: bool = False) -> tuple[str, ...]:
        """The tags of all releases, drafts included, or of the published ones; sorted."""
        ...

    def find(self, tag: str) -> Release | None:
        """The release of a tag, drafts included, or None where there surely is none."""
        ...

    def save(self, bundle: Bundle, *, replace: bool = False, dry_run: bool = False) -> Saved:
        """Make the store hold exactly this release, whole or not at all; the same call twice changes nothing.

        Files may be added to any release. A draft of other bytes is a `FindingsError` unless `replace`, a frozen or
        published release of other bytes always. With `dry_run` everything is compared and nothing written.
        """
        ...

    def fetch(self, release: Release, *, folder: Path) -> Mapping[str, Path]:
        """Every file of a release on this machine, downloaded into `folder` where it has to be.

        Each was compared with the manifest by size and SHA-256; a difference is a `FindingsError` naming both.
        """
        ...

    def freeze(self, release: Release, *, index: str, sent: bool = False) -> None:
        """Note that bytes of a release leave for an index now, or that they have all been `sent` there.

        Called again, it changes nothing. Files that are added later have not been sent.
        """
        ...

    def attach(self, release: Release, page: bytes) -> None:
        """Put the page of a release beside its files, in the place of an earlier one; it is not in the manifest."""
        ...

    def finish(self, release: Release, *, latest: bool) -> Release:
        """Show a release to everybody, as the latest one or not. Called again, it changes nothing."""
        ...

    def preflight(self, tag: str | None, *, extending: bool, environment: str) -> tuple[str, ...]:
        """See, without a write, that a release of `tag` could be made here, or extended; gives what to be warned of.

        What would keep it from being made is raised. `environment` is what publishing will be protected by.
        """
        ...


# Each store by the name before the colon in `[tool.wheelyard.release] store`, with the module that has it.
STORES = {
    "directory": "wheelyard.stores.directory",
    "github": "wheelyard.stores.github",
}


def silent(_: str) -> None:
    """Nobody listens."""


def choose(spec: str, *, root: Path, say: Say = silent) -> Store:
    """The store that `spec` names, such as `directory:dist/releases`; `root` is what its paths are relative to.

    `say` is told what takes long.
    """
    name, _, place = spec.partition(":")
    if name not in STORES:
        raise UsageError(
            f"There is no store {name!r} ([tool.wheelyard.release] store = {spec!r}).{nearest(name, STORES)}"
            f" Stores: {', '.join(STORES)}."
        )
    make = cast("Callable[[str, Path, Say], Store]", import_module(STORES[name]).make)
    return make(place, root, say)
