"""The toolchain folder, with a program in zig's place that shows how it is called."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from wheelyard.engines.host import machines, zig
from wheelyard.engines.host.zig import Toolchain

SHOW = '#!/bin/sh\nprintf "%s\\n" "$ZIG_GLOBAL_CACHE_DIR" "$ZIG_LOCAL_CACHE_DIR" "$@"\n'


@pytest.fixture
def toolchain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toolchain:
    monkeypatch.setenv("WHEELYARD_CACHE", str(tmp_path / "the cache"))
    program = tmp_path / "a zig"
    program.write_text(SHOW)
    program.chmod(0o755)
    headers = tmp_path / "include" / "python3.11"
    headers.mkdir(parents=True)
    return zig.make(tmp_path / "toolchain", machine=machines.NATIVE["x86_64"], zig=program, headers=headers)


def run(toolchain: Toolchain, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program of the toolchain by its bare name, as build tools do, in an environment without our variables."""
    env = {"PATH": f"{toolchain.programs}:{os.defpath}"}
    return subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("program", "driver"),
    [("cc", "cc"), ("gcc", "cc"), ("clang", "cc"), ("x86_64-linux-gnu-gcc", "cc"), ("c++", "c++"), ("g++", "c++")],
)
def test_every_name_of_a_compiler_leads_to_zig(toolchain: Toolchain, program: str, driver: str) -> None:
    lines = run(toolchain, program, "-c", "a b.c").stdout.splitlines()
    assert lines[2:5] == [driver, "-target", "x86_64-linux-gnu.2.17"]
    assert lines[-1] == "a b.c"


def test_libraries_are_shared_and_objects_are_this_orders_own(toolchain: Toolchain, tmp_path: Path) -> None:
    shared, own, *_ = run(toolchain, "cc", "-c", "a.c").stdout.splitlines()
    assert shared == str(tmp_path / "the cache" / "zig")
    assert Path(own).is_relative_to(toolchain.folder)


def test_arguments_in_files_are_read(toolchain: Toolchain, tmp_path: Path) -> None:
    (tmp_path / "arguments").write_text("-O2 -flto=auto 'a b.c'")
    lines = run(toolchain, "cc", "-c", "@arguments", cwd=tmp_path).stdout.splitlines()
    assert lines[-2:] == ["-O2", "a b.c"]


def test_questions_are_answered_without_zig(toolchain: Toolchain) -> None:
    assert run(toolchain, "cc", "-dumpmachine").stdout == "x86_64-linux-gnu\n"


def test_what_calls_did_is_noted_once(toolchain: Toolchain) -> None:
    for _ in range(2):
        run(toolchain, "cc", "-shared", "a.o", "-Wl,--exclude-libs,ALL", "-flto", "-o", "x.so")
    refused = run(toolchain, "cc", "-march=native", "-c", "a.c")
    assert refused.returncode == 1
    assert "wheelyard refused -march=native" in refused.stderr
    notes = toolchain.notes()
    assert notes.left_out == ("-flto",)
    assert notes.altered == ("-Wl,--exclude-libs,ALL",)
    assert notes.linked == ("x.so",)
    assert [text.partition(":")[0] for text in notes.refused] == ["-march=native"]


def test_a_toolchain_that_was_never_called_has_no_notes(toolchain: Toolchain) -> None:
    assert toolchain.notes().linked == ()


def test_fortran_and_stripping_are_answered(toolchain: Toolchain) -> None:
    assert "zig compiles no Fortran" in run(toolchain, "gfortran", "a.f90").stderr
    assert run(toolchain, "strip", "x.so").returncode == 0


def test_debians_second_folder_of_headers_is_found(tmp_path: Path) -> None:
    headers = tmp_path / "include" / "python3.11"
    (tmp_path / "include" / "x86_64-linux-gnu" / "python3.11").mkdir(parents=True)
    headers.mkdir()
    program = tmp_path / "zig"
    program.write_text(SHOW)
    program.chmod(0o755)
    toolchain = zig.make(tmp_path / "toolchain", machine=machines.NATIVE["x86_64"], zig=program, headers=headers)
    lines = run(toolchain, "cc", "-c", "a.c").stdout.splitlines()
    folder = Path(lines[lines.index("-isystem") + 1])
    assert (folder / "x86_64-linux-gnu" / "python3.11").resolve().is_dir()
