"""Real builds for other machines, with zig; every machine with WHEELYARD_TEST_CROSS=all, a few without."""

from __future__ import annotations

import os
import shutil
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from engines.host.orders import ARCH, order
from support import ROOT
from wheelyard import audit
from wheelyard.audit import binaries as readers
from wheelyard.doors.process import Programs
from wheelyard.engines import Made
from wheelyard.engines.host import Host, binaries, emulation
from wheelyard.engines.host.machines import MACHINES
from wheelyard.errors import BuildError
from wheelyard.targets import Identifier

pytestmark = pytest.mark.integration

HOST = Host()
FEW = ("manylinux_aarch64", "musllinux_x86_64", "macosx_arm64")
OTHERS = [name for name in MACHINES if name != f"manylinux_{ARCH}"]
C = ("abi3", "cffi_api", "ctypes_py3_none", "meson_c")
CPP = ("cython_cpp", "meson_cpp", "nanobind_abi3", "nanobind_cpp", "pybind_cpp")
ALL = os.environ.get("WHEELYARD_TEST_CROSS") == "all"


def build(sample: str, machine: str, folder: Path, **environment: str) -> Made:
    """A sample built for a machine by the CPython of this one that it needs, and audited as every wheel is."""
    python = "cp312" if sample == "nanobind_abi3" else "cp311"
    if python not in HOST._interpreters():
        pytest.skip(f"this machine has no {python} with headers")
    project = Path(shutil.copytree(ROOT / "tests" / "projects" / sample, folder / sample))
    options = tomllib.loads((project / "pyproject.toml").read_text())["tool"]["cibuildwheel"]
    wanted = order(project, folder / "scratch", f"{python}-{machine}", options=options)
    wanted = replace(wanted, environment=environment)
    assert HOST.refuses(wanted) is None
    HOST.prepare((wanted,), programs=Programs())
    made = HOST.build(wanted, programs=Programs())
    assert [finding for finding in audit.wheel(made.wheel) if finding.severity is audit.Severity.ERROR] == []
    assert made.built_on == f"linux-{ARCH}"
    return made


@pytest.mark.parametrize("machine", OTHERS if ALL else FEW)
def test_an_extension_is_built_for_another_machine(machine: str, tmp_path: Path) -> None:
    made = build("setuptools_c", machine, tmp_path)
    assert MACHINES[machine].tag in made.wheel.name
    (binary,) = binaries.of(made.wheel)
    assert binary.name.endswith(MACHINES[machine].suffix("cp311"))
    emulated = emulation.find(MACHINES[machine], Identifier(f"cp311-{machine}"))
    assert made.tested == (emulated is not None)
    assert made.notes[-1] == (f"Tested with {emulated}." if emulated else "Built, not run.")


@pytest.mark.skipif(not ALL, reason="minutes for zig's C++ library of each machine: WHEELYARD_TEST_CROSS=all")
@pytest.mark.parametrize("machine", OTHERS)
@pytest.mark.parametrize("sample", [*C, *CPP])
def test_every_back_end_builds_for_every_machine(sample: str, machine: str, tmp_path: Path) -> None:
    if machine == "manylinux_ppc64le" and sample in CPP:
        with pytest.raises(BuildError, match="needs manylinux_2_34"):
            build(sample, machine, tmp_path)
    else:
        build(sample, machine, tmp_path)


def test_an_extension_runs_on_the_oldest_macos_asked_for(tmp_path: Path) -> None:
    made = build("setuptools_c", "macosx_x86_64", tmp_path, MACOSX_DEPLOYMENT_TARGET="10.15")
    assert made.wheel.name.endswith("-macosx_10_15_x86_64.whl")
    with zipfile.ZipFile(made.wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".so"))
        binary = readers.read(name, archive.read(name))
    assert binary is not None
    assert [piece.minimum for piece in binary.slices] == [(10, 15)]


def test_a_wheel_that_became_pure_is_an_error_there_too(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="holds no native code"):
        build("needs_libyaml", "manylinux_aarch64", tmp_path)
