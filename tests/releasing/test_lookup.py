"""The release that is meant is found, and where several could be, none is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from releases import make_bundle, make_plan
from support import MakeRepository
from wheelyard import stores
from wheelyard.errors import FindingsError, IncompleteError, UsageError
from wheelyard.releasing import lookup
from wheelyard.stores import Release, Store
from wheelyard.workspace import Workspace, enter

TABLE = """\
[project]
name = "wy_sample"
dynamic = ["version"]
[tool.wheelyard]
targets = ["linux-x86_64"]
"""


@pytest.fixture
def workspace(repository: MakeRepository) -> Workspace:
    return enter(repository({"pyproject.toml": TABLE}))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return stores.choose("directory:store", root=tmp_path)


def save(store: Store, folder: Path, *tags: str) -> None:
    for tag in tags:
        version = f"{tag.removeprefix('v')}.0"
        store.save(make_bundle(folder / tag, tag=tag, plan=make_plan(sdist=False, version=version)))


def meant(store: Store, workspace: Workspace, tag: str | None = None) -> Release:
    return lookup.release(store, workspace, tag=tag, version=None)


def test_the_only_release_that_is_not_published_is_meant(store: Store, workspace: Workspace, tmp_path: Path) -> None:
    save(store, tmp_path, "v1", "v2")
    store.finish(meant(store, workspace, "v1"), latest=False)
    assert meant(store, workspace).tag == "v2"


def test_it_is_still_meant_after_an_interruption(store: Store, workspace: Workspace, tmp_path: Path) -> None:
    save(store, tmp_path, "v1")
    store.freeze(meant(store, workspace, "v1"), index="anywhere")
    assert meant(store, workspace).tag == "v1"


def test_of_several_none_is_guessed(store: Store, workspace: Workspace, tmp_path: Path) -> None:
    save(store, tmp_path, "v1", "v2")
    with pytest.raises(UsageError, match="--tag v1 or v2"):
        meant(store, workspace)


def test_a_tag_is_taken_at_its_word(store: Store, workspace: Workspace, tmp_path: Path) -> None:
    save(store, tmp_path, "v1", "v2")
    assert meant(store, workspace, "v1").tag == "v1"
    with pytest.raises(IncompleteError, match=r"no release v3\. There are v1, v2"):
        meant(store, workspace, "v3")


def test_a_release_in_the_place_of_another_is_never_taken_for_it(
    store: Store, workspace: Workspace, tmp_path: Path
) -> None:
    save(store, tmp_path, "v1")
    (tmp_path / "store" / "v1").rename(tmp_path / "store" / "v2")
    with pytest.raises(FindingsError, match=r"is of version 1\.0, whose tag would be v1\.0"):
        meant(store, workspace, "v2")


def test_a_release_of_another_project_is_not_this_ones(
    store: Store, repository: MakeRepository, tmp_path: Path
) -> None:
    save(store, tmp_path, "v1")
    other = enter(repository({"pyproject.toml": TABLE.replace("wy_sample", "eggs")}, name="other"))
    with pytest.raises(FindingsError, match="is of wy_sample, and this project is eggs"):
        meant(store, other, "v1")


def test_an_empty_store_says_what_to_run(store: Store, workspace: Workspace) -> None:
    with pytest.raises(IncompleteError, match="wheelyard collect"):
        meant(store, workspace)
