"""musl as Linux distributions have it, where zig has its own: the library's name, and what it offers."""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path

from wheelyard.engines.host import elf
from wheelyard.engines.host.machines import Machine
from wheelyard.engines.host.work import Work


def offered() -> frozenset[str]:
    """What every musllinux_1_2 system offers: the symbols of musl 1.2.3, which has no versions to tell by.

    zig's own musl is newer, and links what an older one lacks. Read from Debian's package by scripts/musl_symbols.py.
    """
    return frozenset(Path(__file__).with_suffix(".txt").read_text().split())


def named(wheel: Path, target: Path, *, machine: Machine, patchelf: Path, work: Work) -> Path:
    """Copy a wheel, with the C library called as distributions call it, and not `libc.so`; auditwheel mends RECORD."""
    real = f"libc.musl-{machine.name}.so.1"
    with zipfile.ZipFile(wheel) as given, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for member in given.infolist():
            data = given.read(member)
            if data.startswith(elf.MAGIC):
                handle, name = tempfile.mkstemp(dir=target.parent)
                with os.fdopen(handle, "wb") as stream:
                    stream.write(data)
                command = (patchelf, "--replace-needed", "libc.so", real, name)
                work.run("naming the C library", command, cwd=target.parent, env=dict(os.environ))
                data = Path(name).read_bytes()
                Path(name).unlink()
            made.writestr(member, data)
    return target
