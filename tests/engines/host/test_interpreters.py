"""Interpreters, found on the machine that runs the tests."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import pytest

from wheelyard.engines.host.interpreters import find

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
