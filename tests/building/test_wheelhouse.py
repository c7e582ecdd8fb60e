"""A wheelhouse remembers what was built, and trusts only what is still there."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from wheelyard import documents
from wheelyard.building import wheelhouse
from wheelyard.building.wheelhouse import JobFolder, Ledger
from wheelyard.doors import files
from wheelyard.errors import UsageError
from wheelyard.releasing.manifest import JobReport, Result, State
from wheelyard.targets import Identifier, Target

CP312 = Identifier("cp312-manylinux_x86_64")
CP313 = Identifier("cp313-manylinux_x86_64")


def report(key: str = "k") -> JobReport:
    return JobReport(
        job="linux-x86_64",
        target=Target.LINUX_X86_64,
        runner=("ubuntu-24.04",),
        key=key,
        engine="host",
        tools={},
        commit="c",
        source_date=0,
    )


def built(identifier: Identifier, wheel: Path) -> Result:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return Result(identifier=identifier, state=State.BUILT, file=wheel.name, sha256=digest, size=wheel.stat().st_size)


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "spam-1-cp312-cp312-manylinux_2_17_x86_64.whl"
    path.write_bytes(b"bytes of a wheel")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    return JobFolder(path=tmp_path / "house" / "linux-x86_64")


def test_a_second_run_knows_what_the_first_one_built(folder: JobFolder, wheel: Path) -> None:
    Ledger(folder, fresh=report()).add([built(CP312, wheel)], wheel=wheel)
    again = Ledger(folder, fresh=report())
    assert again.done([CP312])
    assert not again.done([CP312, CP313])


def test_another_source_starts_anew_and_takes_the_old_wheel_away(folder: JobFolder, wheel: Path) -> None:
    Ledger(folder, fresh=report("old")).add([built(CP312, wheel)], wheel=wheel)
    again = Ledger(folder, fresh=report("new"))
    assert not again.done([CP312])
    assert not (folder.path / wheel.name).exists()


def test_a_wheel_that_changed_does_not_count(folder: JobFolder, wheel: Path) -> None:
    Ledger(folder, fresh=report()).add([built(CP312, wheel)], wheel=wheel)
    (folder.path / wheel.name).write_bytes(b"tampered")
    assert not Ledger(folder, fresh=report()).done([CP312])


def test_a_kill_before_the_wheel_is_in_place_builds_it_again(folder: JobFolder, wheel: Path) -> None:
    Ledger(folder, fresh=report()).add([built(CP312, wheel)])
    (folder.path / f".{wheel.name}.partial").write_bytes(b"half")
    assert not Ledger(folder, fresh=report()).done([CP312])
    assert not list(folder.path.glob(".*.partial"))


def test_a_failure_is_tried_again(folder: JobFolder) -> None:
    Ledger(folder, fresh=report()).add([Result(identifier=CP312, state=State.FAILED, message="no compiler")])
    assert not Ledger(folder, fresh=report()).done([CP312])


def test_a_wheel_of_another_name_takes_the_place_of_the_old_one(folder: JobFolder, wheel: Path) -> None:
    ledger = Ledger(folder, fresh=report())
    ledger.add([built(CP312, wheel)], wheel=wheel)
    renamed = wheel.rename(wheel.with_name("spam-1-cp312-cp312-manylinux_2_28_x86_64.whl"))
    ledger.add([built(CP312, renamed)], wheel=renamed)
    assert [path.name for path in folder.path.glob("*.whl")] == [renamed.name]
    assert Ledger(folder, fresh=report()).done([CP312])


def test_a_report_that_points_outside_touches_nothing_there(folder: JobFolder, wheel: Path) -> None:
    hostile = msgspec.structs.replace(built(CP312, wheel), file=f"../../{wheel.name}")
    files.write(folder.path / "job.json", documents.dump(msgspec.structs.replace(report(), results=(hostile,))))
    assert not Ledger(folder, fresh=report()).done([CP312])
    assert wheel.exists()


def test_foreign_wheels_are_named_not_removed(folder: JobFolder, wheel: Path) -> None:
    folder.path.mkdir(parents=True)
    (folder.path / wheel.name).write_bytes(b"from somewhere else")
    with pytest.raises(UsageError, match=f"{wheel.name}. Move them away"):
        Ledger(folder, fresh=report())
    assert (folder.path / wheel.name).exists()


def test_git_looks_away_from_a_wheelhouse(tmp_path: Path) -> None:
    assert (files.unversioned(tmp_path / "wheelhouse") / ".gitignore").read_text() == "*\n"


def test_keys_tell_facts_apart() -> None:
    assert wheelhouse.key("a", "b") == wheelhouse.key("a", "b")
    assert wheelhouse.key("a", "b") != wheelhouse.key("ab", "")
