"""The binaries of a wheel, as far as the host engine must know them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from elftools.elf.elffile import ELFFile

_MAGIC = b"\x7fELF"

# The name of a type that every file with C++'s own run-time type information carries, from the Itanium C++ ABI.
_CPP_MARK = b"N10__cxxabiv1"


@dataclass(frozen=True, kw_only=True)
class Binary:
    """One ELF file of a wheel.

    `defined` are the symbols it offers; `unbound` those it takes from wherever they are: without a version, and needed.
    `run_paths` are the folders of RPATH and RUNPATH. `cpp` tells whether it has C++'s run-time library inside,
    `compilers` what left its name in the file.
    """

    name: str
    needed: tuple[str, ...]
    run_paths: tuple[str, ...]
    defined: frozenset[str]
    unbound: frozenset[str]
    cpp: bool
    compilers: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """Its file name."""
        return self.name.rpartition("/")[2]


def binaries(wheel: Path) -> tuple[Binary, ...]:
    """Every ELF file in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return tuple(_binaries(archive))


def _binaries(archive: zipfile.ZipFile) -> Iterator[Binary]:
    from elftools.elf.elffile import ELFFile  # noqa: PLC0415  # slow to import, and only builds need it

    for member in archive.infolist():
        with archive.open(member) as stream:
            if stream.read(len(_MAGIC)) != _MAGIC:
                continue
        data = archive.read(member)
        yield _binary(member.filename, ELFFile(io.BytesIO(data)), cpp=_CPP_MARK in data)


def _binary(name: str, elf: ELFFile, *, cpp: bool) -> Binary:
    dynamic: Any = elf.get_section_by_name(".dynamic")
    tags: dict[str, list[str]] = {"DT_NEEDED": [], "DT_RPATH": [], "DT_RUNPATH": []}
    for tag in dynamic.iter_tags() if dynamic else ():
        if tag.entry.d_tag in tags:
            tags[tag.entry.d_tag].append(getattr(tag, tag.entry.d_tag.removeprefix("DT_").lower()))
    defined, unbound = _symbols(elf)
    return Binary(
        name=name,
        needed=tuple(tags["DT_NEEDED"]),
        run_paths=tuple(path for paths in tags["DT_RPATH"] + tags["DT_RUNPATH"] for path in paths.split(":") if path),
        defined=defined,
        unbound=unbound,
        cpp=cpp,
        compilers=_compilers(elf),
    )


def _compilers(elf: ELFFile) -> tuple[str, ...]:
    section = elf.get_section_by_name(".comment")
    return tuple(name for name in section.data().decode(errors="replace").split("\0") if name) if section else ()


def _symbols(elf: ELFFile) -> tuple[frozenset[str], frozenset[str]]:
    table: Any = elf.get_section_by_name(".dynsym")
    versions: Any = elf.get_section_by_name(".gnu.version")
    defined, unbound = set(), set()
    for number, symbol in enumerate(table.iter_symbols() if table else ()):
        if symbol["st_shndx"] != "SHN_UNDEF":
            defined.add(symbol.name)
        elif symbol.name and symbol["st_info"]["bind"] != "STB_WEAK":
            version = versions.get_symbol(number)["ndx"] if versions else "VER_NDX_GLOBAL"
            if version in {"VER_NDX_GLOBAL", "VER_NDX_LOCAL"}:
                unbound.add(symbol.name)
    return frozenset(defined), frozenset(unbound)
