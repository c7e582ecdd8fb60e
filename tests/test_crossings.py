"""The workflow of a plan that cross-builds: who needs whom, and what each row sets up."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from planning import REVISION, configured, locked
from wheelyard.errors import UsageError
from wheelyard.locking import pins
from wheelyard.planning import planner
from wheelyard.render import workflow

NATIVE = ("cp312-manylinux_x86_64",)
CROSSED = ("cp312-manylinux_i686", "cp312-win_amd64", "cp313t-win_amd64")
TABLE = """\
targets = ["linux-x86_64", "linux-i686", "windows-AMD64"]
cross = ["linux-i686", "windows-AMD64"]
runners = { linux-i686 = ["self-hosted", "i686"] }
"""


def jobs(more: str = "", *identifiers: str, table: str = TABLE) -> dict[str, Any]:
    read = configured(table + more)
    lock = locked(read, *(identifiers or (*NATIVE, *CROSSED)))
    made = workflow.make(read, planner.make(read, lock, REVISION), pins.effective(lock))
    found: dict[str, Any] = yaml.safe_load(made.text)["jobs"]
    return found


def rows(job: Any) -> dict[str, Any]:
    return {row["job"]: row for row in job["strategy"]["matrix"]["include"]}


def test_what_is_crossed_is_built_tested_and_collected_in_this_order() -> None:
    found = jobs()
    assert set(rows(found["build"])) == {"linux-x86_64"}
    assert {row["crossing"] for row in rows(found["test"]).values()} == set(rows(found["cross"]))
    assert "cross" in found["test"]["needs"]
    assert "needs.cross.result == 'success'" in found["test"]["if"]
    for job in ("collect", "report"):
        assert {"build", "cross", "test"} <= set(found[job]["needs"])
    assert "needs.test.result == 'success'" in found["collect"]["if"]


def test_what_a_crossing_uploads_is_never_taken_for_what_was_tested() -> None:
    found = jobs()
    (kept,) = [step["with"]["name"] for step in found["cross"]["steps"] if step["name"] == "Keep what is to be tested"]
    patterns = [step["with"]["pattern"] for step in found["collect"]["steps"] if "pattern" in step.get("with", {})]
    assert kept.startswith("crossed-")
    assert patterns == ["made-*"]


def test_a_row_sets_up_the_pythons_of_its_wheels_and_leaves_wheelyards_own_alone() -> None:
    found = jobs()
    tests = rows(found["test"])
    assert sorted(row["pythons"] for row in tests.values()) == ["3.12", "3.12", "3.13t"]
    for job in ("cross", "test"):
        (step,) = [each for each in found[job]["steps"] if each["name"] == "Set up the Pythons of the wheels"]
        assert step["with"] == {"python-version": "${{ matrix.pythons }}", "update-environment": False}


def test_a_machine_of_the_users_own_brings_its_pythons() -> None:
    found = jobs()
    tests = rows(found["test"])
    assert {name: row["python"] for name, row in tests.items()}["linux-i686"] is False
    (step,) = [each for each in found["test"]["steps"] if each["name"] == "Set up the Pythons of the wheels"]
    assert step["if"] == "${{ matrix.python }}"


def test_steps_for_all_targets_surround_the_crossing_and_not_the_tests() -> None:
    found = jobs('[[tool.wheelyard.steps]]\nwhen = "before"\nname = "Mine"\nrun = "make"\n')
    holding = [name for name in ("build", "cross", "test") if any(s["name"] == "Mine" for s in found[name]["steps"])]
    assert holding == ["build", "cross"]


def test_where_all_is_crossed_there_is_no_other_build() -> None:
    table = 'targets = ["windows-AMD64"]\ncross = ["windows-AMD64"]\n'
    found = jobs("", "cp312-win_amd64", table=table)
    assert "build" not in found
    assert {"sdist", "cross", "test"} <= set(found["collect"]["needs"])


def test_more_tests_than_a_matrix_holds_become_several() -> None:
    table = 'targets = ["windows-AMD64"]\ncross = ["windows-AMD64"]\nsplit = "identifier"\n'
    found = jobs("", *(f"cp3{minor}-win_amd64" for minor in range(100, 400)), table=table)
    assert {"test", "test-2"} <= set(found["collect"]["needs"])
    assert [len(rows(found[name])) for name in ("test", "test-2")] == [256, 44]


def test_a_subset_of_what_is_crossed_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="selects cp312-win_amd64, which another runner cross-builds"):
        jobs('[tool.wheelyard.on]\npull-request = { subset = "cp312-win*" }\n')
    assert "subset" in jobs('[tool.wheelyard.on]\npull-request = { subset = "cp312-manylinux_x86_64" }\n')
