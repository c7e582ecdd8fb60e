"""A toolchain made of zig: programs under the names that build tools ask for, for one order."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wheelyard import resources
from wheelyard.engines.host import compiler, flags


@dataclass(frozen=True, kw_only=True)
class Arch:
    """How one architecture is called: zig's target with the oldest C library, gcc's machine, the wheel's tag."""

    triple: str
    gnu: str
    tag: str


# glibc 2.17 is what manylinux_2_17 (manylinux2014) promises, and the oldest zig has for both.
ARCHS = {
    "x86_64": Arch(triple="x86_64-linux-gnu.2.17", gnu="x86_64-linux-gnu", tag="manylinux_2_17_x86_64"),
    "aarch64": Arch(triple="aarch64-linux-gnu.2.17", gnu="aarch64-linux-gnu", tag="manylinux_2_17_aarch64"),
}

_C_COMPILERS = ("cc", "gcc", "clang", "{gnu}-gcc")
_CPP_COMPILERS = ("c++", "g++", "clang++", "{gnu}-g++")
_FLAGS = "-O3 -DNDEBUG -fwrapv -fPIC"

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
     headers={headers!r}, first={first!r}, folder={folder!r})
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
    arch: Arch

    @property
    def programs(self) -> Path:
        """The folder to put first on PATH."""
        return self.folder / "bin"

    def variables(self) -> dict[str, str]:
        """What tells build tools to use it.

        LDSHARED and LDCXXSHARED keep out what the interpreter was linked with: its run paths, Debian's flags.
        """
        return {
            "CC": "cc",
            "CXX": "c++",
            "CPP": "cc -E",
            "AR": "ar",
            "ARFLAGS": "rcsD",
            "RANLIB": "ranlib",
            "STRIP": "strip",
            "FC": "gfortran",
            "LDSHARED": "cc -shared",
            "LDCXXSHARED": "c++ -shared",
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


def make(folder: Path, *, arch: Arch, zig: Path, headers: Path | None = None) -> Toolchain:
    """Write the toolchain of one order into `folder`, whose path must do without spaces."""
    programs, library = folder / "bin", folder / "lib"
    programs.mkdir(parents=True)
    package = library / "wheelyard" / "engines" / "host"
    package.mkdir(parents=True)
    for module in (compiler, flags):
        source = Path(str(module.__file__))
        (package / source.name).write_bytes(source.read_bytes())
    settings = {
        "library": str(library),
        "zig": str(zig),
        "triple": arch.triple,
        "machine": arch.gnu,
        "headers": (str(headers), str(_second(headers, arch))) if headers else (),
        "first": tuple(_shim(folder, headers, arch)) if headers else (),
        "folder": str(folder),
    }
    (folder / "launch.py").write_text(_LAUNCHER.format(**settings))
    for name, text in _programs(folder, zig, arch):
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    return Toolchain(folder=folder, arch=arch)


def _programs(folder: Path, zig: Path, arch: Arch) -> Iterator[tuple[str, str]]:
    """Each program's name and shell text; objects go to this order's own cache, libraries to the shared one.

    zig's key of an object leaves SOURCE_DATE_EPOCH out, so objects of another commit must not be found.
    """
    caches = f"export ZIG_GLOBAL_CACHE_DIR={_quoted(runtime_cache())} ZIG_LOCAL_CACHE_DIR={_quoted(folder / 'objects')}"
    launch = f"{_quoted(sys.executable)} -ISE {_quoted(folder / 'launch.py')}"
    for driver, names in (("cc", _C_COMPILERS), ("c++", _CPP_COMPILERS)):
        for name in names:
            yield name.format(gnu=arch.gnu), f'{caches}\nexec {launch} {driver} "$@"'
    for name in ("ar", "ranlib"):
        yield name, f'{caches}\nexec {_quoted(zig)} {name} "$@"'
    yield "strip", "exit 0  # every link has stripped already"
    yield "gfortran", "echo 'wheelyard refused gfortran: zig compiles no Fortran.' >&2\nexit 1"


def _quoted(path: Path | str) -> str:
    return shlex.quote(str(path))


def _shim(folder: Path, headers: Path, arch: Arch) -> Iterator[str]:
    """What lets zig find that folder: Debian's pyconfig.h includes the other one by its place in /usr/include."""
    if _second(headers, arch).is_dir():
        link = folder / "headers" / arch.gnu / headers.name
        link.parent.mkdir(parents=True)
        link.symlink_to(_second(headers, arch))
        yield from ("-isystem", str(folder / "headers"))


def _second(headers: Path, arch: Arch) -> Path:
    """Where Debian keeps the headers of an interpreter that differ between architectures."""
    return headers.parent / arch.gnu / headers.name


def runtime_cache() -> Path:
    """Where zig keeps the C and C++ libraries it made; it survives being killed, and several zigs share it."""
    return resources.cache() / "zig"
