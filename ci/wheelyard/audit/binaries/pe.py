"""Read a PE file with pefile."""

from __future__ import annotations

import gc
from typing import Any

import pefile

from wheelyard.audit.binaries import NO_TRAITS, Slice, Trait

_ARCHS = {0x14C: "i686", 0x8664: "x86_64", 0xAA64: "aarch64", 0x1C4: "arm", 0xA641: "aarch64", 0xA64E: "aarch64"}
_IS_DLL = 0x2000
_WANTED: list[int] = [
    pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_IMPORT"],
    pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT"],
    pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_EXPORT"],
]


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
    image = pefile.PE(data=data, fast_load=True)
    image.parse_data_directories(directories=_WANTED)
    imports = _imports(getattr(image, "DIRECTORY_ENTRY_IMPORT", ()))
    delayed = _imports(getattr(image, "DIRECTORY_ENTRY_DELAY_IMPORT", ()))
    exports = getattr(image, "DIRECTORY_ENTRY_EXPORT", None)
    machine: int = image.FILE_HEADER.Machine
    return Slice(
        arch=_ARCHS.get(machine, f"machine {machine:#x}"),
        identity=_text(exports.name).lower() if exports is not None and exports.name else None,
        needed=tuple(imports),
        optional=tuple(library for library in delayed if library not in imports),
        imports=imports | {library: names for library, names in delayed.items() if library not in imports},
        exports=frozenset(_text(symbol.name) for symbol in exports.symbols if symbol.name) if exports else frozenset(),
        traits=NO_TRAITS if image.FILE_HEADER.Characteristics & _IS_DLL else Trait.PROGRAM,
    )


def _imports(directory: Any) -> dict[str, frozenset[str]]:  # noqa: ANN401
    found: dict[str, frozenset[str]] = {}
    for entry in directory:
        names = frozenset(_text(symbol.name) for symbol in entry.imports if symbol.name)
        library = _text(entry.dll).lower()
        found[library] = found.get(library, frozenset()) | names
    return found


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
