"""Read a Mach-O file, thin or universal, with macholib."""

from __future__ import annotations

import hashlib
import struct
from io import BytesIO
from typing import Any

from macholib import mach_o
from macholib.MachO import MachO

from wheelyard.audit.binaries import NO_TRAITS, Slice, Trait
from wheelyard.audit.binaries.names import Names

_ARCHS = {7: "i686", 0x01000007: "x86_64", 12: "arm", 0x0100000C: "aarch64", 18: "ppc", 0x01000012: "ppc64"}
_SYSTEMS = {1: "macos", 2: "ios", 3: "tvos", 4: "watchos", 6: "maccatalyst", 7: "iphonesimulator"}
_PROGRAM, _OBJECT = 2, 1
_MINIMUM_COMMANDS = {
    mach_o.LC_VERSION_MIN_MACOSX: "macos",
    mach_o.LC_VERSION_MIN_IPHONEOS: "ios",
}
_UNDEFINED_TYPE, _EXTERNAL, _STAB, _WEAK_REFERENCE = 0x0E, 0x01, 0xE0, 0x40


class _InMemory(MachO):
    """macholib's reader over bytes; its own constructor only opens files."""

    def __init__(self, stream: BytesIO) -> None:
        self.filename = ""
        self.fat = None
        self.headers: list[Any] = []
        self.allow_unknown_load_commands = True
        self.load(stream)  # type: ignore[no-untyped-call]  # macholib has no types


def read(stream: BytesIO) -> tuple[Slice, ...]:
    """Every slice of a Mach-O file."""
    data = stream.getbuffer()
    return tuple(
        _slice(header, data[header.offset : header.offset + header.size]) for header in _InMemory(stream).headers
    )


def _slice(header: Any, data: memoryview) -> Slice:  # noqa: ANN401
    loads = _Loads(header)
    imports, exports = _symbols(loads.symbols, data, wide=bool(header.header.cputype & 0x01000000), order=header.endian)
    return Slice(
        arch=_ARCHS.get(header.header.cputype, f"cpu {header.header.cputype}"),
        identity=loads.identity,
        needed=tuple(loads.needed),
        optional=tuple(loads.optional),
        rpaths=tuple(loads.rpaths),
        imports={"": imports},
        exports=exports,
        system=loads.system,
        minimum=loads.minimum,
        sdk=loads.sdk,
        traits=loads.traits
        | _signature(loads.signature, data)
        | {_PROGRAM: Trait.PROGRAM, _OBJECT: Trait.OBJECT}.get(header.header.filetype, NO_TRAITS),
    )


class _Loads:
    """What the load commands of one slice say."""

    def __init__(self, header: Any) -> None:  # noqa: ANN401
        self.identity: str | None = None
        self.needed: list[str] = []
        self.optional: list[str] = []
        self.rpaths: list[str] = []
        self.system: str | None = None
        self.minimum: tuple[int, ...] | None = None
        self.sdk: tuple[int, ...] | None = None
        self.symbols: tuple[int, int, int, int] | None = None
        self.signature: tuple[int, int] | None = None
        self.traits = NO_TRAITS
        for load, command, rest in header.commands:
            self._take(load.cmd, command, rest)

    def _take(self, kind: int, command: Any, rest: Any) -> None:  # noqa: ANN401
        match kind:
            case mach_o.LC_ID_DYLIB:
                self.identity = _text(rest)
            case mach_o.LC_LOAD_DYLIB | mach_o.LC_REEXPORT_DYLIB | mach_o.LC_LAZY_LOAD_DYLIB:
                self.needed.append(_text(rest))
            case mach_o.LC_LOAD_WEAK_DYLIB:
                self.optional.append(_text(rest))
            case mach_o.LC_RPATH:
                self.rpaths.append(_text(rest))
            case mach_o.LC_BUILD_VERSION:
                self.system = _SYSTEMS.get(int(command.platform), f"platform {int(command.platform)}")
                self.minimum, self.sdk = _version(int(command.minos)), _version(int(command.sdk))
            case mach_o.LC_VERSION_MIN_MACOSX | mach_o.LC_VERSION_MIN_IPHONEOS:
                self.system = _MINIMUM_COMMANDS[kind]
                self.minimum, self.sdk = _version(int(command.version)), _version(int(command.sdk))
            case mach_o.LC_CODE_SIGNATURE:
                self.signature = int(command.dataoff), int(command.datasize)
            case mach_o.LC_SYMTAB:
                at, count = int(command.symoff), int(command.nsyms)
                self.symbols = at, count, int(command.stroff), int(command.strsize)
            case mach_o.LC_SEGMENT | mach_o.LC_SEGMENT_64 if bytes(command.segname).startswith(b"__DWARF"):
                self.traits |= Trait.DEBUG_INFO


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "replace")


