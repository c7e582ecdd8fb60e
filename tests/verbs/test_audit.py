"""`wheelyard audit`: any wheels, without a config."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audit.wheelmaker import Draft
from wheelyard.audit.rules import RULES
from wheelyard.cli import main

PROJECT = """
[project]
name = "wy-sample"
version = "1.0"
[tool.wheelyard]
targets = ["linux-x86_64"]
[[tool.wheelyard.audit.ignore]]
rule = "native-missing"
reason = "nothing to compile yet"
"""
LINUX = "cp312-cp312-manylinux_2_28_x86_64"


def test_a_clean_wheel_is_exit_code_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Draft().save(tmp_path)
    assert main(["audit", str(path)]) == 0
    assert f"{path.name}: ok" in capsys.readouterr().out


def test_an_error_is_exit_code_1_with_rule_and_fix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Draft(tags=LINUX).save(tmp_path)
    assert main(["audit", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "native-missing" in said
    assert RULES["native-missing"].fix in said


def test_a_warning_is_exit_code_1_only_when_strict(tmp_path: Path) -> None:
    Draft(absent=("LICENSE",), info={"METADATA": Draft().members()["wy_sample-1.0.dist-info/METADATA"]}).save(tmp_path)
    path = Draft(files={"wy_sample/.DS_Store": b""}).save(tmp_path)
    assert main(["audit", str(path)]) == 0
    assert main(["audit", "--strict", str(path)]) == 1


@pytest.mark.parametrize("name", ["gone.whl", "empty", "folder.whl"])
def test_what_cannot_be_looked_at_is_exit_code_4(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "folder.whl").mkdir()
    assert main(["audit", str(tmp_path / name)]) == 4


def test_in_a_wheelhouse_the_wheels_of_all_jobs_are_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = {tags: tmp_path / "wheelhouse" / tags for tags in (LINUX, "py3-none-any")}
    for folder in folders.values():
        folder.mkdir(parents=True)
    paths = [Draft(tags=tags).save(folder) for tags, folder in folders.items()]
    assert main(["audit", "-C", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert all(path.name in said for path in paths)


def test_files_beside_the_wheels_are_nobodys_business(tmp_path: Path) -> None:
    Draft().save(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "job.json").write_text("{")
    assert main(["audit", str(tmp_path)]) == 0


def test_json_has_findings_by_wheel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Draft(tags=LINUX).save(tmp_path)
    main(["audit", "--json", str(path)])
    document = json.loads(capsys.readouterr().out)
    assert (document["errors"], document["warnings"]) == (1, 0)
    (wheel,) = document["wheels"]
    assert wheel["file"] == path.name
    assert [set(finding) for finding in wheel["findings"]] == [{"rule", "severity", "path", "message", "fix"}]


def test_sarif_has_a_result_for_every_finding(tmp_path: Path) -> None:
    path = Draft(tags=LINUX).save(tmp_path)
    main(["audit", "--sarif", str(tmp_path / "x.sarif"), str(path)])
    (run,) = json.loads((tmp_path / "x.sarif").read_text())["runs"]
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "native-missing"


def test_the_policy_of_the_project_counts(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    path = Draft(tags=LINUX).save(tmp_path)
    assert main(["audit", "-C", str(tmp_path), str(path)]) == 0


def test_a_pyproject_of_somebody_else_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.black]\n")
    assert main(["audit", "-C", str(tmp_path), str(Draft().save(tmp_path))]) == 0


def test_errors_are_annotations_on_github(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    main(["audit", str(Draft(tags=LINUX).save(tmp_path))])
    assert "::error title=wheelyard::" in capsys.readouterr().err


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_explains_itself(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--explain", rule]) == 0
    said = capsys.readouterr().out
    assert rule in said
    assert RULES[rule].fix in said


def test_an_unknown_rule_is_exit_code_2_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--explain", "elf-need"]) == 2
    assert "elf-needed" in capsys.readouterr().err
