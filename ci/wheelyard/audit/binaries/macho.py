"""Read a Mach-O file, thin or universal, with macholib."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

from macholib import mach_o
from macholib.MachO import MachO

from wheelyard.audit.binaries import NO_TRAITS, Slice, Trait

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
        traits=loads.traits | {_PROGRAM: Trait.PROGRAM, _OBJECT: Trait.OBJECT}.get(header.header.filetype, NO_TRAITS),
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
        self.symbols: tuple[int, int, int] | None = None
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
                self.minimum, self.sdk = _version(int(command.version)), _version(int(command.reserved))
            case mach_o.LC_CODE_SIGNATURE:
                self.traits |= Trait.SIGNED
            case mach_o.LC_SYMTAB:
                self.symbols = int(command.symoff), int(command.nsyms), int(command.stroff)
            case mach_o.LC_SEGMENT | mach_o.LC_SEGMENT_64 if bytes(command.segname).startswith(b"__DWARF"):
                self.traits |= Trait.DEBUG_INFO


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "replace")


def _version(number: int) -> tuple[int, ...]:
    return number >> 16, number >> 8 & 0xFF


def _symbols(
    at: tuple[int, int, int] | None, data: memoryview, *, wide: bool, order: str
) -> tuple[frozenset[str], frozenset[str]]:
    """The undefined and the exported symbols, without the underscore that C names get here."""
    if at is None:
        return frozenset(), frozenset()
    start, count, strings_at = at
    shape = struct.Struct(order + ("IBBHQ" if wide else "IBBHI"))
    table = data[start : start + count * shape.size]
    strings = bytes(data[strings_at:])
    imports: set[str] = set()
    exports: set[str] = set()
    for name_at, kind, _, _, _ in shape.iter_unpack(table[: len(table) // shape.size * shape.size]):
        if kind & _STAB or not kind & _EXTERNAL:
            continue
        name = strings[name_at : strings.find(b"\0", name_at)].decode("utf-8", "replace").removeprefix("_")
        (exports if kind & _UNDEFINED_TYPE else imports).add(name)
    return frozenset(imports), frozenset(exports)
