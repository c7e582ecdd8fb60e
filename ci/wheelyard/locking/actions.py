"""Ask GitHub for the newest release of each action that a workflow uses, and for its commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import msgspec

from wheelyard.locking.pins import Use
from wheelyard.stores.github import access, wire
from wheelyard.stores.github.client import Client
from wheelyard.stores.github.wire import Request


class _Latest(msgspec.Struct, frozen=True):
    tag_name: str


class _Object(msgspec.Struct, frozen=True):
    type: str
    sha: str


class _Named(msgspec.Struct, frozen=True):
    object: _Object


def newest(actions: Iterable[str], *, root: Path, warn: Callable[[str], None]) -> Iterator[Use]:
    """Each action at its newest release; one that has none is passed to `warn` and left out.

    Raises:
        UsageError: there is no token, or GitHub does not take it.
        OutsideError: GitHub could not be asked.
    """
    for action in actions:
        repository = "/".join(action.split("/")[:2])  # what follows is a folder in it
        place = access.find(repository, root)
        client = Client(place=place, token=access.token(place))
        # https://docs.github.com/en/rest/releases/releases#get-the-latest-release
        asked = Request(does="read the newest release", path="/releases/latest", also=frozenset({HTTPStatus.NOT_FOUND}))
        answer = client.ask(asked)
        if answer.status == HTTPStatus.NOT_FOUND:
            warn(f"{repository} has no release on GitHub that can be read: its pin stays.")
            continue
        tag = wire.decode(answer, _Latest).tag_name
        yield Use(action=action, ref=_commit(client, tag), tag=tag)


def _commit(client: Client, tag: str) -> str:
    """The commit of a tag, which may be an object of its own: https://docs.github.com/en/rest/git/refs#get-a-reference."""
    path = f"/git/ref/tags/{quote(tag)}"
    found = client.read(Request(does=f"read the tag {tag}", path=path), _Named).object
    if found.type == "tag":  # https://docs.github.com/en/rest/git/tags#get-a-tag
        found = client.read(Request(does=f"read the tag {tag}", path=f"/git/tags/{quote(found.sha)}"), _Named).object
    return found.sha
