"""Read a PE file with pefile."""

from __future__ import annotations

import gc
import re
from typing import Any

import pefile

from wheelyard.audit.binaries import NO_TRAITS, Slice, Trait

_ARCHS = {0x14C: "i686", 0x8664: "x86_64", 0xAA64: "aarch64", 0x1C4: "arm", 0xA641: "aarch64", 0xA64E: "aarch64"}
_IS_DLL = 0x2000
_PYTHON = re.compile(r"python3|libpypy|python-native")
_IMPORTS: list[int] = [
    pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_IMPORT"],
    pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT"],
]
_EXPORTS: list[int] = [pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_EXPORT"]]


def read(data: bytes) -> Slice:
    """The one slice of a PE file; names of libraries in lower case, as Windows compares them.

    pefile collects garbage when it is done with a file. What was there before is kept out of that: it saves a third.
    """
    gc.freeze()
    try:
        return _read(data)
    finally:
        gc.unfreeze()


def _read(data: bytes) -> Slice:
    """Names of symbols are slow to read, so only those are that a rule asks for: Python's, and a module's start."""
    image = pefile.PE(data=data, fast_load=True)
    image.parse_data_directories(directories=_IMPORTS, import_dllnames_only=True)
    imports = _imports(image)
    delayed = [_text(entry.dll).lower() for entry in getattr(image, "DIRECTORY_ENTRY_DELAY_IMPORT", ())]
    machine: int = image.FILE_HEADER.Machine
    return Slice(
        arch=_ARCHS.get(machine, f"machine {machine:#x}"),
        needed=tuple(imports),
        optional=tuple(library for library in dict.fromkeys(delayed) if library not in imports),
        imports=imports,
        exports=_exports(image) if b"PyInit_" in data else frozenset(),
        traits=NO_TRAITS if image.FILE_HEADER.Characteristics & _IS_DLL else Trait.PROGRAM,
    )


def _imports(image: pefile.PE) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for entry in getattr(image, "DIRECTORY_ENTRY_IMPORT", ()):
        library = _text(entry.dll).lower()
        names = _names(image, entry.struct) if _PYTHON.match(library) else frozenset()
        found[library] = found.get(library, frozenset()) | names
    return found


def _names(image: pefile.PE, table: Any) -> frozenset[str]:  # noqa: ANN401  # pefile makes its structures as it runs
    symbols = image.parse_imports(table.OriginalFirstThunk, table.FirstThunk, table.ForwarderChain)
    return frozenset(_text(symbol.name) for symbol in symbols or () if symbol.name)


def _exports(image: pefile.PE) -> frozenset[str]:
    image.parse_data_directories(directories=_EXPORTS)
    directory = getattr(image, "DIRECTORY_ENTRY_EXPORT", None)
    return frozenset(_text(symbol.name) for symbol in directory.symbols if symbol.name) if directory else frozenset()


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
