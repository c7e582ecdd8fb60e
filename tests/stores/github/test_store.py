"""A release on GitHub is there when its manifest is, and ends the same however often it was interrupted."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakegithub import Server
from releases import IDENTIFIERS, wheel_name
from wheelyard.errors import FindingsError
from wheelyard.stores import Bundle, Change, Stage
from wheelyard.stores.github import GitHub

INDEX = "https://index.example/legacy/"


def test_a_saved_release_is_one_draft_with_all_files(store: GitHub, server: Server, bundle: Bundle) -> None:
    assert store.save(bundle).change is Change.MADE
    (release,) = server.releases()
    assert set(release["assets"]) == {*bundle.paths, "manifest.json", "SHA256SUMS"}
    assert release["draft"]
    assert all(server.content("v1.0", name) == path.read_bytes() for name, path in bundle.paths.items())


def test_the_manifest_is_written_last(store: GitHub, server: Server, bundle: Bundle) -> None:
    store.save(bundle)
    sent = [exchange.path for exchange in server.exchanges() if exchange.host == "uploads"]
    assert "manifest.json" in sent[-1]


def test_saving_the_same_release_again_writes_nothing(store: GitHub, server: Server, bundle: Bundle) -> None:
    store.save(bundle)
    before = len(server.exchanges())
    assert store.save(bundle).change is Change.UNCHANGED
    assert {exchange.method for exchange in server.exchanges()[before:]} == {"GET"}


def test_a_dry_run_writes_nothing(store: GitHub, server: Server, bundle: Bundle) -> None:
    assert store.save(bundle, dry_run=True).change is Change.MADE
    assert server.releases() == []


def test_other_bytes_are_refused_with_both_digests(
    store: GitHub, server: Server, bundle: Bundle, other: Bundle
) -> None:
    store.save(bundle)
    before = server.releases()
    with pytest.raises(FindingsError) as caught:
        store.save(other)
    digests = {made.manifest.files[0].sha256 for made in (bundle, other)}
    assert all(word in str(caught.value) for word in (wheel_name(IDENTIFIERS[0]), *digests, "--replace"))
    assert server.releases() == before


def test_a_draft_is_replaced_when_asked(store: GitHub, server: Server, bundle: Bundle, other: Bundle) -> None:
    store.save(bundle)
    assert store.save(other, replace=True).change is Change.REPLACED
    found = store.find("v1.0")
    assert found is not None
    assert found.manifest == other.manifest
    assert all(server.content("v1.0", name) == path.read_bytes() for name, path in other.paths.items())


def test_a_fetched_release_is_what_was_saved(store: GitHub, bundle: Bundle, tmp_path: Path) -> None:
    paths = store.fetch(store.save(bundle).release, folder=tmp_path / "fetched")
    assert {name: path.read_bytes() for name, path in paths.items()} == {
        name: path.read_bytes() for name, path in bundle.paths.items()
    }


def test_a_release_is_a_draft_then_frozen_then_published(store: GitHub, server: Server, bundle: Bundle) -> None:
    release = store.save(bundle).release
    assert release.stage is Stage.DRAFT
    store.freeze(release, index=INDEX)
    frozen = store.find("v1.0")
    assert frozen is not None
    assert frozen.stage is Stage.FROZEN
    store.finish(frozen, latest=True)
    published = store.find("v1.0")
    assert published is not None
    assert published.stage is Stage.PUBLISHED
    assert server.latest() == "v1.0"


def test_an_attached_page_is_no_part_of_the_release(
    store: GitHub, server: Server, bundle: Bundle, tmp_path: Path
) -> None:
    release = store.save(bundle).release
    for page in (b"<p>first", b"<p>second", b"<p>second"):
        store.attach(release, page)
        assert server.content("v1.0", "report.html") == page
    assert store.fetch(release, folder=tmp_path / "fetched").keys() == bundle.paths.keys()
    assert store.save(bundle).change is Change.UNCHANGED
    assert store.finish(release, latest=True).stage is Stage.PUBLISHED
