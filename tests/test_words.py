"""Numbers read as people say them."""

from __future__ import annotations

import pytest

from wheelyard import words


@pytest.mark.parametrize(
    ("minutes", "text"), [(0.2, "1 min"), (1.4, "1 min"), (55.2, "55 min"), (119.7, "2 h 00 min"), (600, "10 h 00 min")]
)
def test_minutes_read_as_people_say_them(minutes: float, text: str) -> None:
    assert words.duration(minutes) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (999, "999 B"), (18_300, "18.3 kB"), (2_400_000, "2.4 MB")])
def test_bytes_read_as_people_say_them(count: int, text: str) -> None:
    assert words.size(count) == text


@pytest.mark.parametrize(("minutes", "text"), [(0.001, "1 s"), (0.45, "27 s"), (1.2, "1 min"), (119.7, "2 h 00 min")])
def test_what_was_measured_may_be_told_in_seconds(minutes: float, text: str) -> None:
    assert words.spent(minutes) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(" two\n  words ", "two words", id="spaces"),
        pytest.param("a\n::warning::b\x1b[2J\u202e", "a ::warning::b [2J", id="commands"),
        pytest.param("x" * 1000, "x" * 500, id="much"),
    ],
)
def test_what_others_say_is_one_line(text: str, said: str) -> None:
    assert words.line(text) == said
