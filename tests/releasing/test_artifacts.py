"""Of several attempts of a job the newest complete one counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from wheelyard import documents
from wheelyard.errors import IncompleteError
from wheelyard.releasing import artifacts
from wheelyard.releasing.manifest import JobReport, Result, State


def made(folder: Path, name: str, *, state: State = State.BUILT, there: bool = True) -> None:
    """What a job uploaded."""
    path = folder / name
    path.mkdir(parents=True)
    result = Result(identifier=None, state=state, file="a.whl" if state is State.BUILT else None)
    report = JobReport(
        job="x", target=None, runner=(), key="", engine="host", tools={}, commit=None, source_date=0, results=(result,)
    )
    (path / "job.json").write_bytes(documents.dump(report))
    if there:
        (path / "a.whl").touch()


def chosen(folder: Path) -> list[str]:
    return [path.name for path in artifacts.newest(folder)]


def test_the_newest_attempt_of_each_job_counts(tmp_path: Path) -> None:
    for name in ("made-linux-x86_64-1", "made-linux-x86_64-2", "made-linux-x86_64-10", "made-sdist-1"):
        made(tmp_path, name)
    assert chosen(tmp_path) == ["made-linux-x86_64-10", "made-sdist-1"]


def test_names_that_end_in_numbers_are_not_mixed_up(tmp_path: Path) -> None:
    for name in ("made-windows-AMD64-1-1", "made-windows-AMD64-2-1", "made-windows-AMD64-1"):
        made(tmp_path, name)
    assert chosen(tmp_path) == ["made-windows-AMD64-1", "made-windows-AMD64-1-1", "made-windows-AMD64-2-1"]


@pytest.mark.parametrize(("state", "there"), [(State.FAILED, True), (State.REFUSED, True), (State.BUILT, False)])
def test_an_incomplete_attempt_does_not_hide_a_complete_one(tmp_path: Path, state: State, there: bool) -> None:  # noqa: FBT001  # rows of a table
    made(tmp_path, "made-a-1")
    made(tmp_path, "made-a-2", state=state, there=there)
    assert chosen(tmp_path) == ["made-a-1"]


def test_an_empty_upload_counts_for_nothing(tmp_path: Path) -> None:
    made(tmp_path, "made-a-1")
    (tmp_path / "made-a-2").mkdir()
    assert chosen(tmp_path) == ["made-a-1"]


def test_the_plan_is_complete_when_it_is_there(tmp_path: Path) -> None:
    for number in "12":
        (tmp_path / f"made-plan-{number}").mkdir()
        (tmp_path / f"made-plan-{number}" / "plan.json").touch()
    assert chosen(tmp_path) == ["made-plan-2"]


def test_no_artifacts_are_never_an_empty_release(tmp_path: Path) -> None:
    with pytest.raises(IncompleteError, match="There are no artifacts"):
        artifacts.newest(tmp_path)


def test_what_a_crossing_built_is_not_what_its_jobs_made(tmp_path: Path) -> None:
    made(tmp_path, "made-a-1")
    for number in (1, 2):
        made(tmp_path / f"crossed-cross-1-{number}", "b")
    assert chosen(tmp_path) == ["made-a-1"]
    assert artifacts.crossed(tmp_path, "b") == tmp_path / "crossed-cross-1-2" / "b"
    with pytest.raises(IncompleteError, match=r"No artifact in .* has the job c"):
        artifacts.crossed(tmp_path, "c")


def test_a_failed_attempt_counts_only_when_asked_for_and_never_before_a_complete_one(tmp_path: Path) -> None:
    for name, state in (("made-a-1", State.BUILT), ("failed-a-2", State.FAILED), ("failed-b-1", State.FAILED)):
        made(tmp_path, name, state=state)
    assert chosen(tmp_path) == ["made-a-1"]
    assert [path.name for path in artifacts.newest(tmp_path, failed=True)] == ["failed-b-1", "made-a-1"]
