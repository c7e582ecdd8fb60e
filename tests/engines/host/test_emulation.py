"""Python of another processor, with a program in qemu's place that shows how it is called."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from wheelyard.doors.process import Programs
from wheelyard.engines.host import emulation
from wheelyard.engines.host.emulation import Emulated
from wheelyard.engines.host.machines import MACHINES
from wheelyard.targets import Identifier


def test_a_launcher_runs_python_in_qemu_with_its_packages(tmp_path: Path) -> None:
    qemu = tmp_path / "qemu"
    qemu.write_text('#!/bin/sh\necho "$PYTHONPATH" "$@"\n')
    qemu.chmod(0o755)
    made = Emulated(qemu=qemu, root=tmp_path / "a root", python=tmp_path / "a root" / "python3")
    made.launcher(tmp_path / "python", site=tmp_path / "site")
    done = subprocess.run((tmp_path / "python", "-c", "a b"), capture_output=True, text=True, check=True, env={})
    assert done.stdout == f"{tmp_path}/site -L {made.root} {made.python} -c a b\n"


@pytest.mark.parametrize("name", ["musllinux_aarch64", "win_arm64", "macosx_arm64", "manylinux_riscv64"])
def test_where_there_is_no_such_python_nothing_is_fetched(name: str) -> None:
    machine, identifier = MACHINES[name], Identifier(f"cp311-{name}")
    assert emulation.find(machine, identifier) is None
    assert "qemu" in (emulation.fetch(machine, identifier, programs=Programs()) or "")