def _version(number: int) -> tuple[int, ...]:
    return number >> 16, number >> 8 & 0xFF


def _symbols(
    at: tuple[int, int, int, int] | None, data: memoryview, *, wide: bool, order: str
) -> tuple[frozenset[str], frozenset[str]]:
    """The undefined and the exported symbols, without the underscore that C names get here."""
    if at is None:
        return frozenset(), frozenset()
    start, count, strings_at, strings_size = at
    shape = struct.Struct(order + ("IBBHQ" if wide else "IBBHI"))
    table = data[start : start + count * shape.size]
    strings = Names(bytes(data[strings_at : strings_at + strings_size]))
    imports: set[str] = set()
    exports: set[str] = set()
    for name_at, kind, _, _, _ in shape.iter_unpack(table[: len(table) // shape.size * shape.size]):
        if kind & _STAB or not kind & _EXTERNAL:
            continue
        name = strings.at(name_at).removeprefix("_")
        (exports if kind & _UNDEFINED_TYPE else imports).add(name)
    return frozenset(imports), frozenset(exports)


# The blobs of a signature (https://github.com/apple-oss-distributions/xnu, osfmk/kern/cs_blobs.h).
_SUPER_BLOB, _CODE_DIRECTORY = 0xFADE0CC0, 0xFADE0C02
_CODE_DIRECTORY_HEAD = struct.Struct(">9I4B")
_HASHES = {1: "sha1", 2: "sha256", 3: "sha256", 4: "sha384"}
_MOST_BLOBS = 64


def _signature(at: tuple[int, int] | None, data: memoryview) -> Trait:
    """Whether there is a signature, and whether every page still has the digest that it vouches for."""
    if at is None:
        return NO_TRAITS
    blob = bytes(data[at[0] : at[0] + at[1]])
    magic, _, count = struct.unpack_from(">3I", blob)
    if magic != _SUPER_BLOB or count > _MOST_BLOBS:
        return Trait.SIGNED | Trait.BROKEN_SIGNATURE
    for index in range(count):
        _, start = struct.unpack_from(">2I", blob, 12 + 8 * index)
        if struct.unpack_from(">I", blob, start)[0] == _CODE_DIRECTORY and not _pages_true(blob[start:], data):
            return Trait.SIGNED | Trait.BROKEN_SIGNATURE
    return Trait.SIGNED


def _pages_true(directory: bytes, data: memoryview) -> bool:
    """Whether each page of code has its digest in a code directory."""
    head = _CODE_DIRECTORY_HEAD.unpack_from(directory)
    hashes_at, slots, limit, size, kind, page_bits = head[4], head[7], head[8], head[9], head[10], head[12]
    page = 1 << page_bits if page_bits else max(limit, 1)
    if kind not in _HASHES or limit > len(data) or slots * page < limit:
        return False
    for slot in range(slots):
        digest = hashlib.new(_HASHES[kind], data[slot * page : min((slot + 1) * page, limit)]).digest()[:size]
        if digest != directory[hashes_at + slot * size : hashes_at + (slot + 1) * size]:
            return False
    return True
