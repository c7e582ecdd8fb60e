"""Of the versions on an index the newest stay, and no other one is touched."""

from __future__ import annotations

import pytest

from fakeindex import fake_index
from wheelyard.errors import UsageError
from wheelyard.index import account, retention
from wheelyard.index.project import Listed, Page


def shown(*files: str) -> Page:
    return Page(files=tuple(Listed(file=file, url=f"https://x/{file}") for file in files))


PAGE = shown(
    "spam-1.0.dev9.tar.gz",
    "spam-1.0.dev9-py3-none-any.whl",
    "spam-1.0.dev10-py3-none-any.whl",
    "spam-1.0.dev11-py3-none-any.whl",
    "spam_eggs-0.1.tar.gz",
    "readme.txt",
)


def stale(page: Page | None, *, keep: int, newest: str = "1.0.dev11") -> list[str]:
    return [str(version) for version in retention.stale(page, project="spam", keep=keep, newest=newest)]


def test_versions_are_ordered_as_versions_and_the_oldest_go() -> None:
    assert stale(PAGE, keep=1) == ["1.0.dev9", "1.0.dev10"]
    assert stale(PAGE, keep=2) == ["1.0.dev9"]


def test_the_version_that_is_being_published_counts_before_it_shows() -> None:
    assert stale(PAGE, keep=2, newest="1.0.dev12") == ["1.0.dev9", "1.0.dev10"]


def test_the_version_that_is_being_published_stays_even_if_older_ones_are_newer() -> None:
    assert stale(PAGE, keep=1, newest="0.9") == ["1.0.dev9", "1.0.dev10"]


@pytest.mark.parametrize("page", [pytest.param(None, id="new-project"), pytest.param(Page(), id="empty")])
def test_where_nothing_is_nothing_goes(page: Page | None) -> None:
    assert stale(page, keep=1) == []


def test_an_index_where_deleting_is_unknown_is_told_before_anything() -> None:
    with fake_index() as index, pytest.raises(UsageError, match="no devpi index"):
        retention.keeper(account.resolve(index.upload, login=("ada", "any")))
    assert index.order == []
