"""Building for another machine with an interpreter of this one: its headers, its names, its tools' files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wheelyard.doors import process
from wheelyard.engines.host import zig as toolchains
from wheelyard.engines.host.crossing import headers, interpreter, libraries, tools
from wheelyard.engines.host.interpreters import Interpreter
from wheelyard.engines.host.machines import Machine
from wheelyard.engines.host.zig import Toolchain
from wheelyard.errors import OutsideError

# macOS has a C++ library that all other modules share. pybind11 and nanobind take ours for one of them, and would have
# its exceptions translated where they are not known.
_APART = ('-DPYBIND11_BUILD_ABI="_libcpp_static"', "-DNB_DOMAIN=libcpp_static")


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """The surroundings of a build for `machine`; `environment` is for the back end, and for nothing else."""

    folder: Path
    machine: Machine
    toolchain: Toolchain
    include: Path
    environment: dict[str, str]

    def settings(self, backend: str, python: Path) -> tuple[str, ...]:
        """What a back end must be told besides, as config settings; `python` is the one it runs in."""
        if backend != "mesonpy":
            return ()
        file = tools.meson(self.folder / "meson.ini", machine=self.machine, toolchain=self.toolchain, python=python)
        return (f"setup-args=--cross-file={file}",)


def make(folder: Path, *, machine: Machine, build_with: Interpreter, python: str, zig: Path) -> Crossing:
    """Make the surroundings in `folder` for a Python such as `cp313t`; `OutsideError` if its ABI cannot be stated."""
    folder.mkdir()
    said = interpreter.variables(build_with)
    given = build_with.headers or Path(str(said["INCLUDEPY"]))
    include = headers.make(folder / "include", headers=given, own=_own_pyconfig(given, said), machine=machine)
    toolchain = toolchains.make(
        folder / "toolchain", machine=machine, zig=zig, first=_first(folder, include, machine, python)
    )
    if machine.system == "win32":
        libraries.make(
            folder, said, executable=build_with.executable, python=python, machine=machine, toolchain=toolchain
        )
    _check_layout(folder, toolchain)
    seen = interpreter.disguised(
        folder / "site", said, python=python, machine=machine, toolchain=toolchain, include=include
    )
    cmake = tools.cmake(
        folder / "toolchain.cmake", machine=machine, toolchain=toolchain, include=include, python=python
    )
    environment = {
        **seen,
        "CMAKE_GENERATOR": "Ninja",
        "CMAKE_TOOLCHAIN_FILE": str(cmake),
        "PKG_CONFIG_LIBDIR": str(folder / "no-packages"),  # this machine's libraries are not the target's
        "PKG_CONFIG_PATH": "",
    }
    if machine.system == "darwin":
        environment["MACOSX_DEPLOYMENT_TARGET"] = machine.platform.split("-")[1]
    return Crossing(folder=folder, machine=machine, toolchain=toolchain, include=include, environment=environment)


def _own_pyconfig(folder: Path, said: dict[str, str | int]) -> Path:
    """The pyconfig.h of this machine; Debian's includes the real one from the folder of the architecture."""
    second = folder.parent / str(said.get("MULTIARCH", "")) / folder.name / "pyconfig.h"
    return second if second.is_file() else folder / "pyconfig.h"


def _first(folder: Path, include: Path, machine: Machine, python: str) -> tuple[str, ...]:
    """What every compiler call begins with, so that no folder a build names comes before."""
    if machine.system == "darwin":
        return ("-I", str(include), *_APART)
    if machine.system != "win32":
        return ("-I", str(include))
    threads = ("-DWHEELYARD_GIL_DISABLED",) if python.endswith("t") else ()
    return ("-I", str(include), "-isystem", str(headers.spelled(folder / "spelled")), "-L", str(folder), *threads)


def _check_layout(folder: Path, toolchain: Toolchain) -> None:
    """Compile what asserts that pyconfig.h tells the truth."""
    command = (str(toolchain.programs / "cc"), "-c", str(headers.LAYOUT), "-o", str(folder / "layout.o"))
    ended = process.run(command, cwd=folder)
    if ended.code != 0:
        raise OutsideError(f"The headers of this machine's Python cannot be used for another: {ended.last(5)}")
