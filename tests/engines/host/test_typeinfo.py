"""Exceptions between files that each have a C++ library of their own, as all modules of the host engine have."""

from __future__ import annotations

import ctypes
import os
import platform
import subprocess
from pathlib import Path

import pytest

from wheelyard.engines.host import machines, tools, zig

THROWS = """
#include <stdexcept>
namespace { struct Private {}; }
void throws(int which)
{
    if (which == 0) throw std::out_of_range("far");
    throw Private();
}
"""
CATCHES = """
#include <stdexcept>
namespace { struct Private {}; }
void throws(int which);
extern "C" const char *caught(int which)
{
    try { throws(which); }
    catch (const Private &) { return "a type of this file's own"; }
    catch (const std::exception &) { return "std::exception"; }
    catch (...) { return "unknown"; }
    return "nothing";
}
"""


@pytest.mark.integration
@pytest.mark.skipif(platform.machine() not in machines.NATIVE, reason="the host engine does not work here")
def test_types_are_the_same_in_two_files_by_their_names_but_for_private_ones(tmp_path: Path) -> None:
    toolchain = zig.make(tmp_path / "tools", machine=machines.NATIVE[platform.machine()], zig=tools.zig({}))
    env = {"PATH": f"{toolchain.programs}:{os.defpath}"}
    (tmp_path / "throws.cpp").write_text(THROWS)
    (tmp_path / "catches.cpp").write_text(CATCHES)
    for name, *more in (("throws",), ("catches", "-L.", "-lthrows", "-Wl,-rpath,$ORIGIN")):
        command = ("c++", "-shared", "-fPIC", f"{name}.cpp", *more, "-o", f"lib{name}.so")
        subprocess.run(command, env=env, cwd=tmp_path, check=True)
    caught = ctypes.CDLL(str(tmp_path / "libcatches.so")).caught
    caught.restype = ctypes.c_char_p
    assert [caught(0), caught(1)] == [b"std::exception", b"unknown"]
