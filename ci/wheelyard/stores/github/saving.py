"""Bring a release on GitHub from what it is to what it is to be; the manifest comes last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from http import HTTPStatus
from itertools import count
from pathlib import Path

from wheelyard import documents
from wheelyard.doors import files, web
from wheelyard.errors import FindingsError, OutsideError, listed
from wheelyard.releasing.manifest import Manifest
from wheelyard.stores import Bundle, Change, Stage, comparing
from wheelyard.stores.comparing import MANIFEST, REPORT, SUMS
from wheelyard.stores.github import calls, wire
from wheelyard.stores.github.holding import NEXT, Holding, stage, unsent
from wheelyard.stores.github.shelf import Item, Shelf, clash
from wheelyard.stores.github.wire import Asset

MOST_ASSETS = 1000  # https://docs.github.com/en/repositories/releasing-projects-on-github/about-releases
_LATE = 3  # looks more, within 7 seconds
MOST_BYTES = 2 << 30  # a file must be smaller, ibidem
_OWN = (MANIFEST, NEXT, SUMS, REPORT)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What is to be done to a release: assets to delete, files to send, and whether the manifest is written.

    `draft` says whether it was one when that was found out.
    """

    change: Change
    made: Manifest
    document: bytes
    draft: bool = True
    remove: tuple[Asset, ...] = ()
    send: tuple[Item, ...] = ()
    closing: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether the release is what it is to be."""
        return not (self.remove or self.send or self.closing)


def refuse_limits(bundle: Bundle) -> None:
    """Raise for what GitHub would refuse or confuse, before the first byte."""
    made = bundle.manifest
    if len(made.files) + len(_OWN) > MOST_ASSETS:
        raise FindingsError(
            f"The release has {len(made.files)} files, and GitHub takes {MOST_ASSETS}, with {listed(_OWN)}."
            " Build fewer identifiers, or use another store."
        )
    if large := [file.file for file in made.files if file.size >= MOST_BYTES]:
        raise FindingsError(f"GitHub takes files of less than 2 GiB; larger are: {listed(large)}.")
    if empty := [file.file for file in made.files if not file.size]:
        raise FindingsError(f"GitHub takes no empty files: {listed(empty)}.")
    keys: dict[str, list[str]] = {}
    for name in (*_OWN, *(file.file for file in made.files)):
        keys.setdefault(wire.key(name), []).append(name)
    if alike := [" and ".join(names) for names in keys.values() if len(names) > 1]:
        raise FindingsError(f"GitHub would give several files one name: {listed(alike)}. Rename one of each.")


def work(holding: Holding | None, bundle: Bundle, *, may_replace: bool) -> Work:
    """What saving `bundle` comes to; an error where it may not be."""
    there = holding.release if holding else None
    change = comparing.change(there, bundle, replace=may_replace)
    if holding is None:
        return _fresh(bundle)
    if there is None and not holding.shelf.release.draft:
        raise FindingsError(
            f"{holding.shelf.release.html_url} is published already, and no complete release is in it. Make it a draft"
            f" again (`gh release edit {bundle.tag} --draft`), then collect."
        )
    sent = there is None and holding.stage is not Stage.DRAFT  # its manifest was lost: nobody knows what may change
    found = _work(holding, bundle, change, may_replace=may_replace and not sent)
    if not found.is_nothing:
        refuse_immutable(holding.shelf.release, advice=" Raise the version.")
    return found


def refuse_immutable(release: wire.Release, *, advice: str = "") -> None:
    """Raise where GitHub would take no change of a file any more."""
    if release.immutable:
        raise FindingsError(f"{release.html_url} is published and immutable: nothing can be added to it.{advice}")


def carry_out(work: Work, shelf: Shelf, *, scratch: Path) -> None:
    """Do it: what is in the way first, the manifest last. Killed anywhere, the next run finds its way."""
    if work.change is Change.EXTENDED and stage(shelf.release) is Stage.SENT:
        shelf.release = shelf.client.read(calls.annotate(shelf.release, unsent(shelf.release)), wire.Release)
    if work.change is Change.REPLACED:
        for name in (MANIFEST, NEXT, SUMS):
            _remove(shelf, name)
    for asset in work.remove:
        shelf.remove(asset)
    shelf.send(work.send)
    if work.closing:
        _refuse_other_state(work, shelf)
        shelf.look()
        _close(work, shelf, scratch)
    _verify(work, shelf)


def attach(shelf: Shelf, name: str, content: bytes, *, scratch: Path) -> None:
    """Bring one more asset there, in the place of an earlier one of that name."""
    item = _item(scratch, name, content)
    for _, asset in shelf.compare([item]).clashes:
        shelf.remove(asset)
    shelf.put(item)


def items(made: Manifest, bundle: Bundle) -> tuple[Item, ...]:
    """The files of a release as they are to be sent."""
    return tuple(
        Item(name=file.file, path=bundle.paths[file.file], size=file.size, sha256=file.sha256) for file in made.files
    )


def _fresh(bundle: Bundle) -> Work:
    made = bundle.manifest
    document = documents.dump(made)
    return Work(change=Change.MADE, made=made, document=document, send=items(made, bundle), closing=True)


def _work(holding: Holding, bundle: Bundle, change: Change, *, may_replace: bool) -> Work:
    shelf, there = holding.shelf, holding.release
    made, document = bundle.manifest, documents.dump(bundle.manifest)
    if there is not None and change is Change.UNCHANGED:
        made, document = there.manifest, holding.document
    compared, strangers = shelf.compare(items(made, bundle)), tuple(_strangers(holding, made))
    if not may_replace:
        _refuse_others(shelf, compared.clashes, strangers)
    found = Work(
        change=change,
        made=made,
        document=document,
        draft=shelf.release.draft,
        remove=(*(asset for _, asset in compared.clashes), *strangers),
        send=(*compared.absent, *(item for item, _ in compared.clashes)),
        closing=change is not Change.UNCHANGED or not holding.is_closed,
    )
    return replace(found, change=Change.REPAIRED) if change is Change.UNCHANGED and not found.is_nothing else found


def _refuse_others(shelf: Shelf, clashes: Sequence[tuple[Item, Asset]], strangers: Sequence[Asset]) -> None:
    """Raise for other bytes under our names, and for wheels that are not ours."""
    if clashes:
        raise clash(shelf.release, ((item, shelf.digest(asset)) for item, asset in clashes))
    if strangers:
        raise FindingsError(
            f"{shelf.release.html_url} has wheels that are no part of this release:"
            f" {listed(repr(asset.name) for asset in strangers)}. Give --replace to delete them."
        )


def _strangers(holding: Holding, made: Manifest) -> Iterator[Asset]:
    """Wheels, and files of the manifest that is there, which the new one does not have."""
    known = {wire.key(file.file) for file in made.files}
    old = {wire.key(file.file) for file in holding.release.manifest.files} if holding.release else set()
    for key, asset in holding.shelf.assets.items():
        if key not in known and (key in old or key.endswith(".whl")):
            yield asset


def _close(work: Work, shelf: Shelf, scratch: Path) -> None:
    """Write the sums, then the manifest; one that is there goes when the new one has arrived, and not before."""
    sums = _item(scratch, SUMS, comparing.sums(work.made, work.document))
    for _, asset in shelf.compare([sums]).clashes:
        shelf.remove(asset)
    shelf.put(sums)
    new = _item(scratch, MANIFEST, work.document)
    compared = shelf.compare([new])
    if compared.there:
        _remove(shelf, NEXT)
    elif compared.clashes or shelf.get(NEXT):
        _swap(shelf, replace(new, name=NEXT))
    else:
        shelf.put(new)


def _swap(shelf: Shelf, new: Item) -> None:
    """Let a manifest take the place of another: at each moment one of them is there."""
    for _, asset in shelf.compare([new]).clashes:
        if shelf.get(MANIFEST) is None:
            shelf.rename(asset, MANIFEST)
        else:
            shelf.remove(asset)
    shelf.put(new)
    _remove(shelf, MANIFEST)
    shelf.look()
    if (arrived := shelf.get(NEXT)) is not None:
        shelf.rename(arrived, MANIFEST)


def _remove(shelf: Shelf, name: str) -> None:
    if (asset := shelf.assets.get(wire.key(name))) is not None:
        shelf.remove(asset)


def _item(scratch: Path, name: str, content: bytes) -> Item:
    path = scratch / name
    files.write(path, content)
    return Item(name=name, path=path, size=len(content), sha256=sha256(content).hexdigest())


def _refuse_other_state(work: Work, shelf: Shelf) -> None:
    """Raise where somebody published or deleted the draft while its files were on their way."""
    if not work.draft:
        return
    answer = shelf.client.ask(calls.get(shelf.release.id))
    if answer.status == HTTPStatus.NOT_FOUND:
        raise OutsideError(f"The draft {shelf.release.html_url} was deleted meanwhile. Run the same command again.")
    if not wire.decode(answer, wire.Release).draft:
        raise FindingsError(
            f"{shelf.release.html_url} was published by somebody while its files were on their way. Make it a draft"
            f" again (`gh release edit {shelf.release.tag_name} --draft`), then run the same command."
        )


def _verify(work: Work, shelf: Shelf) -> None:
    """List all once more, and again if the list is a moment late: only what GitHub shows counts."""
    for attempt in count():
        shelf.look()
        wrong = tuple(_absent(work, shelf))
        if not wrong:
            return
        if attempt == _LATE:
            raise OutsideError(
                f"{shelf.release.html_url} does not show what was sent: {listed(wrong)}. Run the same command again."
            )
        shelf.client.pace.sleep(web.backoff(attempt))


def _absent(work: Work, shelf: Shelf) -> Iterator[str]:
    ends = [(MANIFEST, work.document), (SUMS, comparing.sums(work.made, work.document))]
    yield from (name for name, content in ends if not shelf.has(name, content))
    yield from (file.file for file in work.made.files if not shelf.shows(file))
