"""What saving a release means for the one that a store has, the same for every store."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from wheelyard.errors import FindingsError, UsageError, listed
from wheelyard.releasing.manifest import Manifest
from wheelyard.stores import Bundle, Change, Release, Stage

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
REPORT = "report.html"
# git's rules for a tag that make it unfit as a folder too (https://git-scm.com/docs/git-check-ref-format).
_UNFIT = re.compile(r"(^|/)\.|\.\.|//|/$|^/|[\x00-\x20\x7f~^:?*\[\\]|@\{|\.lock$|^$")
_PLAIN = re.compile(r"[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]{0,254}")


def change(there: Release | None, bundle: Bundle, *, replace: bool) -> Change:
    """What saving `bundle` does to the release that is there; a `FindingsError` where it may not be.

    Files may always be added to a release. To change or lose one is for drafts, and has to be asked for.
    """
    if there is None:
        return Change.MADE
    old, new = there.manifest, bundle.manifest
    if _source(old) == _source(new):
        if _files(old) == _files(new) and old.missing == new.missing:
            return Change.UNCHANGED
        if _files(old) <= _files(new):
            return Change.EXTENDED
    if not (replace and there.stage is Stage.DRAFT):
        raise _refusal(there, bundle)
    return Change.REPLACED


def preflight(there: Release | None, *, extending: bool) -> tuple[str, ...]:
    """What is worth a warning before a release is built that a store has already; an error where it is in vain.

    `extending` says that what will be built is to be added to it.
    """
    if there is None or there.stage is Stage.DRAFT or extending:
        return ()
    if there.stage is Stage.PUBLISHED:
        raise FindingsError(
            f"{there.where} is published already, and nothing in it can be changed. Raise the version, or build what"
            " it lacks with --only."
        )
    return (f"Files of {there.where} went to an index. What is built now must be the same, byte for byte.",)


def sums(made: Manifest, document: bytes) -> bytes:
    """`SHA256SUMS`, in the form that `sha256sum --check` reads, of every file and of the manifest itself."""
    lines = [(file.file, file.sha256) for file in made.files]
    lines.append((MANIFEST, hashlib.sha256(document).hexdigest()))
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(lines)).encode()


def refuse_odd_names(made: Manifest, *, source: str) -> None:
    """Raise for a manifest with names that lead elsewhere: it comes from a store, and others may write there."""
    if strange := [file.file for file in made.files if not _PLAIN.fullmatch(file.file)]:
        raise FindingsError(f"{source} names files that no release has: {listed(map(repr, strange))}.")


def refuse_odd_tag(tag: str) -> None:
    """Raise for what is no tag, or would lead elsewhere as a folder."""
    if _UNFIT.search(tag):
        raise UsageError(f"{tag!r} cannot be a tag. Change `tag` in [tool.wheelyard.release], or the version.")


def _source(made: Manifest) -> tuple[object, ...]:
    """What all files of a release are made of."""
    return made.name, made.version, made.commit


def _files(made: Manifest) -> frozenset[tuple[str, str]]:
    """What makes two releases the same: not the minutes their builds took."""
    return frozenset((file.file, file.sha256) for file in made.files)


def _refusal(there: Release, bundle: Bundle) -> FindingsError:
    differences = listed(_differences(there.manifest, bundle.manifest), most=6)
    if there.stage is Stage.DRAFT:
        return FindingsError(
            f"{there.where} holds other bytes: {differences}. It is not published yet:"
            " give --replace to put this release in its place."
        )
    return FindingsError(
        f"{there.where} holds other bytes, and files of it went to an index or to the public: {differences}."
        " What was published cannot be changed: raise the version and build again."
    )


def _differences(old: Manifest, new: Manifest) -> Iterator[str]:
    """Each difference between two releases, in a few words."""
    if _source(old) != _source(new):
        yield f"{old.name} {old.version} of {old.commit} there, {new.name} {new.version} of {new.commit} here"
    before, after = ({file.file: file.sha256 for file in made.files} for made in (old, new))
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            yield f"{name} (SHA-256 {before.get(name, 'nothing')} there, {after.get(name, 'nothing')} here)"
