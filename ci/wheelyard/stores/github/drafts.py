"""Find the one release of a tag, or make it.

Drafts are in no answer but the list, and a tag can have several: https://docs.github.com/en/rest/releases/releases.
"""

from __future__ import annotations

from collections.abc import Sequence

from wheelyard import web
from wheelyard.errors import OutsideError
from wheelyard.stores.github import calls
from wheelyard.stores.github.client import ATTEMPTS, Client, LostError
from wheelyard.stores.github.wire import Asset, Release


def all_of(client: Client) -> tuple[Release, ...]:
    """Every release and draft that the token may see."""
    return tuple(client.pages(calls.releases, Release))


def find(client: Client, tag: str) -> Release | None:
    """The release of a tag: the published one, or else the first draft."""
    return min(_of(client, tag), key=_rank, default=None)


def make(client: Client, tag: str, *, commit: str | None, prerelease: bool) -> Release:
    """The draft of a tag, made since there is none. Of several that were made at once the first one stays."""
    request = calls.create(tag, commit=commit, prerelease=prerelease)
    for attempt in range(ATTEMPTS):
        try:
            made = client.read(request, Release)
        except LostError:  # it may have been made
            client.pace.sleep(web.backoff(attempt))
            if found := find(client, tag):
                return found
        else:
            return tidy(client, tag, made=made)
    raise OutsideError(f"No draft {tag} could be made in {ATTEMPTS} attempts. Run the same command again.")


def tidy(client: Client, tag: str, *, made: Release) -> Release:
    """The release of a tag, after other drafts were deleted that nobody has put anything into.

    `made` is known to be there: a list may be a moment older.
    """
    every = {release.id: release for release in (made, *_of(client, tag))}
    first = min(every.values(), key=_rank)
    for other in every.values():
        if other is not first and other.draft and not other.body and not _has_assets(client, other):
            client.ask(calls.drop(other))
    return first


def _of(client: Client, tag: str) -> Sequence[Release]:
    return [release for release in all_of(client) if release.tag_name == tag]


def _rank(release: Release) -> tuple[bool, int]:
    return release.draft, release.id


def _has_assets(client: Client, release: Release) -> bool:
    return any(client.pages(lambda page: calls.assets(release, page), Asset))
