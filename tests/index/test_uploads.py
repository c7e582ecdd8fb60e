"""What still has to be sent is decided by bytes, and goes in an order that hurts nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wheelyard.errors import FindingsError
from wheelyard.index import uploads
from wheelyard.index.project import Listed, Metadata, Page
from wheelyard.index.uploads import Outcome, Sent
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


@pytest.mark.parametrize(
    ("page", "said"),
    [
        pytest.param(None, "", id="nothing-there"),
        pytest.param(Page(files=(shown("a.whl"), shown("b.whl"))), "", id="all-there"),
        pytest.param(Page(files=(shown("a.whl"),)), "1 of 2 files are there already.", id="no-edition"),
        pytest.param(
            Page(files=(shown("a.whl"),), serial=7),
            "1 of 2 files are there already (serial 7). Those an older page does not show yet are sent again, which"
            " changes nothing: an index takes no file twice.",
            id="an-edition",
        ),
    ],
)
def test_a_run_that_goes_on_says_so(page: Page | None, said: str) -> None:
    assert uploads.compare((file("a.whl"), file("b.whl")), page).progress == said


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


def held(listed: Listed, outcome: Outcome = Outcome.UPLOADED) -> Sent:
    page = Page(files=(listed,))
    (report,) = uploads.held([uploads.sent(file("a.whl"), outcome)], page, inside=lambda _file: "c" * 64)
    return report


def offering(sha256: str | None) -> Listed:
    return replace(shown("a.whl"), metadata=Metadata(url="https://x/", sha256=sha256))


def test_what_is_shown_as_it_was_sent_stays_as_reported() -> None:
    for listed in (shown("a.whl"), shown("a.whl", digest=None), offering(None), offering("c" * 64)):
        assert held(listed).outcome is Outcome.UPLOADED


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        pytest.param(
            shown("a.whl", digest="b"), f"with SHA-256 {'b' * 64}; what was sent has {'a' * 64}.", id="other-bytes"
        ),
        pytest.param(
            offering("d" * 64), f"with METADATA of SHA-256 {'d' * 64}; that in it has {'c' * 64}.", id="other-metadata"
        ),
    ],
)
@pytest.mark.parametrize("outcome", [Outcome.UPLOADED, Outcome.THERE])
def test_what_is_shown_as_something_else_is_told_with_both_hashes(listed: Listed, words: str, outcome: Outcome) -> None:
    report = held(listed, outcome)
    assert (report.outcome, report.words) == (Outcome.ALTERED, f"It is shown {words}")
    with pytest.raises(FindingsError, match="are not on the index as they are here"):
        uploads.refuse([report], "the index")


def test_what_never_arrived_is_not_held_to_what_is_shown() -> None:
    assert held(shown("a.whl", digest="b"), Outcome.FAILED).outcome is Outcome.FAILED
