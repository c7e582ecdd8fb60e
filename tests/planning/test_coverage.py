"""What installers found a wheel for before, and what they will."""

from __future__ import annotations

import pytest

from planning import REVISION, configured, locked
from wheelyard.errors import UsageError
from wheelyard.planning import coverage, planner
from wheelyard.planning.plan import Plan

TWO = ("cp311-manylinux_x86_64", "cp312-manylinux_x86_64")


def planned(table: str = "", *identifiers: str) -> Plan:
    read = configured(f'targets = ["linux-x86_64"]\n{table}')
    return planner.make(read, locked(read, *(identifiers or TWO)), REVISION)


def test_the_same_wheels_lose_and_gain_nothing() -> None:
    files = [f"spam_eggs-0.9-{python}-{python}-manylinux_2_17_x86_64.whl" for python in ("cp311", "cp312")]
    found = coverage.compare(planned(), [*files, "spam_eggs-0.9.tar.gz"])
    assert (found.lost, found.gained) == ((), ())


def test_a_platform_left_out_is_lost() -> None:
    found = coverage.compare(planned(), ["spam_eggs-0.9-cp312-cp312-win_arm64.whl"])
    assert found.lost == ("cp312-win_arm64",)
    assert found.gained == TWO


def test_an_older_abi3_wheel_covers_what_is_planned() -> None:
    found = coverage.compare(planned(), ["spam_eggs-0.9-cp39-abi3-manylinux_2_17_x86_64.whl"])
    assert found.lost == ("cp39-manylinux_x86_64",)
    assert found.gained == ()


def test_a_planned_abi3_wheel_covers_newer_pythons() -> None:
    file = "spam_eggs-0.9-cp313-cp313-manylinux_2_17_x86_64.whl"
    assert coverage.compare(planned('abi = "cp311-abi3"'), [file]).lost == ()
    assert coverage.compare(planned(), [file]).lost == ("cp313-manylinux_x86_64",)


@pytest.mark.parametrize("files", [[], ["spam_eggs-0.9.tar.gz"], ["not a wheel.whl"]])
def test_nothing_to_compare_with_is_not_the_same_coverage(files: list[str]) -> None:
    with pytest.raises(UsageError, match="no wheel to compare"):
        coverage.compare(planned(), files)
