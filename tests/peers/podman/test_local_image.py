"""The program that makes the local image tells what it lacks, and touches nothing when it lacks something."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[3] / "scripts" / "local_image.py"


def run(*arguments: str, path: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(path)}
    return subprocess.run(
        [sys.executable, str(PROGRAM), *arguments], env=environment, capture_output=True, text=True, check=False
    )


def program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_help_shows_how_to_use_the_image(tmp_path: Path) -> None:
    helped = run("--help", path=tmp_path)
    assert helped.returncode == 0
    assert "CIBW_MANYLINUX_X86_64_IMAGE=localhost/" in helped.stdout


@pytest.mark.parametrize("arguments", [pytest.param((), id="make"), pytest.param(("--check",), id="check")])
def test_a_missing_podman_is_named_with_what_to_install(arguments: tuple[str, ...], tmp_path: Path) -> None:
    asked = run(*arguments, path=tmp_path)
    assert asked.returncode == 1
    assert "podman" in asked.stderr
    assert "apt-get install" in asked.stderr


def test_an_absent_image_is_not_confused_with_a_podman_that_does_not_work(tmp_path: Path) -> None:
    program(tmp_path, "podman", "exit 1")
    assert "is not there" in run("--check", path=tmp_path).stderr
    program(tmp_path, "podman", "echo no such cgroup >&2; exit 125")
    broken = run("--check", path=tmp_path)
    assert broken.returncode == 1
    assert "podman does not work here" in broken.stderr
    assert "no such cgroup" in broken.stderr
