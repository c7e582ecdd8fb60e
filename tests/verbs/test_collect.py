"""`wheelyard collect` makes a release of a fulfilled plan, and of nothing else."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import killing
from releases import (
    IDENTIFIERS,
    built,
    make_plan,
    make_project,
    make_report,
    make_wheel,
    make_wheelhouse,
    tree,
    wheel_name,
    write_job,
)
from support import MakeRepository
from wheelyard import cli, documents
from wheelyard.doors import files
from wheelyard.errors import Exit
from wheelyard.releasing import manifest
from wheelyard.stores.directory import Directory


@pytest.fixture
def project(repository: MakeRepository) -> Path:
    root = make_project(repository)
    make_wheelhouse(root / "wheelhouse")
    return root


def collect(project: Path, *more: str) -> int:
    return cli.main(["collect", "-C", str(project), "-q", *more])


def test_a_complete_wheelhouse_becomes_a_release(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert collect(project) == Exit.DONE
    names = {path.name for path in (project / "store" / "v1.0").iterdir()}
    wheels = {wheel_name(identifier) for identifier in IDENTIFIERS}
    assert names == {*wheels, "wy_sample-1.0.tar.gz", "manifest.json", "SHA256SUMS"}
    shown = capsys.readouterr().out
    assert all(wheel in shown for wheel in wheels)


def test_json_is_the_manifest(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert collect(project, "--json") == Exit.DONE
    printed = manifest.load(capsys.readouterr().out.encode())
    assert documents.dump(printed) == (project / "store" / "v1.0" / "manifest.json").read_bytes()


def test_collecting_twice_gives_the_same_release(project: Path) -> None:
    collect(project)
    before = tree(project / "store")
    assert collect(project) == Exit.DONE
    assert tree(project / "store") == before


def test_a_dry_run_checks_and_writes_nothing(project: Path) -> None:
    assert collect(project, "--dry-run") == Exit.DONE
    assert not (project / "store").exists()


def test_an_incomplete_wheelhouse_is_refused_and_nothing_is_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "wheelhouse" / "linux-x86_64" / wheel_name(IDENTIFIERS[1])).unlink()
    assert collect(project) == Exit.INCOMPLETE
    assert IDENTIFIERS[1] in capsys.readouterr().err
    assert not (project / "store").exists()


def test_an_empty_wheelhouse_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("linux-x86_64", "sdist"):
        shutil.rmtree(project / "wheelhouse" / name)
    assert collect(project) == Exit.INCOMPLETE
    assert "An empty release is never made" in capsys.readouterr().err


def test_without_a_wheelhouse_it_says_what_to_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(project / "wheelhouse")
    assert collect(project) == Exit.USAGE
    assert "wheelyard build" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["stray", "linux-x86_64", "."])
def test_a_foreign_wheel_anywhere_is_refused(project: Path, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    make_wheel(project / "wheelhouse" / place, IDENTIFIERS[0], name="stranger")
    assert collect(project) == Exit.INCOMPLETE
    assert "stranger-1.0" in capsys.readouterr().err


def test_a_changed_file_is_a_finding(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_wheel(project / "wheelhouse" / "linux-x86_64", IDENTIFIERS[0], data=b"changed")
    assert collect(project) == Exit.FINDINGS
    assert "changed since" in capsys.readouterr().err


def test_a_wheel_with_a_defect_makes_no_release(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project / "wheelhouse" / "linux-x86_64"
    results = [built(folder / wheel_name(identifier), identifier) for identifier in IDENTIFIERS]
    (folder / wheel_name(IDENTIFIERS[0])).write_bytes(b"no zip")
    results[0] = built(folder / wheel_name(IDENTIFIERS[0]), IDENTIFIERS[0])
    write_job(project / "wheelhouse", make_report("linux-x86_64", results))
    assert collect(project) == Exit.FINDINGS
    assert "audit" in capsys.readouterr().err
    assert not (project / "store").exists()


def test_wheelhouses_of_several_machines_make_one_release(project: Path, tmp_path: Path) -> None:
    far = tmp_path / "far house"
    (project / "wheelhouse" / "linux-x86_64").rename(files.folder(far) / "linux-x86_64")
    house = str(project / "wheelhouse")
    assert collect(project, "--wheelhouse", house) == Exit.INCOMPLETE
    assert collect(project, "--wheelhouse", house, "--wheelhouse", str(far)) == Exit.DONE


def test_the_folder_of_one_job_can_be_given_itself(project: Path) -> None:
    house = project / "wheelhouse"
    arguments = [part for name in (".", "linux-x86_64", "sdist") for part in ("--wheelhouse", str(house / name))]
    assert collect(project, *arguments) == Exit.DONE


def test_two_plans_are_refused(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    far = make_wheelhouse(tmp_path / "far", plan=make_plan(identifiers=IDENTIFIERS[:1]))
    code = collect(project, "--wheelhouse", str(project / "wheelhouse"), "--wheelhouse", str(far))
    assert code == Exit.FINDINGS
    assert "different plans" in capsys.readouterr().err


def test_a_job_cannot_name_files_elsewhere(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = project / "wheelhouse" / "linux-x86_64" / "job.json"
    report.write_text(report.read_text().replace(wheel_name(IDENTIFIERS[0]), "../../pyproject.toml"))
    assert collect(project) == Exit.FINDINGS
    assert "no file of that folder" in capsys.readouterr().err


def test_a_run_for_another_tag_makes_no_release(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert collect(project, "--tag", "v2.0") == Exit.FINDINGS
    assert "version 1.0, whose tag is v1.0, and this is v2.0" in capsys.readouterr().err
    assert not (project / "store").exists()
    assert collect(project, "--tag", "v1.0") == Exit.DONE


def test_other_bytes_need_to_be_asked_for(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collect(project)
    shutil.rmtree(project / "wheelhouse")
    make_wheelhouse(project / "wheelhouse", data=b"built again")
    assert collect(project) == Exit.FINDINGS
    assert "--replace" in capsys.readouterr().err
    assert collect(project, "--replace") == Exit.DONE


def test_hidden_files_and_logs_are_nobody_s_business(project: Path) -> None:
    make_wheel(project / "wheelhouse" / "linux-x86_64" / "logs", IDENTIFIERS[0], name="kept_by_log")
    (project / "wheelhouse" / "linux-x86_64" / f".{wheel_name(IDENTIFIERS[0])}.partial").write_bytes(b"half")
    assert collect(project) == Exit.DONE


def test_two_collectors_at_once_give_one_release(project: Path) -> None:
    command = (sys.executable, "-m", "wheelyard", "collect", "-C", str(project), "-q")
    runs = [subprocess.Popen(command, env=killing.environment(), stdout=-3, stderr=-3) for _ in range(2)]
    codes = sorted(run.wait() for run in runs)
    assert codes in ([Exit.DONE, Exit.DONE], [Exit.DONE, Exit.USAGE])
    assert collect(project) == Exit.DONE


def whole_or_nothing(project: Path, scratch: Path) -> None:
    store = Directory(folder=project / "store")
    found = store.find("v1.0")
    if found is not None:
        store.fetch(found, folder=scratch)


@pytest.mark.integration
def test_killed_at_any_write_the_next_run_ends_the_same(project: Path, tmp_path: Path) -> None:
    whole = killing.run("collect", "-C", project)
    assert whole.code == Exit.DONE, whole.err
    expected = tree(project / "store")
    points = random.Random(20).sample(range(1, whole.writes + 1), 10)  # noqa: S311  # the seed is the point
    for at in points:
        shutil.rmtree(project / "store")
        assert killing.run("collect", "-C", project, at=at).killed
        whole_or_nothing(project, tmp_path)
        assert collect(project) == Exit.DONE
        assert tree(project / "store") == expected
        assert not list((project / "store").glob(".v1.0*"))


@pytest.mark.integration
def test_killed_while_replacing_the_next_run_ends_the_same(project: Path, tmp_path: Path) -> None:
    collect(project)
    shutil.copytree(project / "store", tmp_path / "before")
    shutil.rmtree(project / "wheelhouse")
    make_wheelhouse(project / "wheelhouse", data=b"built again")
    whole = killing.run("collect", "-C", project, "--replace")
    expected = tree(project / "store")
    points = random.Random(21).sample(range(1, whole.writes + 1), 10)  # noqa: S311  # the seed is the point
    for at in points:
        shutil.rmtree(project / "store")
        shutil.copytree(tmp_path / "before", project / "store")
        assert killing.run("collect", "-C", project, "--replace", at=at).killed
        whole_or_nothing(project, tmp_path)
        assert collect(project, "--replace") == Exit.DONE
        assert tree(project / "store") == expected


def test_the_manifest_says_where_each_wheel_came_from(project: Path) -> None:
    collect(project)
    made = json.loads((project / "store" / "v1.0" / "manifest.json").read_text())
    first = made["files"][0]
    assert (first["job"], first["engine"], first["runner"]) == ("linux-x86_64", "host", ["ubuntu-24.04"])
    assert first["identifiers"] == [IDENTIFIERS[0]]
