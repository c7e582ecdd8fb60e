"""Import libraries of Windows' Python, made from lists of names: `python311.dll` itself is not here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from wheelyard.doors import process
from wheelyard.engines.host.machines import Machine
from wheelyard.engines.host.zig import Toolchain
from wheelyard.errors import OutsideError

_DLLTOOL = {"AMD64": "i386:x86-64", "ARM64": "arm64"}

# What CPython has on Windows only, by the exports of python.org's python311.dll; private names left out.
_WINDOWS_FUNCTIONS = (
    *("PyErr_SetExcFromWindowsErr", "PyErr_SetExcFromWindowsErrWithFilename"),
    *("PyErr_SetExcFromWindowsErrWithFilenameObject", "PyErr_SetExcFromWindowsErrWithFilenameObjects"),
    *("PyErr_SetFromWindowsErr", "PyErr_SetFromWindowsErrWithFilename", "PyUnicode_AsMBCSString"),
    *("PyUnicode_DecodeCodePageStateful", "PyUnicode_DecodeMBCS", "PyUnicode_DecodeMBCSStateful"),
    "PyUnicode_EncodeCodePage",
)
_WINDOWS_DATA = ("PyExc_WindowsError", "Py_LegacyWindowsFSEncodingFlag", "Py_LegacyWindowsStdioFlag")


def make(
    folder: Path,
    said: Mapping[str, str | int],
    *,
    executable: Path,
    python: str,
    machine: Machine,
    toolchain: Toolchain,
) -> None:
    """Make `libpython3.a` of the stable ABI and `libpythonXY.a` of all that this machine's Python offers.

    On both systems CPython offers the same functions but for a few that the headers declare on one of them only; those
    of Windows are added.
    """
    version = python.removeprefix("cp")
    for name, (functions, data) in {"python3": _stable(), f"python{version}": _offered(executable, said)}.items():
        definition = folder / f"{name}.def"
        rows = (*(f"{symbol}\n" for symbol in functions), *(f"{symbol} DATA\n" for symbol in data))
        definition.write_text("".join((f"LIBRARY {name}.dll\nEXPORTS\n", *rows)))
        archive = folder / f"lib{name}.a"
        command = (str(toolchain.programs / "dlltool"), "-m", _DLLTOOL[machine.name])
        ended = process.run((*command, "-d", str(definition), "-l", str(archive)))
        if ended.code != 0:
            raise OutsideError(f"zig could not make the import library of {name}.dll: {ended.last(5)}")
        (folder / f"{name}.lib").write_bytes(archive.read_bytes())


def _stable() -> tuple[Sequence[str], Sequence[str]]:
    """The functions and the data of the stable ABI."""
    import abi3info  # noqa: PLC0415  # slow to import

    return _names(abi3info.FUNCTIONS), _names(abi3info.DATAS)


def _names(symbols: Iterable[object]) -> list[str]:
    return sorted(str(getattr(symbol, "name", symbol)) for symbol in symbols)


def _offered(executable: Path, said: Mapping[str, str | int]) -> tuple[Sequence[str], Sequence[str]]:
    """The functions and the data that an interpreter, or its shared library, offers to extension modules."""
    from elftools.elf.elffile import ELFFile  # noqa: PLC0415  # slow to import

    shared = Path(str(said.get("LIBDIR", ""))) / str(said.get("INSTSONAME", ""))
    found: dict[str, set[str]] = {"STT_FUNC": set(), "STT_OBJECT": set()}
    with (shared if shared.is_file() and ".so" in shared.name else executable.resolve()).open("rb") as stream:
        table: Any = ELFFile(stream).get_section_by_name(".dynsym")
        for symbol in table.iter_symbols() if table else ():
            if symbol["st_shndx"] != "SHN_UNDEF" and symbol.name.startswith(("Py", "_Py")):
                found.setdefault(symbol["st_info"]["type"], set()).add(symbol.name)
    return sorted(found["STT_FUNC"].union(_WINDOWS_FUNCTIONS)), sorted(found["STT_OBJECT"].union(_WINDOWS_DATA))
