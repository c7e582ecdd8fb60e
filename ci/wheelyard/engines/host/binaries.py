"""Every binary in a wheel, whatever system it is for."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from wheelyard.engines.host import elf, images
from wheelyard.engines.host.elf import Binary

_READERS = {elf.MAGIC: elf.read, images.MACHO_MAGIC: images.macho}
_PE_NAMES = (".dll", ".exe", ".pyd")

# The name of a type that every file with C++'s own run-time type information carries, from the Itanium C++ ABI.
_CPP_MARK = b"N10__cxxabiv1"


def of(wheel: Path) -> tuple[Binary, ...]:
    """The ELF, PE and Mach-O files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return tuple(_binaries(archive))


def _binaries(archive: zipfile.ZipFile) -> Iterator[Binary]:
    for member in archive.infolist():
        with archive.open(member) as stream:
            start = stream.read(4)
        is_pe = start.startswith(images.PE_MAGIC) and member.filename.lower().endswith(_PE_NAMES)
        read = images.pe if is_pe else _READERS.get(start)
        if read is not None:
            data = archive.read(member)
            yield read(member.filename, data, cpp=_CPP_MARK in data)


def names(wheel: Path) -> tuple[str, ...]:
    """Every file in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return tuple(archive.namelist())
