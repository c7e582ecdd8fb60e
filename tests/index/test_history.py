"""A platform that the version before had is not lost without a word."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from wheelyard.index import history
from wheelyard.index.history import Loss
from wheelyard.index.project import Listed, Page
from wheelyard.releasing.manifest import File, Manifest

LINUX, MAC, WIN32 = "manylinux_2_17_x86_64.manylinux2014_x86_64", "macosx_11_0_arm64", "win32"


def release(*platforms: str, version: str = "2.0") -> Manifest:
    files = (File(file=f"spam-{version}-cp312-cp312-{platform}.whl", sha256="a" * 64, size=1) for platform in platforms)
    return Manifest(name="spam", version=version, commit=None, source_date=0, tools={}, files=tuple(files))


def shown(*names: str, yanked: bool = False) -> Page:
    return Page(files=tuple(Listed(file=name, url=f"https://x/{name}", yanked=yanked) for name in names))


def lost(made: Manifest, page: Page | None, *, drop: Iterable[str] = ()) -> Loss | None:
    return history.lost(made, history.forerunner(made, page), drop=drop)


def wheels(version: str, *platforms: str) -> tuple[str, ...]:
    return tuple(f"spam-{version}-cp311-cp311-{platform}.whl" for platform in platforms)


def test_a_lost_platform_is_named_with_the_version_that_had_it() -> None:
    loss = lost(release(LINUX), shown(*wheels("1.0", LINUX, MAC, WIN32)))
    assert loss is not None
    said = str(loss.error(release(LINUX), "the index"))
    assert "no wheel for macosx_arm64, win32, and 1.0 on the index has" in said
    assert 'drop = ["*-macosx_arm64", "*-win32"]' in said


def test_what_is_dropped_on_purpose_is_not_lost() -> None:
    page = shown(*wheels("1.0", LINUX, WIN32))
    assert lost(release(LINUX), page, drop=["*-win32"]) is None
    assert lost(release(LINUX), page, drop=["cp39-*"]) is not None


def test_another_version_of_the_system_is_the_same_platform() -> None:
    assert lost(release("manylinux_2_28_x86_64"), shown(*wheels("1.0", "manylinux1_x86_64"))) is None


def test_a_universal_wheel_is_for_both_architectures() -> None:
    both = ("macosx_10_13_x86_64", "macosx_11_0_arm64")
    assert lost(release(*both), shown(*wheels("1.0", "macosx_10_9_universal2"))) is None
    assert lost(release("macosx_11_0_universal2"), shown(*wheels("1.0", *both))) is None


def test_a_pure_wheel_serves_everybody() -> None:
    assert lost(release("any"), shown(*wheels("1.0", LINUX, MAC))) is None


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(None, id="new-project"),
        pytest.param(shown("spam-1.0.tar.gz"), id="only-an-sdist"),
        pytest.param(shown(*wheels("3.0", MAC)), id="a-newer-version"),
        pytest.param(shown(*wheels("2.0", MAC)), id="this-version"),
        pytest.param(shown(*wheels("1.0rc1", MAC)), id="a-pre-release"),
        pytest.param(shown(*wheels("1.0", MAC), yanked=True), id="yanked"),
        pytest.param(shown("eggs-1.0-cp311-cp311-win32.whl", "odd.whl"), id="other-names"),
    ],
)
def test_what_is_no_version_before_is_not_compared(page: Page | None) -> None:
    assert lost(release(LINUX), page) is None


def test_the_newest_of_the_versions_before_counts() -> None:
    page = shown(*wheels("1.0", LINUX, MAC), *wheels("1.1", LINUX))
    assert lost(release(LINUX), page) is None


def test_a_pre_release_is_compared_with_the_one_before() -> None:
    assert lost(release(LINUX, version="2.0rc2"), shown(*wheels("2.0rc1", MAC))) is not None
