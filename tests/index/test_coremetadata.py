"""What a wheel says of itself is read, and what it no longer allows is told."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from releases import IDENTIFIERS, make_wheel
from wheelyard.index import coremetadata


def says(python: str | None = None, *extras: str) -> bytes:
    lines = ["Metadata-Version: 2.4", "Name: spam", "Version: 1", *(f"Provides-Extra: {extra}" for extra in extras)]
    return "\n".join((*lines, *([f"Requires-Python: {python}"] if python is not None else []), "", "Text")).encode()


def narrowed(before: bytes, now: bytes) -> list[str]:
    return list(coremetadata.narrowed(before, now, version="1.0"))


@pytest.mark.parametrize(
    ("before", "now", "lost"),
    [
        pytest.param(">=3.8", ">=3.10", "Python 3.8, 3.9 people stay with 1.0", id="older-ones"),
        pytest.param(None, ">=3.8", "Python 3.6, 3.7 people", id="where-all-were-allowed"),
        pytest.param(">=3.9", ">=3.9,<3.14", "Python 3.14, 3.15, 3.16, 3.17 and 12 more people", id="newer-ones"),
        pytest.param(">=3.9", ">=3.9,!=3.11.*", "Python 3.11 people", id="one-in-the-middle"),
    ],
)
def test_a_python_that_is_left_behind_is_told(before: str | None, now: str, lost: str) -> None:
    (line,) = narrowed(says(before), says(now))
    assert lost in line
    assert repr(now) in line


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param(">=3.9", ">=3.9", id="the-same"),
        pytest.param(">=3.9", ">=3.9.1", id="within-a-line"),
        pytest.param(">=3.9", None, id="more"),
        pytest.param(">=3.9", ">=banana", id="no-specifier"),
    ],
)
def test_what_allows_as_much_is_no_word_worth(before: str | None, now: str | None) -> None:
    assert narrowed(says(before), says(now)) == []


def test_an_extra_that_is_gone_is_told_whatever_its_spelling() -> None:
    (line,) = narrowed(says(None, "Fast_IO", "test"), says(None, "fast-io"))
    assert "Extras that 1.0 had are gone: test." in line


def test_an_extra_commands_no_terminal() -> None:
    (line,) = narrowed(says(None, "fast\x1b[31m"), says())
    assert "gone: fast [31m." in line


def test_bytes_that_are_no_metadata_say_nothing() -> None:
    assert narrowed(b"\xff\x00<html>", says(">=3.8", "fast")) == narrowed(b"", says(">=3.8", "fast"))


def test_only_the_metadata_of_a_readable_wheel_is_read(tmp_path: Path) -> None:
    assert b"Name: wy_sample" in (coremetadata.inside(make_wheel(tmp_path, IDENTIFIERS[0])) or b"")
    broken, huge = tmp_path / "broken.whl", tmp_path / "huge.whl"
    broken.write_bytes(b"PK")
    with zipfile.ZipFile(huge, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("spam-1.dist-info/METADATA", bytes(coremetadata.MOST_BYTES + 1))
    assert [coremetadata.inside(path) for path in (broken, huge)] == [None, None]
