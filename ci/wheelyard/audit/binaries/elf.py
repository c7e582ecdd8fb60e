"""Read an ELF file with pyelftools.

Structures come from pyelftools; tables of symbols, which may be long, are unpacked in one go. Nothing is read that
lies outside the file, and no count in it is believed beyond what the file has room for.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import islice
from typing import Any

from elftools.elf.dynamic import DynamicSegment
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

from wheelyard.audit.binaries import NO_TRAITS, Slice, Trait
from wheelyard.audit.binaries.names import Names

MOST_ENTRIES = 100_000
MOST_VERSIONS = 10_000

_ARCHS = {
    ("EM_X86_64", 64): "x86_64",
    ("EM_X86_64", 32): "x32",
    ("EM_386", 32): "i686",
    ("EM_AARCH64", 64): "aarch64",
    ("EM_ARM", 32): "armv7l",
    ("EM_PPC64", 64): "ppc64le",
    ("EM_S390", 64): "s390x",
    ("EM_RISCV", 64): "riscv64",
    ("EM_LOONGARCH", 64): "loongarch64",
}
_TEXTREL = 0x4
_WEAK, _UNDEFINED = 2, 0
_LOCAL_VERSION, _GLOBAL_VERSION = 0, 1


def read(data: bytes) -> Slice:
    """The one slice of an ELF file."""
    elf: Any = ELFFile(BytesIO(data))
    if elf.num_sections() > MOST_ENTRIES or elf.num_segments() > MOST_ENTRIES:
        raise ValueError("more sections or segments than any linker makes")
    segments = tuple(elf.iter_segments())  # making one reads all sections: once is enough
    needed, rpaths, identity, flags = _dynamic(segments)
    sections = {section.name: section for section in elf.iter_sections()}
    imports, loose, exports = _symbols(data, elf, sections)
    return Slice(
        arch=_arch(elf),
        identity=identity,
        needed=needed,
        rpaths=rpaths,
        versions=frozenset(_versions(sections)),
        imports={"": imports},
        loose=loose,
        exports=exports,
        traits=_traits(elf, segments, sections, flags) | _libcxx(data, needed, identity),
    )


def _arch(elf: Any) -> str:  # noqa: ANN401  # pyelftools has no types that mypy could follow
    arch = _ARCHS.get((elf["e_machine"], elf.elfclass), f"{elf['e_machine']}/{elf.elfclass}")
    return arch if elf.little_endian or arch == "s390x" else f"{arch} (big-endian)"


def _dynamic(segments: Sequence[Any]) -> tuple[tuple[str, ...], tuple[str, ...], str | None, int]:
    """Needed libraries, run paths, SONAME, and whether there are text relocations, from the dynamic segment."""
    needed: list[str] = []
    rpaths: list[str] = []
    identity: str | None = None
    flags = 0
    for segment in segments:
        if not isinstance(segment, DynamicSegment):
            continue
        tags: Iterator[Any] = islice(segment.iter_tags(), MOST_ENTRIES)
        for tag in tags:
            kind, number = tag.entry.d_tag, tag.entry.d_val
            if kind == "DT_NEEDED":
                needed.append(tag.needed)
            elif kind == "DT_RPATH":
                rpaths.extend(tag.rpath.split(":"))
            elif kind == "DT_RUNPATH":
                rpaths.extend(tag.runpath.split(":"))
            elif kind == "DT_SONAME":
                identity = tag.soname
            elif kind in {"DT_TEXTREL", "DT_FLAGS"}:
                flags |= _TEXTREL if kind == "DT_TEXTREL" else number
    return tuple(dict.fromkeys(needed)), tuple(dict.fromkeys(rpaths)), identity, flags


def _versions(sections: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The symbol versions it needs, each with the library it expects them of."""
    section = sections.get(".gnu.version_r")
    if not isinstance(section, GNUVerNeedSection):
        return
    for library, versions in islice(section.iter_versions(), MOST_VERSIONS):
        for version in islice(versions, MOST_VERSIONS):
            yield str(library.name), str(version.name)


def _symbols(
    data: bytes,
    elf: Any,  # noqa: ANN401
    sections: dict[str, Any],
) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """What the dynamic symbol table imports, what of it strongly and without a version, and what it exports."""
    table, strings = _bytes(data, sections.get(".dynsym")), Names(_bytes(data, sections.get(".dynstr")))
    order = "<" if elf.little_endian else ">"
    versions = [
        number for (number,) in struct.iter_unpack(order + "H", _even(_bytes(data, sections.get(".gnu.version"))))
    ]
    imports, loose, exports = set[str](), set[str](), set[str]()
    for index, (name_at, info, section) in enumerate(_entries(table, order=order, wide=elf.elfclass == 64)):  # noqa: PLR2004
        if not name_at:
            continue
        name = strings.at(name_at)
        if section != _UNDEFINED:
            exports.add(name)
            continue
        imports.add(name)
        version = versions[index] & 0x7FFF if index < len(versions) else _GLOBAL_VERSION
        if info >> 4 != _WEAK and version in {_LOCAL_VERSION, _GLOBAL_VERSION}:
            loose.add(name)
    return frozenset(imports), frozenset(loose), frozenset(exports)


def _entries(table: bytes, *, order: str, wide: bool) -> Iterator[tuple[int, int, int]]:
    """Name, info and section of each symbol; the two classes order their fields differently."""
    if wide:
        whole = len(table) // 24 * 24
        return (
            (name, info, shndx) for name, info, _, shndx, _, _ in struct.iter_unpack(order + "IBBHQQ", table[:whole])
        )
    whole = len(table) // 16 * 16
    return ((name, info, shndx) for name, _, _, info, _, shndx in struct.iter_unpack(order + "IIIBBH", table[:whole]))


def _bytes(data: bytes, section: Any) -> bytes:  # noqa: ANN401
    """The bytes of a section, cut from the file: a section may claim to be larger, or to hold nothing."""
    if section is None or section["sh_type"] == "SHT_NOBITS":
        return b""
    return data[section["sh_offset"] : section["sh_offset"] + section["sh_size"]]


def _even(table: bytes) -> bytes:
    return table[: len(table) // 2 * 2]


def _traits(elf: Any, segments: Sequence[Any], sections: dict[str, Any], flags: int) -> Trait:  # noqa: ANN401
    traits = NO_TRAITS
    types = set()
    for segment in segments:
        types.add(segment["p_type"])
        if segment["p_type"] == "PT_GNU_STACK" and segment["p_flags"] & 1:
            traits |= Trait.EXECUTABLE_STACK
    if elf["e_type"] == "ET_REL":
        traits |= Trait.OBJECT
    elif elf["e_type"] == "ET_EXEC" or "PT_INTERP" in types:
        traits |= Trait.PROGRAM
    if flags & _TEXTREL:
        traits |= Trait.TEXT_RELOCATIONS
    if ".debug_info" in sections or ".zdebug_info" in sections:
        traits |= Trait.DEBUG_INFO
    return traits


def _libcxx(data: bytes, needed: tuple[str, ...], identity: str | None) -> Trait:
    """Whether a copy of LLVM's C++ runtime is inside: the prefix of what it says before it ends a program stays."""
    shared = any(library.startswith("libc++") for library in (*needed, identity or ""))
    return NO_TRAITS if shared or b"libc++abi: " not in data else Trait.OWN_LIBCXX
