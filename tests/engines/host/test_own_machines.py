"""Wheels for musl and Windows, tested on a CPython of theirs: one compiled for musl, and python.org's under wine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engines.host.orders import ARCH
from engines.host.test_cross_builds import build
from support import ROOT
from wheelyard.engines.host.machines import MACHINES

ALL = os.environ.get("WHEELYARD_TEST_CROSS") == "all"
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not ALL, reason="minutes to compile a CPython for musl: WHEELYARD_TEST_CROSS=all"),
]

SAMPLES = (
    *("setuptools_c", "abi3", "ctypes_py3_none", "cffi_api", "cython_cpp"),
    *("meson_c", "meson_cpp", "nanobind_cpp", "pybind_cpp"),
)
SCRIPTS = {
    f"musllinux_{ARCH}": ("musl_python.py", "--machine", ARCH),
    "win_amd64": ("windows_python.py",),
}


@pytest.fixture(params=SCRIPTS)
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def python(machine: str) -> str:
    """The interpreter of a machine; kept in the cache between tests."""
    if machine == "win_amd64" and shutil.which("wine") is None:
        pytest.skip("wine is not installed")
    if machine != "win_amd64" and (shutil.which("apt-get") is None or shutil.which("make") is None):
        pytest.skip("apt and make are needed for a CPython of musl")
    script, *arguments = SCRIPTS[machine]
    command = (sys.executable, str(ROOT / "scripts" / script), *arguments)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"{script} made none: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout.strip()


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the interpreters that can be had are 3.11")
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_wheel_passes_its_tests_on_its_own_machine(sample: str, machine: str, python: str, tmp_path: Path) -> None:
    wheel = build(sample, machine, tmp_path).wheel
    site = tmp_path / "site-packages"
    whose = ("--platform", MACHINES[machine].tag, "--python-version", "3.11", "--implementation", "cp")
    abis = ("--abi", "cp311", "--abi", "abi3", "--abi", "none")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--only-binary=:all:", "--target", site)
    subprocess.run((*pip, *whose, *abis, wheel), check=True)
    check = ROOT / "tests" / "projects" / sample / "tests" / "check.py"
    done = subprocess.run(
        (python, check),
        env={**os.environ, "PYTHONPATH": str(site)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
