"""A release in a folder is there in full or not at all, and cannot be changed behind anybody's back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from releases import IDENTIFIERS, make_bundle, make_plan, tree, wheel_name
from wheelyard import stores
from wheelyard.errors import FindingsError, OutsideError, UsageError
from wheelyard.stores import Bundle, Change, Stage
from wheelyard.stores.directory import Directory

INDEX = "https://index.example/legacy/"


@pytest.fixture
def store(tmp_path: Path) -> Directory:
    return Directory(folder=tmp_path / "store")


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return make_bundle(tmp_path / "made")


@pytest.fixture
def other(tmp_path: Path) -> Bundle:
    return make_bundle(tmp_path / "other", data=b"other bytes")


def test_a_saved_release_holds_its_files_its_manifest_and_its_sums(store: Directory, bundle: Bundle) -> None:
    saved = store.save(bundle)
    place = store.folder / "v1.0"
    assert saved.change is Change.MADE
    assert {path.name for path in place.iterdir()} == {*bundle.paths, "manifest.json", "SHA256SUMS"}
    assert store.tags() == ("v1.0",)
    found = store.find("v1.0")
    assert found is not None
    assert found.manifest == bundle.manifest


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="coreutils are not here")
def test_the_sums_are_those_that_sha256sum_checks(store: Directory, bundle: Bundle) -> None:
    place = Path(store.save(bundle).release.where)
    subprocess.run(("sha256sum", "--check", "--strict", "SHA256SUMS"), cwd=place, check=True, capture_output=True)


def test_saving_the_same_release_again_changes_nothing(store: Directory, bundle: Bundle) -> None:
    store.save(bundle)
    before = {path: path.stat().st_mtime_ns for path in (store.folder / "v1.0").iterdir()}
    assert store.save(bundle).change is Change.UNCHANGED
    assert {path: path.stat().st_mtime_ns for path in (store.folder / "v1.0").iterdir()} == before


def test_other_minutes_are_the_same_release(store: Directory, tmp_path: Path, bundle: Bundle) -> None:
    store.save(bundle)
    again = make_bundle(tmp_path / "again")
    assert store.save(again).change is Change.UNCHANGED


def test_other_bytes_are_refused_with_both_digests(store: Directory, bundle: Bundle, other: Bundle) -> None:
    store.save(bundle)
    before = tree(store.folder)
    with pytest.raises(FindingsError) as caught:
        store.save(other)
    name = wheel_name(IDENTIFIERS[0])
    digests = {made.manifest.files[0].sha256 for made in (bundle, other)}
    assert all(word in str(caught.value) for word in (name, *digests, "--replace"))
    assert tree(store.folder) == before


def test_an_unpublished_release_is_replaced_when_asked(store: Directory, bundle: Bundle, other: Bundle) -> None:
    store.save(bundle)
    assert store.save(other, replace=True).change is Change.REPLACED
    found = store.find("v1.0")
    assert found is not None
    assert found.manifest == other.manifest


def test_a_published_release_is_never_replaced(store: Directory, bundle: Bundle, other: Bundle) -> None:
    store.freeze(store.save(bundle).release, index=INDEX)
    with pytest.raises(FindingsError, match="raise the version"):
        store.save(other, replace=True)


def test_a_published_release_stays_published_when_it_is_repaired(store: Directory, bundle: Bundle) -> None:
    store.freeze(store.save(bundle).release, index=INDEX)
    next((store.folder / "v1.0").glob("*.whl")).write_bytes(b"rot")
    saved = store.save(bundle)
    assert (saved.change, saved.release.stage) == (Change.REPAIRED, Stage.FROZEN)
    found = store.find("v1.0")
    assert found is not None
    assert found.stage is Stage.FROZEN


def test_what_rotted_is_not_finished(store: Directory, bundle: Bundle) -> None:
    release = store.save(bundle).release
    next(Path(release.where).glob("*.whl")).write_bytes(b"rot")
    with pytest.raises(FindingsError, match="not what its"):
        store.finish(release, latest=True)
    found = store.find("v1.0")
    assert found is not None
    assert found.stage is Stage.DRAFT


@pytest.mark.parametrize("stage", list(Stage))
def test_files_are_added_at_any_stage_and_count_as_not_sent(
    store: Directory, bundle: Bundle, tmp_path: Path, stage: Stage
) -> None:
    fewer = make_bundle(tmp_path / "fewer", plan=make_plan(identifiers=IDENTIFIERS[:2]))
    release = store.save(fewer).release
    if stage is not Stage.DRAFT:
        store.freeze(release, index=INDEX, sent=stage is Stage.SENT)
    if stage is Stage.PUBLISHED:
        store.finish(release, latest=True)
    assert store.save(bundle).change is Change.EXTENDED
    found = store.find("v1.0")
    assert found is not None
    assert found.manifest == bundle.manifest
    assert found.stage is (Stage.FROZEN if stage is Stage.SENT else stage)


def test_a_dry_run_writes_nothing_at_all(store: Directory, bundle: Bundle) -> None:
    assert store.save(bundle, dry_run=True).change is Change.MADE
    assert not store.folder.exists()


def test_a_file_that_rotted_is_found_and_named(store: Directory, bundle: Bundle, tmp_path: Path) -> None:
    release = store.save(bundle).release
    victim = Path(release.where) / bundle.manifest.files[1].file
    victim.write_bytes(victim.read_bytes()[:-1])
    with pytest.raises(FindingsError, match=victim.name):
        store.fetch(release, folder=tmp_path)


def test_a_file_that_is_no_part_of_the_release_is_found(store: Directory, bundle: Bundle, tmp_path: Path) -> None:
    release = store.save(bundle).release
    (Path(release.where) / "extra.whl").write_bytes(b"")
    with pytest.raises(FindingsError, match=r"extra\.whl is not part"):
        store.fetch(release, folder=tmp_path)


def test_changed_sums_are_found(store: Directory, bundle: Bundle, tmp_path: Path) -> None:
    release = store.save(bundle).release
    (Path(release.where) / "SHA256SUMS").write_text("")
    with pytest.raises(FindingsError, match="SHA256SUMS"):
        store.fetch(release, folder=tmp_path)


def test_a_fetched_release_is_where_it_lies(store: Directory, bundle: Bundle, tmp_path: Path) -> None:
    release = store.save(bundle).release
    paths = store.fetch(release, folder=tmp_path / "empty")
    assert {path.parent for path in paths.values()} == {Path(release.where)}
    assert set(paths) == set(bundle.paths)


def test_what_a_killed_run_left_is_no_release(store: Directory, bundle: Bundle) -> None:
    left = store.folder / ".v1.0.partial"
    left.mkdir(parents=True)
    (left / "manifest.json").write_text("{")
    assert store.find("v1.0") is None
    assert store.tags() == ()
    assert store.save(bundle).change is Change.MADE
    assert not left.exists()


def test_a_run_killed_between_its_two_renames_loses_neither_release_nor_mark(store: Directory, bundle: Bundle) -> None:
    store.freeze(store.save(bundle).release, index=INDEX)
    (store.folder / "v1.0").rename(store.folder / ".v1.0.replaced")
    saved = store.save(bundle)
    assert (saved.change, saved.release.stage) == (Change.UNCHANGED, Stage.FROZEN)


def test_a_folder_of_somebody_else_is_not_overwritten(store: Directory, bundle: Bundle) -> None:
    (store.folder / "v1.0").mkdir(parents=True)
    (store.folder / "v1.0" / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="no release of wheelyard"):
        store.save(bundle)


def test_a_store_that_cannot_be_made_is_said(tmp_path: Path, bundle: Bundle) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutsideError, match="cannot be made"):
        Directory(folder=tmp_path / "file" / "store").save(bundle)


def test_a_manifest_cannot_name_files_elsewhere(store: Directory, bundle: Bundle) -> None:
    manifest = Path(store.save(bundle).release.where) / "manifest.json"
    manifest.write_text(manifest.read_text().replace(bundle.manifest.files[0].file, "../../secret"))
    with pytest.raises(FindingsError, match="secret"):
        store.find("v1.0")


@pytest.mark.parametrize(
    "tag",
    [
        pytest.param("../v1", id="leads-out"),
        pytest.param("/v1", id="absolute"),
        pytest.param(".v1", id="hidden"),
        pytest.param("", id="empty"),
        pytest.param("v1\n", id="newline"),
        pytest.param("v1 $(x)", id="space"),
    ],
)
def test_a_tag_that_git_refuses_is_refused(store: Directory, tag: str) -> None:
    with pytest.raises(UsageError, match="cannot be a tag"):
        store.find(tag)


def test_a_tag_with_a_slash_is_one_folder(store: Directory, tmp_path: Path) -> None:
    made = make_bundle(tmp_path / "made", tag="pkg/v1.0", plan=make_plan(sdist=False))
    assert Path(store.save(made).release.where).parent == store.folder
    assert store.tags() == ("pkg/v1.0",)


def test_a_store_is_chosen_by_name(tmp_path: Path) -> None:
    chosen = stores.choose("directory:out", root=tmp_path)
    assert isinstance(chosen, Directory)
    assert chosen.folder == tmp_path / "out"


def test_an_unknown_store_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean 'directory'"):
        stores.choose("directry:out", root=tmp_path)


def test_an_attached_page_is_no_part_of_the_release(store: Directory, bundle: Bundle, tmp_path: Path) -> None:
    release = store.save(bundle).release
    for page in (b"<p>first", b"<p>second"):
        store.attach(release, page)
        assert (Path(release.where) / "report.html").read_bytes() == page
        assert store.fetch(release, folder=tmp_path).keys() == bundle.paths.keys()
        assert store.save(bundle).change is Change.UNCHANGED
