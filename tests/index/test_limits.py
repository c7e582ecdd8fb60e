"""What an index would refuse for its size is known before the first byte leaves."""

from __future__ import annotations

import pytest

from wheelyard.errors import FindingsError
from wheelyard.index import limits, uploads
from wheelyard.index.project import Listed, Page
from wheelyard.releasing.manifest import File, Manifest

URL = "https://index.example/legacy/"
GB = 1 << 30


def release(size: int, *, version: str = "2.0") -> Manifest:
    file = File(file=f"spam-{version}.tar.gz", sha256="a" * 64, size=size)
    return Manifest(name="spam", version=version, commit=None, source_date=0, tools={}, files=(file,))


def shown(*sizes: int | None) -> Page:
    files = (Listed(file=f"spam-1.{n}.zip", url="https://x/", size=size) for n, size in enumerate(sizes))
    return Page(files=tuple(files))


def said(size: int, page: Page | None, *, limit: int | None = None) -> list[str]:
    made = release(size)
    return list(limits.of_project(made, uploads.compare(made.files, page), URL, limit=limit))


@pytest.mark.parametrize(
    ("size", "page", "limit"),
    [
        pytest.param(10 * GB, None, None, id="a-new-project"),
        pytest.param(GB, shown(4 * GB, 5 * GB), None, id="exactly-full"),
        pytest.param(GB, shown(15 * GB), 16, id="a-raised-limit"),
    ],
)
def test_a_project_with_room_is_no_word_worth(size: int, page: Page | None, limit: int | None) -> None:
    assert said(size, page, limit=limit) == []


def test_a_project_that_may_be_full_is_told_with_both_sizes() -> None:
    (line,) = said(GB + 1, shown(4 * GB, 5 * GB))
    assert "With 1.00 GB more spam would have 10.00 GB" in line
    assert "project-limit" in line


def test_a_project_that_is_surely_full_is_refused() -> None:
    with pytest.raises(
        FindingsError, match=r"would have 17\.00 GB .* project-limit in .* is 16 GB; nothing was uploaded"
    ):
        said(2 * GB, shown(15 * GB), limit=16)


def test_files_without_a_size_are_said_to_be_unknown() -> None:
    (line,) = said(1, shown(GB, None))
    assert "does not say how large its files are" in line


def test_a_release_that_is_there_needs_no_room() -> None:
    made = release(GB)
    page = Page(files=(Listed(file="spam-2.0.tar.gz", url="https://x/", sha256="a" * 64, size=99 * GB),))
    assert list(limits.of_project(made, uploads.compare(made.files, page), URL, limit=1)) == []


def test_a_file_above_the_usual_limit_is_told() -> None:
    (line,) = limits.cautions(release(101 << 20), URL)
    assert "has 101 MiB" in line


def test_a_local_version_is_refused() -> None:
    with pytest.raises(FindingsError, match=r"this one is 2\.0\+g12"):
        list(limits.cautions(release(1, version="2.0+g12"), URL))
