"""The routes of GitHub's REST API that a release takes, each a function of the door and a request it let in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import quote, unquote, urlencode

from fakegithub import actions, documents
from fakegithub.answers import Answer, Door, Entry, Request, refusal
from fakegithub.documents import Json
from fakegithub.world import Asset, Refused, Release

T = TypeVar("T", Release, Asset)
Route = Callable[..., Answer]
_SIGNED_FOR = 300


def answer(door: Door, request: Request) -> Answer:
    """The answer to a request to the API."""
    try:
        entry = door.enter(request)
        route, arguments = _find(entry)
        return route(door, entry, *arguments)
    except Refused as refused:
        return refusal(refused)


def _find(entry: Entry) -> tuple[Route, list[str]]:
    asked = "GET" if entry.request.method == "HEAD" else entry.request.method
    for method, pattern, route in ROUTES:
        if method == asked and (found := re.fullmatch(pattern, entry.inside)):
            return route, [unquote(group) for group in found.groups()]
    raise Refused(404, "Not Found")


def _release(door: Door, release: Release) -> Json:
    return documents.release(door.home, release, digests=door.world.rules.digests)


def _repository(door: Door, entry: Entry) -> Answer:
    private = door.world.rules.private
    return Answer(body=documents.repository(door.home, private=private, may_write=entry.may_write))


def _list_releases(door: Door, entry: Entry) -> Answer:
    """Newest first; drafts only for those who may write."""
    shown = [each for each in _settled(door, door.world.releases) if entry.may_write or not each.draft]
    shown.sort(key=lambda each: (each.created, each.id), reverse=True)
    part, headers = actions.page(door, entry.request, [_release(door, each) for each in shown])
    return Answer(body=part, headers=headers)


def _settled(door: Door, things: Mapping[int, T]) -> list[T]:
    """What lists know of already."""
    rules, now = door.world.rules, door.world.now()
    return [each for each in things.values() if not rules.lag or abs(now - each.created) >= rules.lag]


def _create_release(door: Door, entry: Entry) -> Answer:
    door.writing(entry)
    made = _release(door, door.world.create(entry.request.json))
    return Answer(status=201, body=made, headers={"Location": made["url"]})


def _notes(door: Door, entry: Entry) -> Answer:
    """Notes that are kept nowhere; who may not write may not ask for them."""
    if not entry.may_write:
        raise Refused(403, "Resource not accessible by integration")
    tag = entry.request.json.get("tag_name", "")
    return Answer(body={"name": tag, "body": f"**Full Changelog**: {door.home.page}/commits/{tag}"})


def _latest(door: Door, _entry: Entry) -> Answer:
    return Answer(body=_release(door, door.world.release(door.world.latest or 0)))


def _by_tag(door: Door, _entry: Entry, tag: str) -> Answer:
    """Drafts are not found by tag, by nobody."""
    for release in door.world.releases.values():
        if release.tag == tag and not release.draft:
            return Answer(body=_release(door, release))
    raise Refused(404, "Not Found")


def _get_release(door: Door, entry: Entry, number: str) -> Answer:
    return Answer(body=_release(door, door.world.release(int(number), drafts=entry.may_write)))


def _edit_release(door: Door, entry: Entry, number: str) -> Answer:
    door.writing(entry)
    release = door.world.release(int(number))
    door.world.edit(release, entry.request.json)
    return Answer(body=_release(door, release))


def _delete_release(door: Door, entry: Entry, number: str) -> Answer:
    door.writing(entry)
    door.world.delete(door.world.release(int(number)))
    return Answer(status=204)


def _list_assets(door: Door, entry: Entry, number: str) -> Answer:
    release = door.world.release(int(number), drafts=entry.may_write)
    digests = door.world.rules.digests
    every = [documents.asset(door.home, release, each, digests=digests) for each in _settled(door, release.assets)]
    part, headers = actions.page(door, entry.request, every)
    return Answer(body=part, headers=headers)


def _get_asset(door: Door, entry: Entry, number: str) -> Answer:
    """The asset, or the way to its bytes at another host."""
    release, asset = door.world.asset(int(number), drafts=entry.may_write)
    if "application/octet-stream" not in entry.request.accept:
        return Answer(body=documents.asset(door.home, release, asset, digests=door.world.rules.digests))
    return _to_storage(door, asset.id, ready=asset.state == "uploaded")


def _download(door: Door, _entry: Entry, tag: str, name: str) -> Answer:
    """The address that people use; it finds no drafts."""
    for release in door.world.releases.values():
        for asset in release.assets.values():
            if (release.tag, asset.name) == (tag, name) and not release.draft:
                return _to_storage(door, asset.id, ready=asset.state == "uploaded")
    raise Refused(404, "Not Found")


def _to_storage(door: Door, number: int, *, ready: bool) -> Answer:
    if not ready:
        raise Refused(404, "Not Found")
    signed = urlencode({"sig": "fake", "se": int(door.world.now()) + _SIGNED_FOR})
    return Answer(status=302, headers={"Location": f"{door.home.storage}/assets/{number}?{signed}"})


def _edit_asset(door: Door, entry: Entry, number: str) -> Answer:
    door.writing(entry)
    release, asset = door.world.asset(int(number))
    door.world.rename(release, asset, entry.request.json)
    return Answer(body=documents.asset(door.home, release, asset, digests=door.world.rules.digests))


def _delete_asset(door: Door, entry: Entry, number: str) -> Answer:
    door.writing(entry)
    door.world.remove(*door.world.asset(int(number)))
    return Answer(status=204)


def _immutable(door: Door, _entry: Entry) -> Answer:
    if not door.world.rules.immutable:
        raise Refused(404, "Not Found")
    return Answer(body={"enabled": True, "enforced_by_owner": False})


def _tag_ref(door: Door, _entry: Entry, tag: str) -> Answer:
    if tag not in door.world.rules.tags:
        raise Refused(404, "Not Found")
    sha, url = door.world.rules.tags[tag], door.home.url
    kind = "tag" if sha in door.world.rules.annotated else "commit"
    shown = {"type": kind, "sha": sha, "url": f"{url}/git/{kind}s/{sha}"}
    ref = f"refs/tags/{tag}"
    return Answer(body={"ref": ref, "node_id": "REF_1", "url": f"{url}/git/{quote(ref)}", "object": shown})


def _tag_object(door: Door, _entry: Entry, sha: str) -> Answer:
    """What an annotated tag is of; https://docs.github.com/en/rest/git/tags#get-a-tag."""
    if sha not in door.world.rules.annotated:
        raise Refused(404, "Not Found")
    commit, url = door.world.rules.annotated[sha], door.home.url
    tagger = {"date": "2026-01-01T00:00:00Z", "email": "ada@example.org", "name": "Ada"}
    shown = {"type": "commit", "sha": commit, "url": f"{url}/git/commits/{commit}"}
    own = {"node_id": "TAG_1", "tag": "v", "sha": sha, "url": f"{url}/git/tags/{sha}", "message": "", "tagger": tagger}
    return Answer(body={**own, "object": shown})


