"""`wheelyard sdk`: what it prints, and what it sets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support import MakeRepository
from wheelyard import cli
from wheelyard.building import sdks
from wheelyard.errors import Exit

PROJECT = """\
[project]
name = "spam"
[tool.wheelyard]
targets = ["macos-x86_64"]
mirrors = { "https://github.com/" = "https://mirror.example/gh/" }
[tool.wheelyard.macos]
sdk = "11.3"
deployment-target = "10.13"
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WHEELYARD_CACHE", str(tmp_path / "a cache"))
    return tmp_path / "a cache"


@pytest.fixture
def project(repository: MakeRepository) -> Path:
    return repository({"pyproject.toml": PROJECT})


@pytest.fixture
def here() -> Path:
    """The SDK 11.3, as if it had been fetched."""
    folder = sdks.place(sdks.find("11.3"))
    (folder / "usr/lib").mkdir(parents=True)
    (folder.parent / ".wheelyard-complete").touch()
    return folder


def test_the_configured_one_is_printed_as_variables(
    project: Path, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["sdk", "-C", str(project)]) == Exit.DONE
    assert capsys.readouterr().out == f"SDKROOT='{here}'\nMACOSX_DEPLOYMENT_TARGET=10.13\n"


def test_a_shell_can_evaluate_it(project: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sdk", "-C", str(project), "--export"]) == Exit.DONE
    assert capsys.readouterr().out == f"export SDKROOT='{here}'\nexport MACOSX_DEPLOYMENT_TARGET=10.13\n"


def test_later_steps_on_github_get_it(project: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ENV", str(project / "env"))
    assert cli.main(["sdk", "-C", str(project), "--github-env"]) == Exit.DONE
    assert (project / "env").read_text() == f"SDKROOT={here}\nMACOSX_DEPLOYMENT_TARGET=10.13\n"


def test_elsewhere_than_on_github_there_are_no_later_steps(
    project: Path, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITHUB_ENV", raising=False)
    assert cli.main(["sdk", "-C", str(project), "--github-env"]) == Exit.USAGE
    assert "GITHUB_ENV is not set" in capsys.readouterr().err


def test_a_dry_run_names_the_mirror_and_fetches_nothing(
    project: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["sdk", "-C", str(project), "--dry-run"]) == Exit.DONE
    assert (
        "would fetch https://mirror.example/gh/phracker/MacOSX-SDKs/releases/download/11.3/" in capsys.readouterr().err
    )
    assert not cache.exists()


def test_a_version_needs_no_project(tmp_path: Path, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sdk", "11.3", "-C", str(tmp_path), "--json"]) == Exit.DONE
    printed = json.loads(capsys.readouterr().out)
    assert (printed["version"], printed["variables"]) == ("11.3", {"SDKROOT": str(here)})


def test_a_version_nobody_has_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sdk", "11.2", "-C", str(tmp_path)]) == Exit.USAGE
    assert "Nearest: 11.1 and 11.3" in capsys.readouterr().err


def test_without_a_network_what_is_missing_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sdk", "-C", str(project), "--offline"]) == Exit.OUTSIDE
    assert "MacOSX11.3.sdk.tar.xz is not in the cache" in capsys.readouterr().err
