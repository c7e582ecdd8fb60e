"""`wheelyard plan`, as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from support import MakeRepository
from wheelyard import cli, documents
from wheelyard.planning.plan import Plan

FILES = {
    "pyproject.toml": '[project]\nname = "spam"\nversion = "1"\nrequires-python = ">=3.13"\n'
    '[tool.wheelyard]\ntargets = ["linux-x86_64", "macos-arm64"]\n',
}


@pytest.fixture
def root(repository: MakeRepository) -> Path:
    """A repository with a fresh lock."""
    made = repository(FILES)
    assert cli.main(["lock", "-C", str(made), "-q"]) == 0
    return made


def run(root: Path, *arguments: str) -> int:
    return cli.main(["plan", "-C", str(root), *arguments])


def test_json_is_a_document_of_its_schema(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    Draft202012Validator(documents.schema(Plan)).validate(found)
    assert {"jobs", "expected", "estimate"} <= found.keys()


def test_the_table_names_every_job(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(root, "--json")
    jobs = [job["id"] for job in json.loads(capsys.readouterr().out)["jobs"]]
    assert run(root) == 0
    text = capsys.readouterr().out
    assert all(job in text for job in jobs)


def test_a_missing_lock_is_resolved_and_not_written(
    repository: MakeRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    root = repository(FILES)
    assert run(root) == 0
    assert "There is no wheelyard.lock" in capsys.readouterr().err
    assert not (root / "wheelyard.lock").exists()


def test_durations_from_a_file_change_the_estimate(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "minutes.json").write_text('{"cp313-manylinux_x86_64": 90, "cp39-win32": 1}')
    assert run(root, "--json", "--durations", str(root / "minutes.json")) == 0
    ended = capsys.readouterr()
    assert json.loads(ended.out)["estimate"]["lower_bound_minutes"] > 90
    assert "not in this plan, so not used: cp39-win32" in ended.err


def test_fewer_slots_take_longer(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    minutes = []
    for slots in ("team", "1:1"):
        assert run(root, "--json", "--concurrency", slots) == 0
        minutes.append(json.loads(capsys.readouterr().out)["estimate"]["makespan_minutes"])
    assert minutes[0] < minutes[1]


def test_no_macos_slot_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "--concurrency", "5:0") == 2
    assert "macos-arm64 needs one" in capsys.readouterr().err


def test_a_folder_of_wheels_is_compared(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "old").mkdir()
    (root / "old" / "spam-0.9-cp312-cp312-win_amd64.whl").touch()
    assert run(root, "--against", str(root / "old")) == 0
    text = capsys.readouterr().out
    assert "lost: win_amd64  cp312" in text
    assert "gained: macosx_arm64  cp313" in text


def test_a_store_without_a_release_is_nothing_to_compare_with(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "--against", "release") == 2
    assert "no wheel to compare" in capsys.readouterr().err


def test_advice_is_given_on_request(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "--advise") == 0
    assert "abi3 from cp313" in capsys.readouterr().out


def test_a_selector_in_the_environment_is_refused(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIBW_BUILD", "cp313-*")
    assert run(root) == 2
    assert "CIBW_BUILD" in capsys.readouterr().err
