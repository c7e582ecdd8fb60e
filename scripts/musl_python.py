#!/usr/bin/env python3
"""Make a CPython of musl on a Debian of glibc: what musllinux wheels of the host engine are imported on.

    scripts/musl_python.py [--machine aarch64]

prints the program. Debian's sources of this Python's version (and libffi, for ctypes) are compiled by the host engine's
zig; the C library is Debian's own musl, older than zig's, started by its own loader, for another processor under qemu.
Minutes the first time, kept in the cache by the hash of all that goes into it. Needs apt and make; no root, and nothing
is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from wheelyard import resources
from wheelyard.doors import files
from wheelyard.engines.host import tools, zig
from wheelyard.engines.host.machines import MACHINES

PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
DEBIAN = {"x86_64": "amd64", "aarch64": "arm64"}

# What configure would find out by running programs, and functions that Debian's musl does not have yet.
ANSWERS = """\
ac_cv_buggy_getaddrinfo=no
ac_cv_file__dev_ptc=no
ac_cv_file__dev_ptmx=no
ac_cv_func_preadv2=no
ac_cv_func_pwritev2=no
"""
LEFT_OUT = ("_codecs_", "_crypt ", "_decimal ", "_elementtree ", "_multibyte", "_xxsub", "ossaudiodev ", "spwd ", "xx")
CTYPES = (
    "*static*\n_ctypes _ctypes/_ctypes.c _ctypes/callbacks.c _ctypes/callproc.c _ctypes/cfield.c _ctypes/stgdict.c"
    " -I{ffi}/include {ffi}/.libs/libffi.a -DHAVE_FFI_PREP_CIF_VAR -DHAVE_FFI_PREP_CLOSURE_LOC"
    " -DHAVE_FFI_CLOSURE_ALLOC\n"
)
CHECK = "import ctypes, math, socket, struct, subprocess, sysconfig; print(sysconfig.get_config_var('SOABI'))"


def main() -> None:
    """Make what is not there yet, say where it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--machine", choices=DEBIAN, default="x86_64")
    options = parser.parse_args()
    print(python(options.machine))


def python(machine: str) -> Path:
    """The program, made if need be; `CalledProcessError` when a step fails, `OSError` where a tool is absent."""
    inputs = (Path(__file__).read_bytes(), PYTHON.encode(), machine.encode(), str(tools.VERSIONS["ziglang"]).encode())
    folder = resources.cache() / "musl" / f"{machine}-{hashlib.sha256(b''.join(inputs)).hexdigest()[:12]}"
    program = folder / "bin" / "python3"
    with files.alone(folder.with_suffix(".lock"), wait=True):
        if not program.exists():
            files.remove(folder)
            with files.scratch("musl") as work:
                fetch(work, machine)
                compile_all(work, machine)
                install(work, folder, machine)
    return program


def fetch(work: Path, machine: str) -> None:
    """Unpack the sources and the C library, with a state of apt's own that knows where this Debian's sources are."""
    folders = {"Dir::Cache": work, "Dir::Etc": work / "etc", "Dir::State::lists": work / "lists"}
    others = {"APT::Architecture": DEBIAN[machine], "APT::Sandbox::User": "", "Debug::NoLocking": "1"}
    settings = {**folders, **others}
    apt = ("apt-get", "-q", *(word for name, value in settings.items() for word in ("-o", f"{name}={value}")))
    for name in ("etc/sources.list.d", "etc/preferences.d", "archives/partial", "lists/partial"):
        (work / name).mkdir(parents=True)
    for name in ("trusted.gpg.d", "apt.conf.d", "auth.conf.d"):
        if (own := Path("/etc/apt", name)).exists():
            (work / "etc" / name).symlink_to(own)
    for source in (Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("debian*")):
        if source.is_file():
            text = source.read_text().replace("Types: deb\n", "Types: deb deb-src\n")
            rows = (f"deb-src {row[4:]}" for row in text.splitlines() if row.startswith("deb "))
            (work / "etc" / source.relative_to("/etc/apt")).write_text("\n".join((text, *rows, "")))
    run((*apt, "update"), work)
    release = platform.freedesktop_os_release()["VERSION_CODENAME"]
    run((*apt, "source", "--tar-only", f"{PYTHON}/{release}", f"libffi/{release}"), work)
    run((*apt, "download", "musl"), work)
    for archive in work.glob("*.orig.tar.*"):
        with tarfile.open(archive) as stream:
            stream.extractall(work / "sources", filter="data")
    (package,) = work.glob("musl_*.deb")
    run(("dpkg-deb", "-x", package, work / "musl"), work)


