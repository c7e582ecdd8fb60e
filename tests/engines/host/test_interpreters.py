"""Interpreters, found on the machine that runs the tests."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import pytest

from wheelyard.engines.host.interpreters import find, is_for

OWN = f"cp{sys.version_info.major}{sys.version_info.minor}"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHEELYARD_CACHE", str(tmp_path / "cache"))


def test_the_interpreter_that_runs_us_is_found() -> None:
    found = find(machine=platform.machine(), environ={"PATH": os.defpath, "HOME": "/nowhere"})
    assert found[OWN].version[:2] == sys.version_info[:2]
    assert found[OWN].executable.exists()


def test_headers_are_those_with_python_h() -> None:
    found = find(machine=platform.machine(), environ={"PATH": os.defpath, "HOME": "/nowhere"})
    assert all(one.headers is None or (one.headers / "Python.h").is_file() for one in found.values())


def test_interpreters_of_another_architecture_are_left_out() -> None:
    assert find(machine="riscv64", environ={"PATH": os.defpath, "HOME": "/nowhere"}) == {}


def test_those_of_pyenv_are_found_without_its_shims(tmp_path: Path) -> None:
    versions = tmp_path / "pyenv" / "versions" / "some" / "bin"
    versions.mkdir(parents=True)
    (versions / "python3").symlink_to(sys.executable)
    shims = tmp_path / "pyenv" / "shims"
    shims.mkdir()
    marker = tmp_path / "started"
    (shims / "python3").write_text(f"#!/bin/sh\ntouch {marker}\nexit 1\n")
    (shims / "python3").chmod(0o755)
    find(machine=platform.machine(), environ={"PATH": str(shims), "PYENV_ROOT": str(tmp_path / "pyenv")})
    assert not marker.exists()


@pytest.mark.parametrize(
    ("says", "machine", "system", "fits"),
    [
        ("linux-x86_64", "x86_64", "linux", True),
        ("linux-i686", "x86_64", "linux", False),
        ("win-amd64", "AMD64", "win32", True),
        ("win32", "AMD64", "win32", False),
        ("win-arm64", "ARM64", "win32", True),
        ("macosx-11.0-arm64", "arm64", "darwin", True),
        ("macosx-10.13-x86_64", "arm64", "darwin", False),
        ("macosx-10.13-universal2", platform.machine(), "darwin", True),
        ("macosx-10.13-universal2", "another", "darwin", False),
    ],
)
def test_a_python_says_for_which_machine_it_is(says: str, machine: str, system: str, fits: bool) -> None:  # noqa: FBT001  # rows of a table
    assert is_for(says, machine, system) is fits


@pytest.mark.parametrize("name", ["3.13.1/x64/bin/python3", "3.13.1/x64-freethreaded/bin/python3.13t"])
def test_those_of_a_hosted_runner_are_found(name: str, tmp_path: Path) -> None:
    program = tmp_path / "Python" / name
    program.parent.mkdir(parents=True)
    marker = tmp_path / "started"
    program.write_text(f"#!/bin/sh\n: > {marker}\nexit 1\n")
    program.chmod(0o755)
    environ = {"PATH": os.defpath, "HOME": "/nowhere", "RUNNER_TOOL_CACHE": str(tmp_path)}
    assert OWN in find(machine=platform.machine(), environ=environ)  # a broken one is no reason to stop
    assert marker.exists()
