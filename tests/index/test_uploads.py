"""What still has to be sent is decided by bytes, and goes in an order that hurts nobody."""

from __future__ import annotations

import pytest

from wheelyard.errors import FindingsError
from wheelyard.index import uploads
from wheelyard.index.project import Listed, Page
from wheelyard.index.uploads import Outcome
from wheelyard.releasing.manifest import File


def file(name: str, *, digest: str = "a", size: int = 1) -> File:
    return File(file=name, sha256=digest * 64, size=size)


def shown(name: str, *, digest: str | None = "a", yanked: bool = False) -> Listed:
    return Listed(file=name, url=f"https://x/{name}", sha256=digest and digest * 64, yanked=yanked)


def test_nothing_is_there_when_the_index_has_no_such_project() -> None:
    made = (file("a.whl"), file("b.whl"))
    assert uploads.compare(made, None).missing == made


def test_identical_bytes_are_there_and_the_rest_is_missing() -> None:
    compared = uploads.compare((file("a.whl"), file("b.whl")), Page(files=(shown("a.whl"), shown("other.whl"))))
    assert [each.file for each in compared.there] == ["a.whl"]
    assert [each.file for each in compared.missing] == ["b.whl"]


def test_other_bytes_are_refused_with_both_digests() -> None:
    compared = uploads.compare((file("a.whl"),), Page(files=(shown("a.whl", digest="b"),)))
    with pytest.raises(FindingsError) as caught:
        compared.refuse_clashes("the index")
    assert "b" * 64 in str(caught.value)
    assert "a" * 64 in str(caught.value)
    assert "raise the version" in str(caught.value)


def test_a_digest_the_page_does_not_say_is_looked_up() -> None:
    page = Page(files=(shown("a.whl", digest=None),))
    assert uploads.compare((file("a.whl"),), page, digests={"a.whl": "a" * 64}).there
    assert uploads.compare((file("a.whl"),), page).clashes


def test_yanked_files_are_told() -> None:
    assert uploads.compare((file("a.whl"),), Page(files=(shown("a.whl", yanked=True),))).yanked == ("a.whl",)


def test_one_small_wheel_goes_first_alone_and_the_sdist_last() -> None:
    made = (file("s.tar.gz", size=1), file("a.whl", size=3), file("b.whl", size=1), file("c.whl", size=9))
    names = [[each.file for each in batch] for batch in uploads.batches(made)]
    assert names == [["b.whl"], ["c.whl", "a.whl"], ["s.tar.gz"]]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param((), (), id="nothing"),
        pytest.param(("s.tar.gz",), (("s.tar.gz",),), id="only-an-sdist"),
        pytest.param(("a.whl",), (("a.whl",),), id="only-a-wheel"),
    ],
)
def test_empty_batches_are_none(names: tuple[str, ...], expected: tuple[tuple[str, ...], ...]) -> None:
    batches = uploads.batches(file(name) for name in names)
    assert tuple(tuple(each.file for each in batch) for batch in batches) == expected


def test_an_uploaded_file_that_is_not_shown_is_invisible() -> None:
    reports = [uploads.sent(file(name), Outcome.UPLOADED) for name in ("a.whl", "b.whl")]
    assert uploads.invisible(reports, Page(files=(shown("a.whl"),))) == ("b.whl",)
    assert uploads.invisible(reports, None) == ("a.whl", "b.whl")


def test_an_index_that_shows_other_bytes_than_were_sent_is_caught() -> None:
    reports = [uploads.sent(file("a.whl"), Outcome.UPLOADED)]
    with pytest.raises(FindingsError, match="Somebody else"):
        uploads.invisible(reports, Page(files=(shown("a.whl", digest="b"),)))