def _graphql(door: Door, entry: Entry) -> Answer:
    """The one query without which `gh release` finds no draft: the id of a release by its tag."""
    wanted = entry.request.json.get("variables", {}).get("tagName")
    found = (each for each in door.world.releases.values() if each.tag == wanted)
    release = next(({"databaseId": each.id, "isDraft": each.draft} for each in found), None)
    return Answer(body={"data": {"repository": {"release": release}}})


ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", r"", _repository),
    ("GET", r"/releases", _list_releases),
    ("POST", r"/releases", _create_release),
    ("POST", r"/releases/generate-notes", _notes),
    ("GET", r"/releases/latest", _latest),
    ("GET", r"/releases/tags/(.+)", _by_tag),
    ("GET", r"/releases/(\d+)", _get_release),
    ("PATCH", r"/releases/(\d+)", _edit_release),
    ("DELETE", r"/releases/(\d+)", _delete_release),
    ("GET", r"/releases/(\d+)/assets", _list_assets),
    ("GET", r"/releases/assets/(\d+)", _get_asset),
    ("PATCH", r"/releases/assets/(\d+)", _edit_asset),
    ("DELETE", r"/releases/assets/(\d+)", _delete_asset),
    ("GET", r"\^/[^/]+/[^/]+/releases/download/([^/]+)/([^/]+)", _download),
    ("POST", r"\^/graphql", _graphql),
    ("GET", r"/immutable-releases", _immutable),
    ("GET", r"/git/ref/tags/(.+)", _tag_ref),
    ("GET", r"/git/tags/(\w+)", _tag_object),
    *actions.ROUTES,
)
