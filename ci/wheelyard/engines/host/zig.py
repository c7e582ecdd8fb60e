"""A toolchain made of zig: programs under the names that build tools ask for, for one order."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wheelyard import resources
from wheelyard.engines.host import compiler, flags, foreign, typeinfo
from wheelyard.engines.host.machines import Machine

_C_COMPILERS = ("cc", "gcc", "clang", "{gnu}-gcc")
_CPP_COMPILERS = ("c++", "g++", "clang++", "{gnu}-g++")
_FLAGS = "-O3 -DNDEBUG -fwrapv -fPIC"
_SHARED = {"linux": "-shared", "win32": "-shared", "darwin": "-bundle -undefined dynamic_lookup"}

# For each compiler, a program small enough that linking it costs little but the run-time libraries it needs.
PROBES = {
    "cc": "int wheelyard_probe(int x) { return x; }\n",
    "c++": "#include <stdexcept>\nvoid wheelyard_probe() { throw std::runtime_error(__func__); }\n",
}

_LAUNCHER = """\
import sys
sys.path.insert(0, {library!r})
from wheelyard.engines.host.compiler import main
main(sys.argv[2:], driver=sys.argv[1], zig={zig!r}, triple={triple!r}, machine={machine!r},
     headers={headers!r}, first={first!r}, folder={folder!r}, system={system!r}, cpu={cpu!r})
"""


@dataclass(frozen=True, kw_only=True)
class Notes:
    """What compiler calls left behind: flags dropped, flags whose loss matters, calls refused, files linked."""

    left_out: tuple[str, ...]
    altered: tuple[str, ...]
    refused: tuple[str, ...]
    linked: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Toolchain:
    """The toolchain in `folder`; its programs are found through PATH, so that no path of ours enters a build."""

    folder: Path
    machine: Machine

    @property
    def programs(self) -> Path:
        """The folder to put first on PATH."""
        return self.folder / "bin"

    def variables(self) -> dict[str, str]:
        """What tells build tools to use it.

        LDSHARED and LDCXXSHARED keep out what the interpreter was linked with: its run paths, Debian's flags.
        """
        shared = _SHARED[self.machine.system]
        return {
            "CC": "cc",
            "CXX": "c++",
            "CPP": "cc -E",
            "AR": "ar",
            "ARFLAGS": "rcsD",
            "RANLIB": "ranlib",
            "STRIP": "strip",
            "FC": "gfortran",
            "LDSHARED": f"cc {shared}",
            "LDCXXSHARED": f"c++ {shared}",
            "CFLAGS": _FLAGS,
            "CXXFLAGS": _FLAGS,
        }

    def notes(self) -> Notes:
        """What was noted until now, without repetitions."""
        path = self.folder / "notes"
        found: dict[str, dict[str, None]] = {}
        for line in path.read_text(errors="replace").splitlines() if path.exists() else ():
            kind, _, text = line.partition("\t")
            found.setdefault(kind, {})[text] = None
        kinds = ("left-out", "altered", "refused", "linked")
        left_out, altered, refused, linked = (tuple(found.get(kind, ())) for kind in kinds)
        return Notes(left_out=left_out, altered=altered, refused=refused, linked=linked)


def make(
    folder: Path, *, machine: Machine, zig: Path, headers: Path | None = None, first: tuple[str, ...] = ()
) -> Toolchain:
    """Write the toolchain of one order into `folder`, whose path must do without spaces.

    `headers` are the interpreter's own; `first` are arguments that go before all of a compiler call's.
    """
    programs, library = folder / "bin", folder / "lib"
    programs.mkdir(parents=True)
    package = library / "wheelyard" / "engines" / "host"
    package.mkdir(parents=True)
    for module in (compiler, flags, foreign, typeinfo):
        source = Path(str(module.__file__))
        (package / source.name).write_bytes(source.read_bytes())
    settings = {
        "library": str(library),
        "zig": str(zig),
        "triple": machine.triple,
        "machine": machine.gnu,
        "headers": (str(headers), str(_second(headers, machine))) if headers else (),
        "first": (*machine.flags, *first, *(_shim(folder, headers, machine) if headers else ())),
        "folder": str(folder),
        "system": machine.system,
        "cpu": machine.cpu,
    }
    (folder / "launch.py").write_text(_LAUNCHER.format(**settings))
    for name, text in _programs(folder, zig, machine):
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    return Toolchain(folder=folder, machine=machine)


def _programs(folder: Path, zig: Path, machine: Machine) -> Iterator[tuple[str, str]]:
    """Each program's name and shell text; objects go to this order's own cache, libraries to the shared one.

    zig's key of an object leaves SOURCE_DATE_EPOCH out, so objects of another commit must not be found.
    """
    caches = f"export ZIG_GLOBAL_CACHE_DIR={_quoted(runtime_cache())} ZIG_LOCAL_CACHE_DIR={_quoted(folder / 'objects')}"
    launch = f"{_quoted(sys.executable)} -ISE {_quoted(folder / 'launch.py')}"
    for driver, names in (("cc", _C_COMPILERS), ("c++", _CPP_COMPILERS)):
        for name in names:
            yield name.format(gnu=machine.gnu), f'{caches}\nexec {launch} {driver} "$@"'
    for name in ("ar", "ranlib", *(("dlltool", "rc") if machine.system == "win32" else ())):
        yield name, f'{caches}\nexec {_quoted(zig)} {name} "$@"'
    yield "strip", "exit 0  # every link has stripped already"
    yield "gfortran", "echo 'wheelyard refused gfortran: zig compiles no Fortran.' >&2\nexit 1"


def _quoted(path: Path | str) -> str:
    return shlex.quote(str(path))


def _shim(folder: Path, headers: Path, machine: Machine) -> Iterator[str]:
    """What lets zig find that folder: Debian's pyconfig.h includes the other one by its place in /usr/include."""
    if _second(headers, machine).is_dir():
        link = folder / "headers" / machine.gnu / headers.name
        link.parent.mkdir(parents=True)
        link.symlink_to(_second(headers, machine))
        yield from ("-isystem", str(folder / "headers"))


def _second(headers: Path, machine: Machine) -> Path:
    """Where Debian keeps the headers of an interpreter that differ between architectures."""
    return headers.parent / machine.gnu / headers.name


def runtime_cache() -> Path:
    """Where zig keeps the C and C++ libraries it made; it survives being killed, and several zigs share it."""
    return resources.cache() / "zig"
