"""A plan as text: everything is in it, at every width, in colour or not."""

from __future__ import annotations

import re

import pytest

from planning import REVISION, configured, locked
from wheelyard.planning import advice, overview, planner
from wheelyard.planning.overview import Style
from wheelyard.planning.plan import Plan

TARGETS = 'targets = ["linux-x86_64", "linux-aarch64", "macos-arm64", "ios-arm64_iphonesimulator"]\n'
IDENTIFIERS = (
    *("cp311-manylinux_x86_64", "cp311-musllinux_x86_64", "cp314t-manylinux_aarch64"),
    *("cp311-macosx_arm64", "pp311-macosx_arm64", "cp313-ios_arm64_iphonesimulator"),
)


def planned(table: str = "", *identifiers: str) -> Plan:
    read = configured(TARGETS + table)
    return planner.make(read, locked(read, *(identifiers or IDENTIFIERS)), REVISION)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_of_grids_and_jobs_is_wider_than_the_terminal(width: int) -> None:
    lines = overview.text(planned(), Style(width=width)).split("About")[0].splitlines()
    assert max(map(len, lines)) <= width


def test_colour_changes_nothing_but_colour() -> None:
    plain = overview.text(planned(), Style(colour=False))
    assert re.sub(r"\033\[\d+m", "", overview.text(planned(), Style(colour=True))) == plain


def test_a_terminal_without_unicode_gets_ascii() -> None:
    assert overview.text(planned(), Style(unicode=False)).isascii()


def test_a_grid_shows_which_libc_has_a_wheel() -> None:
    lines = overview.text(planned(), Style()).splitlines()
    row = next(line.split() for line in lines if line.startswith("  cp311"))
    assert row == ["cp311", "··", "●●"]


def test_an_abi3_wheel_is_told_from_what_it_answers() -> None:
    text = overview.text(planned('abi = "cp311-abi3"', "cp311-macosx_arm64", "cp312-macosx_arm64"), Style())
    assert "cp311 ●" in text
    assert "cp312 ○" in text
    assert "answered by the wheel of an older Python" in text


def test_the_headline_counts() -> None:
    assert overview.headline(planned()).startswith("Spam.Eggs 1.0 at c0ffee0: 6 wheels in 6 jobs, an sdist")


def test_advice_compares_whole_plans() -> None:
    read = configured(TARGETS, top='[build-system]\nrequires = ["pybind11>=2", "setuptools"]')
    lock = locked(read, *IDENTIFIERS, "cp312-manylinux_x86_64", "cp313-manylinux_x86_64")
    plan = planner.make(read, lock, REVISION)
    found = advice.of(read, lock, plan)
    text = overview.advice(found, plan)
    assert re.search(r"abi3 from cp311: 8 wheels, \d+ jobs, \d+ min -> 6 wheels, \d+ jobs, \d+ min", text)
    assert "pybind11 does not offer the limited API" in text
    assert "2 wheels stay as they are" in text
    assert "without musllinux: 8 wheels" in text
    assert "PyPy" in text
