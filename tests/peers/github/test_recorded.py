"""Our client understands what the real GitHub said when others talked to it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

import recorded
from fakegithub import tools
from recorded import Player
from wheelyard.stores.github import calls
from wheelyard.stores.github.access import Place
from wheelyard.stores.github.client import Client
from wheelyard.stores.github.pace import Pace
from wheelyard.stores.github.wire import Asset, Release, Repository, decode

pytestmark = pytest.mark.peers

TOKEN = "ghp_recorded"  # noqa: S105  # of nobody


class Whole(Release, frozen=True, kw_only=True):
    assets: list[Asset]


def client(player: Player, name: str, pauses: list[float] | None = None) -> Client:
    place = Place(api=player.url, host="127.0.0.1", name=name)
    waits: list[float] = [] if pauses is None else pauses
    return Client(place=place, token=TOKEN, pace=Pace(sleep=waits.append))


def first(player: Player, path: str) -> Release:
    """The release that a recording begins with, which was asked for in a way that finds no drafts."""
    exchange = player.answer(recorded.API, "GET", path)
    assert exchange is not None
    return msgspec.json.decode(player.here(exchange.body.decode()), type=Release)


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    path = tmp_path / "test-upload.txt"
    path.write_text("Hello, world!\n")
    return path


def test_an_asset_is_uploaded_listed_renamed_and_deleted(hello: Path) -> None:
    scenario = tools.fixtures() / "release-assets"
    name = "octokit-fixture-org/release-assets"
    with recorded.play(recorded.octokit(scenario)) as player:
        ours = client(player, name)
        release = first(player, f"/repos/{name}/releases/tags/v1.0.0")
        asset = decode(ours.upload(calls.upload(release, hello.name), hello), Asset)
        listed = list(ours.pages(lambda page: calls.assets(release, page), Asset))
        renamed = ours.read(calls.rename(asset, "new-filename.txt"), Asset)
        gone = ours.ask(calls.remove(asset))
    assert (asset.name, asset.state, asset.size) == ("test-upload.txt", "uploaded", 14)
    assert [each.id for each in listed] == [asset.id]
    assert renamed.name == "new-filename.txt"
    assert gone.status == 204


def test_a_name_that_is_taken_is_known_for_that(hello: Path) -> None:
    scenario = tools.fixtures() / "release-assets-conflict"
    name = "octokit-fixture-org/release-assets-conflict"
    with recorded.play(recorded.octokit(scenario)) as player:
        ours = client(player, name)
        release = first(player, f"/repos/{name}/releases/tags/v1.0.0")
        refused = ours.upload(calls.upload(release, hello.name), hello)
        (old,) = ours.pages(lambda page: calls.assets(release, page), Asset)
        ours.ask(calls.remove(old))
        new = decode(ours.upload(calls.upload(release, hello.name), hello), Asset)
    assert (refused.status, refused.is_about("already_exists")) == (422, True)
    assert new.id != old.id


def test_a_repository_that_moved_is_followed() -> None:
    scenario = tools.fixtures() / "rename-repository"
    with recorded.play(recorded.octokit(scenario)) as player:
        found = client(player, "octokit-fixture-org/rename-repository").read(calls.repository(), Repository)
    assert found.full_name == "octokit-fixture-org/rename-repository-newname"


def cassette(name: str) -> list[recorded.Exchange]:
    (found,) = tools.recordings().glob(f"github3*/tests/cassettes/{name}.json")
    return recorded.betamax(found)


def replayed(name: str) -> list[recorded.Exchange]:
    (found,) = tools.recordings().glob(f"[Pp]y[Gg]ithub*/tests/ReplayData/{name}.txt")
    return recorded.replay(found)


def test_a_download_is_followed_to_another_host_without_the_token(tmp_path: Path) -> None:
    exchanges = cassette("Asset_download_when_authenticated")
    wheel = exchanges[-1].body
    with recorded.play(exchanges) as player:
        ours = client(player, "sigmavirus24/github3.py")
        asset = Asset(id=37944, name="github3.py-0.7.1-py2.py3-none-any.whl", state="uploaded", size=len(wheel))
        digest = ours.download(calls.download(asset), tmp_path / asset.name)
    assert (tmp_path / asset.name).read_bytes() == wheel
    assert digest == hashlib.sha256(wheel).hexdigest()
    assert [(host == recorded.API, token) for host, _, token in player.asked] == [(True, True), (False, False)]


def test_a_download_has_the_digest_that_github_told(tmp_path: Path) -> None:
    name = "stellarcarbon/sorocarbon"
    exchanges = [*replayed("PublicReleaseAsset.setUp"), *replayed("PublicReleaseAsset.testDownload")]
    with recorded.play(exchanges) as player:
        ours = client(player, name)
        release = ours.ask(calls.get(223668595))
        told = [asset for asset in decode(release, Whole).assets if asset.id == 261582854]
        digest = ours.download(calls.download(told[0]), tmp_path / "asset")
    assert digest == told[0].sha256


def test_a_server_error_is_tried_again() -> None:
    pauses: list[float] = []
    with recorded.play(replayed("Retry.testReturnsRepoAfter3Retries")) as player:
        found = client(player, "PyGithub/PyGithub", pauses).read(calls.repository(), Repository)
    assert found.full_name == "PyGithub/PyGithub"
    assert len(pauses) == 3


def test_a_secondary_limit_is_waited_for() -> None:
    *_, repository = replayed("Retry.testReturnsRepoAfter3Retries")
    every = replayed("SpecificExceptions.testAuthenticatedRateLimitExceeded")
    limited = next(replace(each, url=repository.url) for each in every if each.status == 403)
    pauses: list[float] = []
    with recorded.play([limited, repository]) as player:
        found = client(player, "PyGithub/PyGithub", pauses).read(calls.repository(), Repository)
    assert found.full_name == "PyGithub/PyGithub"
    assert [round(pause) for pause in pauses] == [int(limited.headers["retry-after"])] == [60]
