"""What a binary says of itself, as one value for ELF, Mach-O, PE and WebAssembly."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Flag, StrEnum, auto
from io import BytesIO

from wheelyard.audit.tags import extension

LARGEST_FAT = 16
DAMAGED = (
    "a public parser raises anything on damaged input: whatever it is, the file cannot be read, which is what we report"
)


class Format(StrEnum):
    """The file format of a binary."""

    ELF = "ELF"
    MACHO = "Mach-O"
    PE = "PE"
    WASM = "WebAssembly"


class Trait(Flag):
    """What is true or not of one slice of a binary."""

    PROGRAM = auto()  # a program, not a library: it is started, never loaded
    OBJECT = auto()  # an object file, not linked yet
    EXECUTABLE_STACK = auto()
    TEXT_RELOCATIONS = auto()
    DEBUG_INFO = auto()
    SIGNED = auto()
    BROKEN_SIGNATURE = auto()
    OWN_LIBCXX = auto()  # carries a copy of LLVM's C++ library inside


NO_TRAITS = Trait(0)


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A binary for one architecture; a universal Mach-O has several, every other file one.

    `arch` is spelled as Linux does (`x86_64`, `i686`, `aarch64`). `versions` are pairs of library and symbol version.
    `imports` are the undefined symbols, by the library they come from where the format says (`""` where it does not).
    Of a PE those from Python alone are read, and exports only where a module starts. `loose` are those an ELF imports
    strongly and without a version. `minimum` is the oldest operating system.
    """

    arch: str
    identity: str | None = None
    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    rpaths: tuple[str, ...] = ()
    versions: frozenset[tuple[str, str]] = frozenset()
    imports: dict[str, frozenset[str]] = field(default_factory=dict)
    loose: frozenset[str] = frozenset()
    exports: frozenset[str] = frozenset()
    system: str | None = None
    minimum: tuple[int, ...] | None = None
    sdk: tuple[int, ...] | None = None
    traits: Trait = NO_TRAITS

    @property
    def imported(self) -> frozenset[str]:
        """Every undefined symbol."""
        return frozenset[str]().union(*self.imports.values())

    @property
    def python(self) -> frozenset[str]:
        """The symbols of the Python C API it imports."""
        return frozenset(name for names in self.imports.values() for name in names if name.startswith(("Py", "_Py")))


@dataclass(frozen=True, kw_only=True, eq=False)
class Binary:
    """One member of a wheel that is native code."""

    path: str
    format: Format
    slices: tuple[Slice, ...]

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.rpartition("/")[2]

    @property
    def module(self) -> bool:
        """Whether Python may import it: by its file name, or because it starts a module."""
        if extension(self.name) is not None or self.name.endswith(".pyd"):
            return True
        return any(name.startswith("PyInit_") for part in self.slices for name in part.exports)

    @property
    def archs(self) -> frozenset[str]:
        """The architectures it has code for."""
        return frozenset(part.arch for part in self.slices)

    def has(self, trait: Trait) -> bool:
        """Whether any slice has this trait, or any of several."""
        return any(trait & part.traits for part in self.slices)


class UnreadableError(ValueError):
    """The file starts like a binary and cannot be read as one."""


def format_of(start: bytes) -> Format | None:
    """The format that the first bytes of a file claim."""
    if start[:4] == b"\x7fELF":
        return Format.ELF
    if start[:4] in {b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"}:
        return Format.MACHO
    # Java classes have the same first bytes as universal binaries, and a number of 45 or more after them.
    if start[:4] in {b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"} and 0 < int.from_bytes(start[4:8], "big") <= LARGEST_FAT:
        return Format.MACHO
    if start[:4] == b"\x00asm":
        return Format.WASM
    return Format.PE if start[:2] == b"MZ" else None


def read(path: str, data: bytes) -> Binary | None:
    """The binary in `data`, or None where that is no native code.

    Raises:
        UnreadableError: it starts like one and is damaged.
    """
    kind = format_of(data[:8])
    if kind is None or (kind is Format.PE and not _is_portable_executable(data)):
        return None
    try:
        slices = _slices(kind, data)
    except Exception as error:  # DAMAGED
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise UnreadableError(reason) from error
    return Binary(path=path, format=kind, slices=slices)


def _slices(kind: Format, data: bytes) -> tuple[Slice, ...]:
    match kind:
        case Format.ELF:
            from wheelyard.audit.binaries import elf  # noqa: PLC0415  # only wheels with ELF pay for its reader

            return (elf.read(data),)
        case Format.MACHO:
            from wheelyard.audit.binaries import macho  # noqa: PLC0415

            return macho.read(BytesIO(data))
        case Format.PE:
            from wheelyard.audit.binaries import pe  # noqa: PLC0415

            return (pe.read(data),)
        case Format.WASM:
            return (Slice(arch="wasm32"),)


def _is_portable_executable(data: bytes) -> bool:
    """Whether the DOS header leads to a PE one; `MZ` alone is two letters that text may start with."""
    start = int.from_bytes(data[0x3C:0x40], "little")
    return data[start : start + 4] == b"PE\0\0"
