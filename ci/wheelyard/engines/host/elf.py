"""The binaries of a wheel for Linux, as far as the host engine must know them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from elftools.elf.elffile import ELFFile

MAGIC = b"\x7fELF"


@dataclass(frozen=True, kw_only=True)
class Binary:
    """One binary of a wheel.

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


def read(name: str, data: bytes, *, cpp: bool) -> Binary:
    """A library or an extension module of Linux."""
    from elftools.elf.elffile import ELFFile  # noqa: PLC0415  # slow to import, and only builds need it

    elf = ELFFile(io.BytesIO(data))
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
