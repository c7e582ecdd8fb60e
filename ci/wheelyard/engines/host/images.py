"""The binaries of a wheel for Windows or macOS, as far as the host engine must know them."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any

from wheelyard.engines.host.elf import Binary

PE_MAGIC = b"MZ"
MACHO_MAGIC = b"\xcf\xfa\xed\xfe"

# Of `struct nlist_64` (https://github.com/apple-oss-distributions/xnu, EXTERNAL_HEADERS/mach-o/nlist.h): a symbol
# that is looked up in every loaded image, because no library was named for it.
_NLIST = struct.Struct("<IBBHQ")
_STAB, _TYPE, _EXTERNAL = 0xE0, 0x0E, 0x01
_DYNAMIC_LOOKUP = 0xFE


def pe(name: str, data: bytes, *, cpp: bool) -> Binary:
    """A DLL or an extension module of Windows."""
    import pefile  # noqa: PLC0415  # slow to import, and few builds need it

    image = pefile.PE(data=data, fast_load=True)
    directory = pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_IMPORT"]
    image.parse_data_directories(directories=[directory], import_dllnames_only=True)
    needed = tuple(entry.dll.decode().lower() for entry in getattr(image, "DIRECTORY_ENTRY_IMPORT", ()))
    nothing = frozenset[str]()
    return Binary(name=name, needed=needed, run_paths=(), defined=nothing, unbound=nothing, cpp=cpp)


def macho(name: str, data: bytes, *, cpp: bool) -> Binary:
    """A library or an extension module of macOS, for one processor."""
    from macholib import MachO, mach_o  # noqa: PLC0415  # few builds need it

    kind = (mach_o.MH_MAGIC_64, mach_o.mach_header_64, "<")
    header: Any = MachO.MachOHeader(None, io.BytesIO(data), 0, len(data), *kind)  # type: ignore[no-untyped-call]
    needed: list[str] = []
    paths: list[str] = []
    symbols: list[tuple[str, bool]] = []
    for load, command, rest in header.commands:
        if load.cmd in {mach_o.LC_LOAD_DYLIB, mach_o.LC_LOAD_WEAK_DYLIB}:
            needed.append(_text(rest).rpartition("/")[2])
        elif load.cmd == mach_o.LC_RPATH:
            paths.append(_text(rest))
        elif load.cmd == mach_o.LC_SYMTAB:
            symbols += _symbols(data, command)
    return Binary(
        name=name,
        needed=tuple(needed),
        run_paths=tuple(paths),
        defined=frozenset(symbol for symbol, from_elsewhere in symbols if not from_elsewhere),
        unbound=frozenset(symbol for symbol, from_elsewhere in symbols if from_elsewhere),
        cpp=cpp,
    )


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode(errors="replace")


def _symbols(data: bytes, table: Any) -> Iterator[tuple[str, bool]]:  # noqa: ANN401  # macholib makes its structures
    """The names, without C's underscore, that it offers or takes from wherever they are; not those of its libraries."""
    strings = data[table.stroff : table.stroff + table.strsize]
    for index, kind, _, described, _ in _NLIST.iter_unpack(data[table.symoff :][: table.nsyms * _NLIST.size]):
        if kind & _STAB or not kind & _EXTERNAL:
            continue
        loose = not kind & _TYPE
        if not loose or described >> 8 == _DYNAMIC_LOOKUP:
            yield _text(strings[index : index + 1024]).removeprefix("_"), loose
