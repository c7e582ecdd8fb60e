"""`wheelyard doctor` says what is here, what is absent and how to get it, with a plan and without."""

from __future__ import annotations

import json
import platform
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from fakeindex import fake_index
from samples import HERE
from support import MakeRepository
from wheelyard import cli, config, documents
from wheelyard.errors import Exit
from wheelyard.locking import lock
from wheelyard.machine.diagnosis import Diagnosis, Prospect, Sign, State
from wheelyard.report import doctor
from wheelyard.targets import Identifier, Target

NOBODY = "http://127.0.0.1:9/"  # the port of a service that nobody runs any more
SECRET = "not-to-be-seen"  # noqa: S105  # it is to look like one

pytestmark = [
    pytest.mark.peers,  # pip, gh, git and compilers are asked what they are
    pytest.mark.skipif(sys.platform != "linux", reason="says what a Linux machine can do"),
]

Examine = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No container engine and no network, and tokens in the environment."""
    monkeypatch.setenv("CIBW_CONTAINER_ENGINE", "no-such-engine")
    monkeypatch.setenv("PIP_INDEX_URL", NOBODY)
    for name in ("GH_TOKEN", "TWINE_PASSWORD"):
        monkeypatch.setenv(name, SECRET)


@pytest.fixture
def examine(repository: MakeRepository, capsys: pytest.CaptureFixture[str]) -> Examine:
    """Runs it on a project with these identifiers planned; gives exit code and diagnosis."""

    def run(*identifiers: str, index: str = NOBODY) -> tuple[int, dict[str, Any]]:
        every = [Identifier.parse(text) for text in identifiers]
        targets = sorted({identifier.target for identifier in every})
        text = (
            '[project]\nname = "spam"\nversion = "1.0"\n[build-system]\nrequires = ["maturin>=1"]\n'
            f'[tool.wheelyard]\ntargets = {json.dumps(targets)}\nsplit = "identifier"\npublish.index = "{index}"\n'
        )
        by_target: dict[Target, tuple[Identifier, ...]] = {
            target: tuple(identifier for identifier in every if identifier.target is target) for target in targets
        }
        read = config.parse(text, source="pyproject.toml")
        made = lock.made(read, cibuildwheel="4.3.3", identifiers=by_target)
        root = repository({"pyproject.toml": text, lock.FILE: documents.dump(made).decode()})
        code = cli.main(["doctor", "-C", str(root), "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def named(found: dict[str, Any]) -> dict[str, Any]:
    return {sign["name"]: sign for sign in found["signs"]}


def test_a_folder_without_a_project_will_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "-C", str(tmp_path)]) == Exit.DONE
    said = capsys.readouterr().out
    assert f"Linux {platform.machine()}" in said
    assert "git version" in said
    assert "no-such-engine is not installed" in said
    assert "jobs can be built here" not in said


def test_tokens_are_named_and_never_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["doctor", "-C", str(tmp_path)])
    said = capsys.readouterr()
    assert "GH_TOKEN, TWINE_PASSWORD" in said.out
    assert SECRET not in said.out + said.err


def test_the_jobs_that_can_be_built_here_are_counted(examine: Examine) -> None:
    code, found = examine(HERE, "cp313-macosx_arm64")
    assert code == Exit.DONE
    jobs = {job["target"]: job for job in found["jobs"]}
    assert (jobs[HERE.target]["possible"], jobs[HERE.target]["engine"]) == (1, "host")
    assert jobs["macos-arm64"]["possible"] == 0
    assert jobs["macos-arm64"]["why"].startswith("Wheels for macos are built on macos only.")


def test_a_plan_of_which_nothing_can_be_built_here_fails(examine: Examine) -> None:
    code, found = examine(f"cp313-musllinux_{platform.machine()}", "cp313-win_amd64")
    assert code == Exit.FINDINGS
    assert "no-such-engine is not installed" in next(job["why"] for job in found["jobs"] if job["native"])


def test_a_plan_for_other_machines_is_no_failure(examine: Examine) -> None:
    code, found = examine("cp313-win_amd64")
    assert code == Exit.DONE
    assert [job["native"] for job in found["jobs"]] == [False]


def test_what_the_host_engine_lacks_is_named_with_the_way_to_get_it(
    examine: Examine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "git").symlink_to(str(shutil.which("git")))
    monkeypatch.setenv("PATH", str(tmp_path))
    _, found = examine(HERE, f"cp399-manylinux_{platform.machine()}")
    interpreters = named(found)["interpreters"]
    assert interpreters["words"].endswith("not cp399")
    assert "uv python install 3.99" in interpreters["fix"]
    assert named(found)["compilers"]["words"].endswith("no cargo")
    assert "rustup" in named(found)["compilers"]["fix"]


def test_an_index_that_is_away_is_no_answer_and_no_failure(examine: Examine) -> None:
    code, found = examine(HERE)
    assert code == Exit.DONE
    assert [named(found)[name]["state"] for name in ("pip's index", "release index")] == ["no answer"] * 2


def test_an_index_that_is_there_answers(examine: Examine) -> None:
    with fake_index() as index:
        _, found = examine(HERE, index=f"{index.url}/legacy/")
    assert named(found)["release index"]["state"] == "ready"


def test_mistakes_in_the_configuration_are_told_and_the_machine_is_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.wheelyard]\ntarget = []\n')
    assert cli.main(["doctor", "-C", str(tmp_path)]) == Exit.DONE
    said = capsys.readouterr().out
    assert "Did you mean 'targets'?" in said
    assert "git version" in said


def test_narrow_terminals_break_no_word_off() -> None:
    why = "The image example.org/pypa/manylinux_2_28_x86_64@sha256:" + 64 * "0" + " is not here and cannot be pulled."
    found = Diagnosis(
        signs=(Sign(name="containers", state=State.SILENT, words="docker does not answer", fix="Start it."),),
        jobs=(Prospect(job="a", target="linux-x86_64", native=True, engine="host", wheels=3, possible=1, why=why),),
    )
    console = Console(width=60, record=True, color_system=None)
    console.print(doctor.table(found), doctor.targets(found))
    lines = [line.rstrip() for line in console.export_text().splitlines()]
    assert max(map(len, lines)) <= 60
    assert lines[0] == "no answer  containers  docker does not answer"
    assert lines[1].strip() == "Start it."
    assert found.summary == "0 of 1 jobs can be built here, and part of a."
