"""Find the one release of a tag, or make it.

Drafts are in no answer but the list, and a tag can have several: https://docs.github.com/en/rest/releases/releases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from wheelyard.doors import web
from wheelyard.errors import OutsideError
from wheelyard.stores.github import calls
from wheelyard.stores.github.client import ATTEMPTS, Client, LostError
from wheelyard.stores.github.faults import GoneError
from wheelyard.stores.github.wire import Asset, Release


def all_of(client: Client) -> tuple[Release, ...]:
    """Every release and draft that the token may see."""
    return tuple(client.pages(calls.releases, Release))


def of(client: Client, tag: str) -> tuple[Release, ...]:
    """The releases of a tag: first the one that counts, the published one, or else the first draft."""
    return tuple(sorted((release for release in all_of(client) if release.tag_name == tag), key=_rank))


def make(client: Client, tag: str, *, commit: str | None, prerelease: bool) -> Release:
    """The draft of a tag, made since there is none. Of several that were made at once the first one stays."""
    request = calls.create(tag, commit=commit, prerelease=prerelease)
    for attempt in range(ATTEMPTS):
        made: tuple[Release, ...] = ()
        try:
            made = (client.read(request, Release),)
        except LostError:  # it may have been made
            client.pace.sleep(web.backoff(attempt))
        known = {release.id: release for release in (*made, *of(client, tag))}  # a list may be a moment old
        if known:
            first, *others = sorted(known.values(), key=_rank)
            drop_spare(client, others, holds=_nothing)
            return first
    raise OutsideError(f"No draft {tag} could be made in {ATTEMPTS} attempts. Run the same command again.")


def later(client: Client, release: Release) -> tuple[Release, ...]:
    """The other releases of its tag, seen once more; an error where one of them counts and not this one.

    Lists are a moment late, so that two runs at once may each have made a draft.
    """
    known = {each.id: each for each in (release, *of(client, release.tag_name))}
    first, *others = sorted(known.values(), key=_rank)
    if first.id != release.id:
        raise OutsideError(
            f"Meanwhile there is another {release.tag_name}, {first.html_url}. Run the same command again."
        )
    return tuple(others)


def drop_spare(client: Client, others: Iterable[Release], *, holds: Callable[[Asset], bool]) -> None:
    """Delete drafts in which there is nothing but what the one that counts `holds` too."""
    for other in others:
        with suppress(GoneError):  # another run does the same
            if other.draft and not other.body and all(holds(asset) for asset in _assets(client, other)):
                client.ask(calls.drop(other))


def _rank(release: Release) -> tuple[bool, int]:
    return release.draft, release.id


def _nothing(_: Asset) -> bool:
    return False


def _assets(client: Client, release: Release) -> Iterator[Asset]:
    return client.pages(lambda page: calls.assets(release, page), Asset)
