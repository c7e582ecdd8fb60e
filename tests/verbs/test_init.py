"""`wheelyard init`, as a person runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from support import MakeRepository
from wheelyard import cli

PYPROJECT = """\
[project]
name = "spam"   # keep me
version = "1"
requires-python = ">=3.12"

[tool.cibuildwheel]
test-command = "python -c 'import spam'"
"""
WORKFLOW = """\
on: {push: {tags: ["v*"]}}
jobs:
  build:
    strategy:
      matrix:
        include:
          - {os: ubuntu-latest, archs: x86_64}
          - {os: macos-13, archs: x86_64}
          - {os: [self-hosted, linux, s390x], archs: s390x}
    runs-on: ${{ matrix.os }}
    steps:
      - uses: actions/checkout@v5
      - run: python -m cibuildwheel
        env:
          CIBW_ARCHS: ${{ matrix.archs }}
          CIBW_SKIP: "*-musllinux* cp315*"
          CIBW_BEFORE_ALL_LINUX: make deps
"""
FILES = {"pyproject.toml": PYPROJECT, "setup.py": "Extension('x')", ".github/workflows/build.yml": WORKFLOW}
PURE = {"pyproject.toml": PYPROJECT.partition("[tool")[0]}  # asks cibuildwheel nothing, so it is quick
WRITTEN = ("noxfile.py", "wheelyard.lock", ".github/workflows/wheels.yml")


def run(root: Path, *arguments: str) -> int:
    return cli.main(["init", "-C", str(root), *arguments])


@pytest.fixture
def project(repository: MakeRepository) -> Path:
    return repository(FILES)


@pytest.fixture
def pure(repository: MakeRepository) -> Path:
    return repository(PURE)


def test_without_a_workflow_the_targets_are_those_that_something_is_selected_for(
    repository: MakeRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    narrow = f'{PYPROJECT}build = "cp312-manylinux_* cp312-win_amd64"\n'
    root = repository({"pyproject.toml": narrow, "setup.py": "Extension('x')"})
    assert run(root, "--dry-run", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    tool = tomllib.loads(found["files"]["pyproject.toml"])["tool"]
    assert tool["wheelyard"]["targets"] == ["linux-x86_64", "linux-aarch64", "windows-AMD64"]
    assert any("macos-arm64" in note for note in found["notes"])


def test_it_writes_what_the_workflow_does_and_check_agrees(project: Path) -> None:
    assert run(project, "--yes") == 0
    text = (project / "pyproject.toml").read_text()
    assert text.startswith(PYPROJECT.rstrip())
    tool = tomllib.loads(text)["tool"]
    assert tool["wheelyard"]["targets"] == ["linux-x86_64", "linux-s390x", "macos-x86_64"]
    assert tool["wheelyard"]["runners"] == {"linux-s390x": ["self-hosted", "linux", "s390x"]}
    assert tool["cibuildwheel"]["linux"] == {"before-all": "make deps"}
    assert tool["cibuildwheel"]["skip"] == "*-musllinux* cp315*"
    assert cli.main(["lock", "--check", "-C", str(project)]) == 0
    assert cli.main(["generate", "--check", "-C", str(project)]) == 0


def test_json_has_all_of_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(project, "--yes", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["files"].keys() == {*WRITTEN, "pyproject.toml"}
    assert found["difference"]["today"] == found["difference"]["plan"] > 0
    assert found["difference"]["moved"] == []


def test_it_says_which_wheels_and_runners_differ(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(project, "--dry-run") == 0
    said = capsys.readouterr()
    assert re.search(r"wheels: (\d+) today, \1 in the plan, \1 of them the same", said.out)
    assert "macos-13 -> macos-15-intel" in said.out
    assert "the runner macos-13 is retired" in said.out
    assert not any((project / name).exists() for name in WRITTEN)
    assert (project / "pyproject.toml").read_text() == PYPROJECT


def test_without_a_person_or_yes_nothing_is_written(pure: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(pure) == 2
    assert "Give --yes" in capsys.readouterr().err
    assert not (pure / "wheelyard.lock").exists()


def test_a_project_that_has_the_table_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "pyproject.toml").write_text(f"{PYPROJECT}[tool.wheelyard]\npure = true\n")
    assert run(project, "--yes") == 2
    assert "has a [tool.wheelyard] already" in capsys.readouterr().err


def test_the_package_is_the_one_that_the_workflow_builds(repository: MakeRepository) -> None:
    files = {f"pkg/{name}": FILES[name] for name in ("pyproject.toml", "setup.py")}
    workflow = WORKFLOW.replace("-m cibuildwheel", "-m cibuildwheel ./pkg --output-dir dist")
    project = repository({**files, "pyproject.toml": "# tools\n", ".github/workflows/build.yml": workflow})
    assert run(project, "--yes") == 0
    top = (project / "pyproject.toml").read_text()
    assert top.startswith("# tools\n")
    assert tomllib.loads(top)["tool"]["wheelyard"]["package"] == "pkg"
    assert "skip = " in (project / "pkg" / "pyproject.toml").read_text()


@pytest.mark.peers  # pip, which says that it has none
def test_a_cibuildwheel_that_cannot_be_had_is_said(
    repository: MakeRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("WHEELYARD_CACHE", str(tmp_path / "cache"))
    pinned = WORKFLOW.replace("run: python -m cibuildwheel", "uses: pypa/cibuildwheel@v0.1.2")
    assert run(repository({**FILES, ".github/workflows/build.yml": pinned}), "--dry-run") == 0
    assert "cibuildwheel 0.1.2 could not be asked, ours was" in capsys.readouterr().out


@pytest.mark.peers
def test_the_cibuildwheel_of_the_workflow_is_asked_too(
    repository: MakeRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    pinned = WORKFLOW.replace("run: python -m cibuildwheel", "uses: pypa/cibuildwheel@v3.1.4")
    files = {**FILES, ".github/workflows/build.yml": pinned.replace("*-musllinux* cp315*", "*-musllinux*")}
    assert run(repository(files), "--dry-run") == 0
    said = capsys.readouterr().out
    if "could not be asked" in said:
        pytest.skip("cibuildwheel 3.1.4 cannot be fetched here")
    assert re.search(r"\d+ more: .*cp315.*\n +cibuildwheel \S+ builds it too, 3\.1\.4 does not", said)


def test_a_workflow_of_others_is_not_overwritten(repository: MakeRepository) -> None:
    theirs = WORKFLOW.replace("build:", "wheels:")
    project = repository({"pyproject.toml": PYPROJECT, ".github/workflows/wheels.yml": theirs})
    assert run(project, "--yes") == 0
    assert (project / ".github/workflows/wheels.yml").read_text() == theirs
    assert (project / ".github/workflows/wheelyard.yml").exists()


@pytest.mark.parametrize(
    ("files", "tool"),
    [
        pytest.param(PURE, {"pure": True}, id="pure"),
        pytest.param(
            {"python/pyproject.toml": PURE["pyproject.toml"], "python/Cargo.toml": ""},
            {
                "targets": ["linux-x86_64", "linux-aarch64", "macos-arm64", "macos-x86_64", "windows-AMD64"],
                "package": "python",
            },
            id="Rust in a folder",
        ),
    ],
)
def test_without_workflows_there_is_a_sensible_start(
    repository: MakeRepository, files: dict[str, str], tool: dict[str, object]
) -> None:
    project = repository(files)
    assert run(project, "--yes") == 0
    made = tomllib.loads((project / "pyproject.toml").read_text())["tool"]["wheelyard"]
    assert {key: made.get(key) for key in tool} == tool
    assert made.keys() - tool.keys() <= {"release"}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        pytest.param({"README": ""}, "There is no Python package here", id="nothing"),
        pytest.param({"a/setup.py": "", "b/setup.py": ""}, "several packages here: a, b", id="several"),
        pytest.param({"pyproject.toml": "[project"}, "not valid TOML", id="broken"),
    ],
)
def test_what_it_cannot_start_from_is_said(
    repository: MakeRepository, capsys: pytest.CaptureFixture[str], files: dict[str, str], says: str
) -> None:
    assert run(repository(files), "--yes") == 2
    assert says in capsys.readouterr().err


def test_a_target_that_an_interpreter_cannot_keep_is_said_in_an_override(repository: MakeRepository) -> None:
    workflow = WORKFLOW.replace("CIBW_SKIP:", "MACOSX_DEPLOYMENT_TARGET: '10.9'\n          CIBW_SKIP:")
    table = f"{PYPROJECT}[tool.cibuildwheel.macos]\nenvironment = {{ MACOSX_DEPLOYMENT_TARGET = '10.13' }}\n"
    project = repository({**FILES, "pyproject.toml": table, ".github/workflows/build.yml": workflow})
    assert run(project, "--yes") == 0
    tool = tomllib.loads((project / "pyproject.toml").read_text())["tool"]
    assert tool["wheelyard"]["macos"] == {"deployment-target": "10.9"}
    assert tool["cibuildwheel"]["overrides"][0]["environment"] == {"MACOSX_DEPLOYMENT_TARGET": "10.15"}


def test_a_terminal_without_unicode_gets_all_of_it(repository: MakeRepository) -> None:
    project = repository(
        {"pyproject.toml": PURE["pyproject.toml"].replace("keep me", "garder \N{LATIN SMALL LETTER E WITH ACUTE}")}
    )
    command = (sys.executable, "-m", "wheelyard", "init", "--dry-run", "-C", str(project))
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(command, check=False, capture_output=True, env=env)
    assert done.returncode == 0, done.stderr
    assert b"+[tool.wheelyard]" in done.stdout


def test_windows_line_ends_stay(pure: Path) -> None:
    windows = (pure / "pyproject.toml").read_bytes().replace(b"\n", b"\r\n")
    (pure / "pyproject.toml").write_bytes(windows)
    assert run(pure, "--yes") == 0
    made = (pure / "pyproject.toml").read_bytes()
    assert made.startswith(windows.rstrip())
    assert made.count(b"\n") == made.count(b"\r\n")


def test_outside_of_git_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    assert run(tmp_path, "--yes") == 2
    assert "not the top of a git repository" in capsys.readouterr().err


def test_a_read_only_file_stops_it_before_anything_is_written(pure: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (pure / "pyproject.toml").chmod(0o444)
    assert run(pure, "--yes") == 2
    assert "is read-only" in capsys.readouterr().err
    assert not (pure / "wheelyard.lock").exists()


def test_a_run_killed_between_two_files_is_ended_by_the_next(pure: Path) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom wheelyard import cli\n"
        "replace = Path.replace\n"
        "def once(self, target):\n"
        "    if str(target).endswith('wheels.yml'): os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return replace(self, target)\n"
        "Path.replace = once\n"
        f"cli.main(['init', '--yes', '-C', {str(pure)!r}])\n"
    )
    done = subprocess.run((sys.executable, "-c", code), check=False, capture_output=True, env=os.environ)
    assert done.returncode == -signal.SIGKILL
    assert (pure / "wheelyard.lock").exists()
    assert (pure / "pyproject.toml").read_text() == PURE["pyproject.toml"]
    assert run(pure, "--yes") == 0
    assert cli.main(["generate", "--check", "-C", str(pure)]) == 0
