"""One release on GitHub and its assets: compare them with files on this machine, and bring them there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from wheelyard.doors import crew, web
from wheelyard.errors import FindingsError, OutsideError
from wheelyard.releasing.manifest import File
from wheelyard.stores import Say, silent
from wheelyard.stores.github import calls, wire
from wheelyard.stores.github.client import Client, LostError
from wheelyard.stores.github.wire import Answer, Asset, Release

TRIES = 8
UPLOADED = "uploaded"
NOBODY, OURS = 0, -1  # whose a `starter` may be, beside the id of one that was seen before


@dataclass(frozen=True, kw_only=True)
class Item:
    """A file that is to be an asset."""

    name: str
    path: Path
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Items that are there, that have to be sent, and those under whose names there are other bytes."""

    there: tuple[Item, ...]
    absent: tuple[Item, ...]
    clashes: tuple[tuple[Item, Asset], ...]


@dataclass(kw_only=True)
class Shelf:
    """The assets of one release. Another process may be at work on them, so each failure is followed by a look."""

    client: Client
    release: Release
    parallel: int = 4
    say: Say = silent
    assets: dict[str, Asset] = field(default_factory=dict)
    _digests: dict[int, str] = field(default_factory=dict, init=False)

    def look(self) -> None:
        """List the assets anew, by the form of their names that can be compared."""
        found = self.client.pages(lambda page: calls.assets(self.release, page), Asset)
        self.assets = {wire.key(asset.name): asset for asset in found}

    def get(self, name: str) -> Asset | None:
        """The asset of a name, if all of its bytes have come."""
        asset = self.assets.get(wire.key(name))
        return asset if asset is not None and asset.state == UPLOADED else None

    def shows(self, file: File) -> bool:
        """Whether a file of a manifest is there, by size and digest."""
        asset = self.get(file.file)
        return asset is not None and asset.size == file.size and self.digest(asset) == file.sha256

    def has(self, name: str, content: bytes) -> bool:
        """Whether an asset has exactly this content."""
        asset = self.get(name)
        return asset is not None and self.digest(asset) == sha256(content).hexdigest()

    def holds(self, other: Asset) -> bool:
        """Whether the asset of another release is one of these too, or no whole file."""
        mine = self.get(other.name)
        same = mine is not None and mine.size == other.size and self.digest(mine) == self.digest(other)
        return same or other.state != UPLOADED

    def compare(self, items: Iterable[Item]) -> Comparison:
        """Items against the assets that were listed last."""
        there, absent, clashes = [], [], []
        for item in items:
            asset = self.get(item.name)
            if asset is None:
                absent.append(item)
            elif self._fits(asset, item):
                there.append(item)
            else:
                clashes.append((item, asset))
        return Comparison(there=tuple(there), absent=tuple(absent), clashes=tuple(clashes))

    def digest(self, asset: Asset) -> str:
        """The SHA-256 of an asset: GitHub's own, or of its bytes where a server does not tell."""
        if asset.sha256 is not None:
            return asset.sha256
        if asset.id not in self._digests:
            self._digests[asset.id] = self.client.download(calls.download(asset))
        return self._digests[asset.id]

    def send(self, items: Iterable[Item]) -> None:
        """Bring items there, several at a time."""
        crew.each(items, self.put, parallel=self.parallel)

    def put(self, item: Item) -> None:
        """Bring one item there.

        An upload that broke off leaves an asset in state `starter`, which is deleted. One that we did not begin may be
        another collector's at this moment: it gets the time of a pause.
        """
        asset, doubted = self.assets.get(wire.key(item.name)), NOBODY
        for attempt in range(TRIES):
            if attempt:
                self.client.pace.sleep(web.backoff(attempt - 1))
                asset = self._seen(item)
            if asset is not None and asset.state == UPLOADED:
                self._refuse_clash(item, asset)
                return
            if asset is not None and doubted not in {asset.id, OURS}:
                doubted = asset.id
                continue
            if asset is not None:
                self.remove(asset)
            answer = self._post(item)
            if answer is not None and self._taken(answer, item):
                self.say(f"uploaded {item.name}")
                return
            doubted = NOBODY if answer is not None and answer.status == HTTPStatus.UNPROCESSABLE_ENTITY else OURS
        raise OutsideError(
            f"{item.name} did not get to {self.release.html_url} in {TRIES} attempts. Run the same command again."
        )

    def remove(self, asset: Asset) -> None:
        """Delete an asset, if it is still there."""
        self.client.ask(calls.remove(asset))
        self.assets.pop(wire.key(asset.name), None)

    def rename(self, asset: Asset, name: str) -> None:
        """Give an asset another name."""
        renamed = self.client.read(calls.rename(asset, name), Asset)
        self.assets.pop(wire.key(asset.name), None)
        self.assets[wire.key(name)] = renamed

    def _post(self, item: Item) -> Answer | None:
        try:
            return self.client.upload(calls.upload(self.release, item.name), item.path)
        except LostError:
            return None

    def _taken(self, answer: Answer, item: Item) -> bool:
        """Whether an upload is done with; what GitHub refuses for good is raised."""
        if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY and not answer.is_about("already_exists"):
            words = self.client.plain(answer.words)
            raise FindingsError(f"GitHub does not take {item.name} for {self.release.html_url}: {words}")
        if answer.status != HTTPStatus.CREATED:
            return False
        asset = wire.decode(answer, Asset)
        if asset.state == UPLOADED and self._fits(asset, item):
            return True
        self.remove(asset)  # we made it a moment ago, and it is not what we sent
        return False

    def _seen(self, item: Item) -> Asset | None:
        found = self.client.pages(lambda page: calls.assets(self.release, page), Asset)
        return next((asset for asset in found if wire.key(asset.name) == wire.key(item.name)), None)

    def _fits(self, asset: Asset, item: Item) -> bool:
        return asset.size == item.size and self.digest(asset) == item.sha256

    def _refuse_clash(self, item: Item, asset: Asset) -> None:
        if not self._fits(asset, item):
            raise clash(self.release, ((item, self.digest(asset)),))


def clash(release: Release, pairs: Iterable[tuple[Item, str]]) -> FindingsError:
    """The error of other bytes under our names, with the digests of both."""
    lines = (f"  {item.name}: SHA-256 {theirs} there, {item.sha256} here" for item, theirs in pairs)
    return FindingsError(
        "\n".join((f"{release.html_url} holds other bytes:", *lines))
        + "\nGive --replace to put yours in their place, or take back what changed them."
    )
