"""The requests that releases take, as values: https://docs.github.com/en/rest/releases."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from wheelyard.stores.github.wire import BYTES, WRITE, Asset, Release, Request, key

PAGE = 100  # the most there is; https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api


def releases(page: int) -> Request:
    """Releases and drafts, a page of them."""
    return Request(does="list the releases", path="/releases", query=_page(page))


def create(tag: str, *, commit: str | None, prerelease: bool) -> Request:
    """Make a draft. Sent twice it makes two."""
    wanted = {"tag_name": tag, "name": tag, "draft": True, "prerelease": prerelease}
    if commit is not None:
        wanted["target_commitish"] = commit
    return Request(
        does=f"make the draft {tag}",
        method="POST",
        path="/releases",
        body=msgspec.json.encode(wanted),
        needs=WRITE,
        repeatable=False,
    )


def annotate(release: Release, body: str) -> Request:
    """Change the notes of a release."""
    return _edit(release, "change the notes of", {"body": body})


def publish(release: Release, *, prerelease: bool, latest: bool) -> Request:
    """Make a draft the published release."""
    wanted = {"draft": False, "prerelease": prerelease, "make_latest": "true" if latest else "false"}
    return _edit(release, "publish", wanted)


def drop(release: Release) -> Request:
    """Delete a release; its tag stays."""
    return Request(
        does=f"delete the draft {release.tag_name}",
        method="DELETE",
        path=f"/releases/{release.id}",
        needs=WRITE,
        also=frozenset({404}),
    )


def get(number: int) -> Request:
    """One release, by its id."""
    return Request(does="read the release", path=f"/releases/{number}", also=frozenset({404}))


def assets(release: Release, page: int) -> Request:
    """The files of a release, a page of them."""
    return Request(
        does=f"list the files of {release.tag_name}",
        path=f"/releases/{release.id}/assets",
        query=_page(page),
        known=True,
    )


def upload(release: Release, name: str) -> Request:
    """Send a file. A second one of the same name is refused with 422; a 5xx may leave a `starter` behind."""
    address, _, _ = release.upload_url.partition(
        "{"
    )  # https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#hypermedia
    return Request(
        does=f"upload {name}",
        method="POST",
        path=address,
        query={"name": name, **({} if key(name) == name else {"label": name})},
        needs=WRITE,
        also=frozenset({404, 422}),
        repeatable=False,
    )


def rename(asset: Asset, name: str) -> Request:
    """Give a file another name."""
    return Request(
        does=f"rename {asset.name}",
        method="PATCH",
        path=f"/releases/assets/{asset.id}",
        body=msgspec.json.encode({"name": name}),
        needs=WRITE,
        known=True,
    )


def remove(asset: Asset) -> Request:
    """Delete a file of a release."""
    return Request(
        does=f"delete {asset.name}",
        method="DELETE",
        path=f"/releases/assets/{asset.id}",
        needs=WRITE,
        also=frozenset({404}),
    )


def download(asset: Asset) -> Request:
    """The bytes of a file: 200, or 302 to another host, which must not see the token."""
    return Request(does=f"download {asset.name}", path=f"/releases/assets/{asset.id}", accept=BYTES, known=True)


def probe(tag: str, *, does: str) -> Request:
    """Make notes that nobody keeps: it takes the permission to see drafts and to make releases, and writes nothing.

    https://docs.github.com/en/rest/releases/releases#generate-release-notes-content-for-a-release
    """
    return Request(
        does=does,
        method="POST",
        path="/releases/generate-notes",
        body=msgspec.json.encode({"tag_name": tag}),
        needs=WRITE,
        also=frozenset({422}),
    )


def repository() -> Request:
    """The repository itself."""
    return Request(does="find the repository", path="")


def environment(name: str) -> Request:
    """A deployment environment; 404 also where the token may not see it."""
    path = f"/environments/{quote(name, safe='')}"
    return Request(does=f"find the environment {name}", path=path, needs="actions: read", also=frozenset({404}))


def _edit(release: Release, what: str, wanted: Mapping[str, object]) -> Request:
    return Request(
        does=f"{what} {release.tag_name}",
        method="PATCH",
        path=f"/releases/{release.id}",
        body=msgspec.json.encode(wanted),
        needs=WRITE,
        known=True,
    )


def _page(page: int) -> Mapping[str, str]:
    return {"per_page": str(PAGE), "page": str(page)}