def compile_all(work: Path, machine: str) -> None:
    """Compile libffi, then Python with its modules inside the program: nothing then depends on where it lies."""
    chain = zig.make(work / "tools", machine=MACHINES[f"musllinux_{machine}"], zig=tools.zig({}))
    environment = {
        "PATH": f"{chain.programs}:{os.defpath}",
        "CONFIG_SITE": str(work / "answers"),
        "CC": "cc -dynamic",
        "CFLAGS": "-O1 -w",
        "CXX": "c++",
        "AR": "ar",
        "RANLIB": "ranlib",
        "READELF": "true",
        "MODULE_BUILDTYPE": "static",
    }
    (work / "answers").write_text(ANSWERS)
    # from 3.11 on the names of modules say musl where the machine that builds does
    triples = (f"--host={machine}-linux-musl", f"--build={machine}-build-linux-musl")
    (source,) = work.glob("sources/libffi-*/")
    build = build_in(work / "ffi")
    run(
        (source / "configure", *triples, "--disable-shared", "--disable-docs", "--disable-exec-static-tramp"),
        build,
        environment,
    )
    run(("make", "-s", "-j2"), build, environment)
    (source,) = work.glob("sources/Python-*/")
    build = build_in(work / "python")
    options = (f"--with-build-python={sys.executable}", "--disable-test-modules", "--without-ensurepip")
    run((source / "configure", *triples, *options, "--with-pkg-config=no"), build, environment)
    rows = (build / "Modules" / "Setup.stdlib").read_text().splitlines(keepends=True)
    modules = "".join(row for row in rows if not row.startswith(LEFT_OUT))
    (build / "Modules" / "Setup.local").write_text(modules + CTYPES.format(ffi=work / "ffi"))
    run(("make", "-s", "-j2", "python", "pybuilddir.txt"), build, environment)


def build_in(folder: Path) -> Path:
    """A new folder."""
    folder.mkdir()
    return folder


def install(work: Path, folder: Path, machine: str) -> None:
    """Put program, library and loader into `folder`, last of all what starts them."""
    (source,) = work.glob("sources/Python-*/")
    (data,) = work.glob("python/build/lib*/_sysconfigdata*.py")
    library = folder / "lib" / PYTHON
    shutil.copytree(source / "Lib", library, ignore=shutil.ignore_patterns("test", "idlelib", "lib2to3", "tkinter"))
    shutil.copy(data, library)
    (library / "lib-dynload").mkdir()
    (folder / "bin").mkdir()
    shutil.copy(work / "python" / "python", folder / "bin" / PYTHON)
    shutil.copy(work / "musl" / "lib" / f"{machine}-linux-musl" / "libc.so", folder / "lib" / "libc.so")
    started = f'"{folder}/lib/libc.so" --argv0 "$0" "{folder}/bin/{PYTHON}" "$@"'
    emulator = "" if os.uname().machine == machine else f'"{shutil.which(f"qemu-{machine}-static")}" '
    made = folder / "bin" / "making"
    made.write_text(f"#!/bin/sh\nexec {emulator}{started}\n")
    made.chmod(0o755)
    run((made, "-c", CHECK), work)
    made.rename(folder / "bin" / "python3")


def run(command: tuple[str | Path, ...], folder: Path, environment: dict[str, str] | None = None) -> None:
    """Run one step; what it says goes to stderr."""
    subprocess.run(command, cwd=folder, env=environment, stdout=sys.stderr, check=True)


if __name__ == "__main__":
    main()
