"""An interpreter of this machine that describes another one."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wheelyard.engines.host import crossing
from wheelyard.engines.host.crossing import headers, interpreter, libraries, tools
from wheelyard.engines.host.interpreters import Interpreter
from wheelyard.engines.host.machines import MACHINES
from wheelyard.engines.host.zig import Toolchain
from wheelyard.errors import OutsideError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the host engine works on Linux")
OWN = f"cp{sys.version_info.major}{sys.version_info.minor}"
ASK = """
import importlib.machinery, json, os, platform, shutil, sys, sysconfig
print(json.dumps({
    "platform": sysconfig.get_platform(), "suffix": sysconfig.get_config_var("EXT_SUFFIX"),
    "cc": sysconfig.get_config_var("CC"), "flags": sysconfig.get_config_var("CFLAGS"), "sys": sys.platform,
    "uname": os.uname().machine, "machine": platform.machine(), "system": platform.system(),
    "first": importlib.machinery.EXTENSION_SUFFIXES[0], "sh": shutil.which("sh"),
}))
"""


@pytest.fixture
def this() -> Interpreter:
    return Interpreter(name=OWN, version=sys.version_info[:3], executable=Path(sys.executable), headers=None)


def disguised(name: str, folder: Path, this: Interpreter) -> dict[str, str]:
    toolchain = Toolchain(folder=folder / "toolchain", machine=MACHINES[name])
    said = interpreter.variables(this)
    return interpreter.disguised(
        folder / "site",
        said,
        python=OWN,
        machine=MACHINES[name],
        toolchain=toolchain,
        include=folder / "include",
    )


def ask(env: dict[str, str], *command: str) -> Any:
    own = {**os.environ, **env}
    done = subprocess.run((sys.executable, *command), env=own, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", MACHINES)
def test_what_back_ends_ask_is_answered_for_the_machine(name: str, tmp_path: Path, this: Interpreter) -> None:
    machine = MACHINES[name]
    said = ask(disguised(name, tmp_path, this), "-c", ASK)
    assert said["platform"] == machine.platform
    assert said["suffix"] == said["first"] == machine.suffix(OWN)
    assert (said["sys"], said["machine"], said["uname"]) == (machine.system, machine.name, machine.name)
    assert (said["cc"], said["flags"]) == ("cc", "")
    assert said["sh"] is not None, "programs of this machine are not found"


def test_programs_that_are_written_in_python_see_this_machine(tmp_path: Path, this: Interpreter) -> None:
    env = disguised("win_amd64", tmp_path, this)
    (tmp_path / "meson").write_text("import json, platform, sys; print(json.dumps([sys.platform, platform.machine()]))")
    assert ask(env, str(tmp_path / "meson")) == ["linux", platform.machine()]


def test_headers_are_copied_with_another_pyconfig(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "Python.h").write_text("")
    (given / "pyconfig.h").write_text("#define SIZEOF_LONG 8\n")
    made = headers.make(tmp_path / "made", headers=given, own=given / "pyconfig.h", machine=MACHINES["manylinux_i686"])
    assert (made / "Python.h").is_file()
    assert '#include "build_machine_pyconfig.h"' in (made / "pyconfig.h").read_text()
    assert (made / "build_machine_pyconfig.h").read_text() == "#define SIZEOF_LONG 8\n"
    other = headers.make(tmp_path / "other", headers=given, own=given / "pyconfig.h", machine=MACHINES["win_amd64"])
    assert "MS_WIN64" in (other / "pyconfig.h").read_text()
    with pytest.raises(OutsideError, match="cannot be copied"):
        headers.make(tmp_path / "none", headers=tmp_path / "gone", own=given, machine=MACHINES["win_amd64"])


def test_debians_pyconfig_is_the_one_it_includes(tmp_path: Path) -> None:
    real = tmp_path / "x86_64-linux-gnu" / "python3.11" / "pyconfig.h"
    real.parent.mkdir(parents=True)
    real.write_text("")
    assert crossing._own_pyconfig(tmp_path / "python3.11", {"MULTIARCH": "x86_64-linux-gnu"}) == real


def test_an_import_library_lists_what_this_python_offers(tmp_path: Path, this: Interpreter) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "dlltool").write_text('#!/bin/sh\necho made > "$6"\n')
    (programs / "dlltool").chmod(0o755)
    machine = MACHINES["win_amd64"]
    toolchain = Toolchain(folder=tmp_path, machine=machine)
    said = interpreter.variables(this)
    libraries.make(tmp_path, said, executable=this.executable, python=OWN, machine=machine, toolchain=toolchain)
    own = (tmp_path / f"python{OWN.removeprefix('cp')}.def").read_text().splitlines()
    assert own[0] == f"LIBRARY python{OWN.removeprefix('cp')}.dll"
    assert {"PyList_New", "PyExc_ValueError DATA"} <= set(own)
    stable = (tmp_path / "python3.def").read_text().splitlines()
    assert {"PyList_New", "PyExc_ValueError DATA"} <= set(stable)
    assert {"PyUnicode_AsUTF8", "PyErr_SetFromWindowsErr", "PyExc_WindowsError DATA"} <= set(own)
    assert (tmp_path / "libpython3.a").read_text() == (tmp_path / "python3.lib").read_text() == "made\n"


def test_cmake_and_meson_are_told_of_the_machine(tmp_path: Path) -> None:
    for name, system in (("win_arm64", "Windows"), ("macosx_arm64", "Darwin"), ("manylinux_s390x", "Linux")):
        toolchain = Toolchain(folder=tmp_path / name, machine=MACHINES[name])
        toolchain.programs.mkdir(parents=True)
        given = {"machine": MACHINES[name], "toolchain": toolchain}
        text = tools.cmake(tmp_path / "t.cmake", include=tmp_path, python=OWN, **given).read_text()  # type: ignore[arg-type]
        assert f"set(CMAKE_SYSTEM_NAME {system})" in text
        assert MACHINES[name].suffix(OWN)[1:].rpartition(".")[0] in text
        text = tools.meson(tmp_path / "t.ini", python=Path("/py"), **given).read_text()  # type: ignore[arg-type]
        assert f"endian = '{'big' if 's390x' in name else 'little'}'" in text
