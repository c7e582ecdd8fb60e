"""Patterns name exactly the identifiers they are made for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wheelyard.migration import globs
from wheelyard.targets import Identifier, selects

PYTHONS = ("cp39", "cp310", "cp313t", "pp311", "gp311_242")
TAILS = ("manylinux_x86_64", "musllinux_x86_64", "macosx_arm64", "win32", "win_amd64")
EVERY = [Identifier(f"{python}-{tail}") for python in PYTHONS for tail in TAILS]


@given(among=st.sets(st.sampled_from(EVERY), min_size=1), data=st.data())
def test_patterns_match_the_chosen_and_no_others(among: set[Identifier], data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.sampled_from(sorted(among)), min_size=1))
    patterns = " ".join(globs.naming(chosen, among=among))
    assert {each for each in among if selects(patterns, each)} == chosen


def test_whole_platforms_and_pythons_are_named_as_such() -> None:
    chosen = [each for each in EVERY if each.python == "pp311" or each.endswith("win32")]
    assert globs.naming(chosen, among=EVERY) == ("*-win32", "pp311-*")
