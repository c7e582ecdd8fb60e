"""The identifiers come from cibuildwheel itself, and are the same on every machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support import MakeRepository
from wheelyard import workspace
from wheelyard.errors import ConfigError, UsageError
from wheelyard.locking import ask_cibuildwheel, identifiers, lock, resolving
from wheelyard.targets import Platform, Target

EVERY = ", ".join(f'"{target}"' for target in Target)


def project(targets: str = EVERY, *, requires: str = ">=3.9", cibuildwheel: str = 'enable = ["all"]') -> dict[str, str]:
    return {
        "pyproject.toml": f'[project]\nname = "spam"\nversion = "1"\nrequires-python = "{requires}"\n'
        f"[tool.cibuildwheel]\n{cibuildwheel}\n[tool.wheelyard]\ntargets = [{targets}]\n"
    }


def resolved(root: Path) -> resolving.Change:
    place = workspace.enter(root)
    return resolving.resolved(place, place.lock())


def test_every_target_has_identifiers(repository: MakeRepository) -> None:
    after = resolved(repository(project())).after
    assert set(after.identifiers) == set(Target)
    assert all(after.identifiers.values())
    assert {identifier.target.platform for identifier in after.every} == set(Platform)


def test_pypy_for_arm64_macos_is_there_though_intel_machines_leave_it_out(repository: MakeRepository) -> None:
    assert "pp311-macosx_arm64" in resolved(repository(project('"macos-arm64"'))).after.every


@pytest.mark.parametrize(("machine", "system"), [("x86_64", "linux"), ("arm64", "darwin"), ("AMD64", "win32")])
def test_the_machine_that_asks_makes_no_difference(repository: MakeRepository, machine: str, system: str) -> None:
    root = repository(project())
    question = json.dumps({"package": str(root), "archs": {"macos": "x86_64,arm64", "pyodide": "wasm32"}})
    pretend = (
        f"import platform, runpy, sys; import cibuildwheel.__main__; platform.machine = lambda: {machine!r};"
        f" sys.platform = {system!r}; sys.argv = ['ask', {question!r}];"
        f" runpy.run_path({ask_cibuildwheel.__file__!r}, run_name='__main__')"
    )
    done = subprocess.run((sys.executable, "-c", pretend), check=True, capture_output=True, text=True)
    answers = json.loads(done.stdout.splitlines()[-1])
    assert "pp311-macosx_arm64" in answers["macos"]["selected"]
    assert answers["pyodide"]["selected"]
    assert not answers["macos"]["refusal"]


@pytest.mark.parametrize("name", ["CIBW_BUILD", "CIBW_SKIP", "CIBW_ARCHS", "CIBW_ARCHS_LINUX", "CIBW_ENABLE"])
def test_a_selector_in_the_environment_is_refused(
    repository: MakeRepository, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    root = repository(project())
    monkeypatch.setenv(name, "cp312-*")
    with pytest.raises(UsageError, match=f"{name} in the environment"):
        resolving.current(workspace.enter(root))


@pytest.mark.parametrize(
    ("files", "says"),
    [
        pytest.param(project(cibuildwheel='build = "cp31-*"'), "'cp31-\\*' matches no identifier", id="build"),
        pytest.param(project(cibuildwheel='build = "cp312-* pp311-*"'), "'pp311-\\*' matches only a group", id="group"),
        pytest.param(
            project('"linux-x86_64"', requires=">=4"),
            r"nothing is selected for linux-x86_64.*>=4",
            id="requires-python",
        ),
        pytest.param(
            project('"windows-ARM64", "linux-x86_64"', cibuildwheel='skip = "*arm64"'),
            "nothing is selected for windows-ARM64",
            id="skip",
        ),
    ],
)
def test_a_selection_that_leaves_nothing_is_a_mistake(
    repository: MakeRepository, files: dict[str, str], says: str
) -> None:
    with pytest.raises(ConfigError, match=says):
        resolved(repository(files))


def test_what_cibuildwheel_refuses_is_told_in_its_words(repository: MakeRepository) -> None:
    with pytest.raises(UsageError, match=r"refuses linux-x86_64.*nonsense"):
        resolved(repository(project('"linux-x86_64"', cibuildwheel='enable = ["nonsense"]')))


def test_setup_cfg_decides_too(repository: MakeRepository) -> None:
    files = {
        "pyproject.toml": '[tool.wheelyard]\ntargets = ["linux-x86_64"]\n[tool.poetry]\nname = "spam"\nversion = "1"\n',
        "setup.cfg": "[options]\npython_requires = >=3.13\n",
    }
    place = workspace.enter(repository(files))
    assert place.config.project.requires_python == ">=3.13"
    assert min(identifier.version for identifier in resolved(place.root).after.every) == (3, 13)


def test_a_fresh_lock_is_taken_without_asking(repository: MakeRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repository(project('"linux-x86_64"'))
    (root / lock.FILE).write_bytes(locking_bytes(root))
    monkeypatch.setattr(identifiers, "ask", None)
    assert resolving.current(workspace.enter(root)).none


def locking_bytes(root: Path) -> bytes:
    from wheelyard import documents  # noqa: PLC0415

    return documents.dump(resolved(root).after)


def test_a_stale_lock_says_what_comes_and_goes(repository: MakeRepository) -> None:
    root = repository(project('"linux-x86_64"'))
    (root / lock.FILE).write_bytes(locking_bytes(root))
    (root / "pyproject.toml").write_text(project('"linux-x86_64"', requires=">=3.10")["pyproject.toml"])
    change = resolving.current(workspace.enter(root))
    assert "cp39-manylinux_x86_64" in change.gone
    assert change.come == ()
    assert "gone: cp39-manylinux_x86_64" in resolving.stale(change)
