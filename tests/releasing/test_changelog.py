"""The entry of a version is found under any usual heading, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wheelyard.releasing import changelog

HEADINGS = {
    "keep a changelog": "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-11-20\n\n### Added\n",
    "with a link": "## [v1.2.0](https://example.org/v1.2.0) (2026-11-20)\n",
    "setext": "Changes\n=======\n\n1.2.0 (2026-11-20)\n------------------\n",
    "overlined": "==================\nspam 1.2.0, released\n==================\n",
    "version": "Version 1.2\n~~~~~~~~~~~\n\n* all new\n",
    "release": "Release 1.2.0 (20 Nov 2026)\n\nWhat is new:\n",
    "plain": "1.2.0 - 20 November 2026\n  - all new\n",
    "GNU": "* 1.2.0 [stable]\n\n** Fixed\n",
    "AsciiDoc": "== 1.2.0\n",
    "bold bullet": "- v1.2.0: all new\n",
}


@pytest.mark.parametrize("text", HEADINGS.values(), ids=HEADINGS)
def test_a_heading_of_any_usual_form_is_found(text: str) -> None:
    found = changelog.entry(text, "1.2.0")
    assert found is not None
    assert "1.2" in text.splitlines()[found.line - 1]
    assert found.released


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("## 1.2.0.post1\n\n## 11.2.0\n\n## 1.2.01.0\n\n## 1.2.0rc1\n", id="other versions"),
        pytest.param("## 1.1\n\nSince version 1.2.0 is not out, use 1.1.\n", id="in a sentence"),
        pytest.param("", id="nothing"),
        pytest.param("## Released on 2026-11-20\n", id="a date"),
    ],
)
def test_what_is_no_heading_of_the_version_is_not_found(text: str) -> None:
    assert changelog.entry(text, "1.2.0") is None


@pytest.mark.parametrize("heading", ["## 1.2.0 (unreleased)", "## 1.2.0 - TBD", "1.2.0 (in development)"])
def test_an_entry_that_is_still_open_says_so(heading: str) -> None:
    found = changelog.entry(f"{heading}\n", "1.2.0")
    assert found is not None
    assert not found.released


def test_spelling_makes_no_difference() -> None:
    assert changelog.entry("## 2.0.0-rc.1\n", "2.0rc1") == changelog.Entry(line=1, heading="## 2.0.0-rc.1")


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(found.heading for found in changelog.headings(text))
