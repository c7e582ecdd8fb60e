"""One repository on GitHub as values: what its releases and assets may become, and what is refused. No sockets.

The semantics are those of GitHub's reference (https://docs.github.com/rest/releases), and where that is silent those
that projects met; the words of refusals are GitHub's own.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from fakegithub.documents import DOCS, Json
from fakegithub.rules import Rules

_UNFIT_TAG = re.compile(r"(^|/)\.|\.\.|//|/$|^/|^-|[\x00-\x20\x7f~^:?*\[\\]|@\{|\.lock$|\.$|^$")


class Refused(Exception):  # noqa: N818  # it is an answer
    """A request that ends in an error."""

    def __init__(self, status: int, message: str, *errors: Json, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        details: Json = {"errors": list(errors)} if errors else {}
        self.body: Json = {"message": message, **details, "documentation_url": DOCS, "status": str(status)}


def invalid(resource: str, field_: str, code: str, message: str | None = None) -> Refused:
    """The 422 that names a field."""
    said = {"message": message} if message else {}
    return Refused(422, "Validation Failed", {"resource": resource, "code": code, "field": field_, **said})


@dataclass(kw_only=True)
class Asset:
    """A file of a release: `starter` until all of its bytes have come."""

    id: int
    name: str
    label: str
    content_type: str
    created: float
    state: str = "starter"
    size: int = 0
    sha256: str | None = None


@dataclass(kw_only=True)
class Release:
    """A release, or a draft of one."""

    id: int
    tag: str
    target: str
    name: str | None
    body: str | None
    draft: bool
    prerelease: bool
    created: float
    published: float | None = None
    immutable: bool = False
    assets: dict[int, Asset] = field(default_factory=dict)


@dataclass(kw_only=True)
class World:
    """All there is; the bytes of assets lie in `folder`, each under its id."""

    folder: Path
    rules: Rules = field(default_factory=Rules)
    releases: dict[int, Release] = field(default_factory=dict)
    burnt: set[str] = field(default_factory=set)
    latest: int | None = None
    numbers: count[int] = field(default_factory=lambda: count(1001))

    def now(self) -> float:
        """GitHub's clock."""
        return time.time() + self.rules.skew

    def release(self, number: int, *, drafts: bool = True) -> Release:
        """The release of an id; drafts are shown to those who may write."""
        found = self.releases.get(number)
        if found is None or (found.draft and not drafts):
            raise Refused(404, "Not Found")
        return found

    def asset(self, number: int, *, drafts: bool = True) -> tuple[Release, Asset]:
        """An asset and its release."""
        for release in self.releases.values():
            if number in release.assets and (drafts or not release.draft):
                return release, release.assets[number]
        raise Refused(404, "Not Found")

    def create(self, given: Json) -> Release:
        """Make a release; without `draft` it is published at once. A tag can have any number of drafts."""
        if not isinstance(given.get("tag_name"), str):
            raise Refused(422, 'Invalid request.\n\n"tag_name" wasn\'t supplied.')
        made = Release(
            id=next(self.numbers),
            tag="",
            target="main",
            name=None,
            body=None,
            draft=True,
            prerelease=False,
            created=self.now(),
        )
        self._change(made, {"draft": False, **given})
        self.releases[made.id] = made
        return made

    def edit(self, release: Release, given: Json) -> None:
        """Change a release; this is how a draft is published."""
        if release.immutable and given.keys() - {"name", "body", "make_latest"}:
            raise Refused(422, "Cannot edit an immutable release.")
        self._change(release, given)

    def _change(self, release: Release, given: Json) -> None:
        _check_types(given)
        tag, target = given.get("tag_name", release.tag), given.get("target_commitish") or release.target
        publishing = release.draft and given.get("draft") is False
        if _UNFIT_TAG.search(tag):
            raise invalid("Release", "tag_name", "custom", "tag_name is not a valid tag")
        if publishing or (tag != release.tag and not release.draft):
            self._check_tag(release, tag, target)
        release.tag, release.target = tag, target
        release.name, release.body = given.get("name", release.name), given.get("body", release.body)
        release.prerelease = given.get("prerelease", release.prerelease)
        release.draft = given.get("draft", release.draft)
        if publishing:
            release.published, release.immutable = self.now(), self.rules.immutable
            self.rules.tags.setdefault(tag, self.rules.branches.get(target, target))
        self._mark_latest(release, given.get("make_latest", "true" if publishing else "false"))

    def _check_tag(self, release: Release, tag: str, target: str) -> None:
        others = (each for each in self.releases.values() if each is not release and not each.draft)
        if any(each.tag == tag for each in others):
            raise invalid("Release", "tag_name", "already_exists")
        if tag in self.burnt:
            raise invalid("Release", "tag_name", "custom", "tag_name was used by an immutable release")
        known = target in self.rules.branches or re.fullmatch("[0-9a-f]{40}", target)
        if tag not in self.rules.tags and not known:
            raise invalid("Release", "target_commitish", "invalid")

    def _mark_latest(self, release: Release, wish: str) -> None:
        """Drafts and prereleases are never the latest; `legacy` goes by date and version."""
        if release.draft or release.prerelease:
            self.latest = None if self.latest == release.id else self.latest
        elif wish == "true":
            self.latest = release.id
        elif wish == "legacy":
            candidates = [each for each in self.releases.values() if not each.draft and not each.prerelease]
            self.latest = max((*candidates, release), key=lambda each: (_version(each.tag), each.created)).id

    def delete(self, release: Release) -> None:
        """Delete a release; the tag of an immutable one is lost for ever."""
        if release.immutable:
            self.burnt.add(release.tag)
        self.latest = None if self.latest == release.id else self.latest
        del self.releases[release.id]

    def begin(self, release: Release, *, name: str, label: str, content_type: str, size: int | None) -> Asset:
        """Take an upload on: until its end there is an asset in state `starter`."""
        if release.immutable:
            raise Refused(422, "Cannot upload assets to an immutable release.")
        if not size:
            raise Refused(400, "Bad Content-Length: " + ("0" if size == 0 else ""))
        if size > self.rules.largest:
            raise invalid("ReleaseAsset", "size", "custom", f"size must be less than {self.rules.largest + 1}")
        if not name:
            raise invalid("ReleaseAsset", "name", "missing_field")
        if len(release.assets) >= self.rules.most_assets:
            raise invalid(
                "ReleaseAsset", "file_count", "custom", f"file_count limited to {self.rules.most_assets} assets"
            )
        name = self.stored_name(name)
        if any(asset.name == name for asset in release.assets.values()):
            raise invalid("ReleaseAsset", "name", "already_exists")
        asset = Asset(id=next(self.numbers), name=name, label=label, content_type=content_type, created=self.now())
        release.assets[asset.id] = asset
        return asset

    def end(self, release: Release, asset: Asset, *, size: int, sha256: str) -> None:
        """All bytes have come: the asset is `uploaded`, if nobody deleted it meanwhile."""
        if release.assets.get(asset.id) is not asset:
            raise Refused(404, "Not Found")
        asset.state, asset.size, asset.sha256 = "uploaded", size, sha256

    def stored_name(self, name: str) -> str:
        """What GitHub makes of the name of an asset."""
        plain = re.sub(f"(?:{self.rules.odd})+", ".", name.rpartition("/")[2]).strip(".")
        return plain[:255] or "default"

    def rename(self, release: Release, asset: Asset, given: Json) -> None:
        """Change an asset's name or label."""
        if release.immutable:
            raise Refused(422, "Cannot update assets of an immutable release.")
        name = self.stored_name(given.get("name") or asset.name)
        if any(other.name == name and other is not asset for other in release.assets.values()):
            raise invalid("ReleaseAsset", "name", "already_exists")
        asset.name, asset.label = name, given.get("label", asset.label)

    def remove(self, release: Release, asset: Asset) -> None:
        """Delete an asset."""
        if release.immutable:
            raise Refused(422, "Cannot delete assets from an immutable release.")
        del release.assets[asset.id]

    def bytes_of(self, asset: Asset) -> Path:
        """Where an asset's bytes lie."""
        return self.folder / str(asset.id)


def _check_types(given: Json) -> None:
    kinds: dict[str, type | tuple[type, ...]] = {
        **dict.fromkeys(("tag_name", "target_commitish", "discussion_category_name"), str),
        **dict.fromkeys(("name", "body"), (str, type(None))),
        **dict.fromkeys(("draft", "prerelease", "generate_release_notes"), bool),
    }
    for key, value in given.items():
        if key in kinds and not isinstance(value, kinds[key]):
            raise Refused(422, f"Invalid request.\n\nFor 'properties/{key}', {value!r} is not of the right type.")
    if given.get("make_latest", "true") not in {"true", "false", "legacy"}:
        raise invalid("Release", "make_latest", "invalid")


def _version(tag: str) -> Any:
    try:
        return Version(tag.removeprefix("v"))
    except InvalidVersion:
        return Version("0")
