"""Files that tell CMake and meson which machine they build for."""

from __future__ import annotations

from pathlib import Path

from wheelyard.engines.host.machines import Machine
from wheelyard.engines.host.zig import Toolchain

_NAMES = {"linux": "Linux", "win32": "Windows", "darwin": "Darwin"}
_MESON_NAMES = {"linux": "linux", "win32": "windows", "darwin": "darwin"}

# Programs of macOS that CMake asks for and that a link by zig leaves nothing to do.
_IDLE = ("codesign", "install_name_tool", "otool")


def cmake(file: Path, *, machine: Machine, toolchain: Toolchain, include: Path, python: str) -> Path:
    """Write CMake's toolchain file (https://cmake.org/cmake/help/latest/manual/cmake-toolchains.7.html).

    An emulator that is the shell itself lets FindPython ask this machine's interpreter, which is disguised (CMP0190).
    """
    programs = toolchain.programs
    suffix = machine.suffix(python)
    lines = [
        f"set(CMAKE_SYSTEM_NAME {_NAMES[machine.system]})",
        "set(CMAKE_SYSTEM_VERSION 1)",
        f"set(CMAKE_SYSTEM_PROCESSOR {machine.name})",
        f'set(CMAKE_C_COMPILER "{programs / "cc"}")',
        f'set(CMAKE_CXX_COMPILER "{programs / "c++"}")',
        *(f'set(CMAKE_{name.upper()} "{programs / name}" CACHE FILEPATH "")' for name in ("ar", "ranlib", "strip")),
        f'set(CMAKE_FIND_ROOT_PATH "{include.parent}")',
        "set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)",
        "set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)",
        "set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE BOTH)",
        "set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE BOTH)",
        'set(CMAKE_CROSSCOMPILING_EMULATOR /bin/sh -c [["$0" "$@"]])',
        *(f'set({name}_INCLUDE_DIR "{include}" CACHE PATH "")' for name in ("Python", "Python3")),
        f'set(Python_SOABI "{suffix[1:].rpartition(".")[0]}" CACHE STRING "")',
        *_of_system(machine, toolchain, include.parent, python),
    ]
    file.write_text("\n".join(lines) + "\n")
    return file


def _of_system(machine: Machine, toolchain: Toolchain, libraries: Path, python: str) -> tuple[str, ...]:
    programs = toolchain.programs
    if machine.system == "darwin":
        for name in _IDLE:
            (programs / name).write_text("#!/bin/sh\nexit 0\n")
            (programs / name).chmod(0o755)
        unset = ("DEPLOYMENT_TARGET", "SYSROOT", "ARCHITECTURES")
        return (
            *(f'set(CMAKE_OSX_{name} "" CACHE STRING "")' for name in unset),
            f'set(CMAKE_INSTALL_NAME_TOOL "{programs / "install_name_tool"}" CACHE FILEPATH "")',
        )
    if machine.system == "win32":
        own = libraries / f"libpython{python.removeprefix('cp')}.a"
        return (
            f'set(CMAKE_RC_COMPILER "{programs / "rc"}")',
            *(f'set({name}_LIBRARY "{own}" CACHE FILEPATH "")' for name in ("Python", "Python3")),
            f'set(Python_SABI_LIBRARY "{libraries / "libpython3.a"}" CACHE FILEPATH "")',
        )
    return ()


def meson(file: Path, *, machine: Machine, toolchain: Toolchain, python: Path) -> Path:
    """Write meson's cross file (https://mesonbuild.com/Cross-compilation.html); `python` asks about the target."""
    names = {"c": "cc", "cpp": "c++", "ar": "ar", "ranlib": "ranlib", "strip": "strip"}
    lines = [
        "[binaries]",
        *(f"{name} = '{toolchain.programs / program}'" for name, program in names.items()),
        f"python = '{python}'",
        "[properties]",
        "needs_exe_wrapper = true",
        "[host_machine]",
        f"system = '{_MESON_NAMES[machine.system]}'",
        f"cpu_family = '{machine.family}'",
        f"cpu = '{machine.family}'",
        f"endian = '{machine.endian}'",
    ]
    file.write_text("\n".join(lines) + "\n")
    return file
