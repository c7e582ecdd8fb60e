"""Binaries of wheels, read from files that the interpreter brought along."""

from __future__ import annotations

import sysconfig
import zipfile
from pathlib import Path

import pytest

from wheelyard.engines.host import binaries


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel with one of the standard library's own extensions, and a text that only looks like one."""
    folder = Path(sysconfig.get_path("stdlib")) / "lib-dynload"
    extension = next(folder.glob("_ctypes_test.*.so"), None) or next(folder.glob("_*.so"))
    path = tmp_path / "x-1-cp311-cp311-linux_x86_64.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(extension, "x/_x.so")
        archive.writestr("x/not.so", "an ELF file in name only")
    return path


def test_only_elf_files_are_read(wheel: Path) -> None:
    assert [binary.name for binary in binaries.of(wheel)] == ["x/_x.so"]


def test_the_symbols_of_python_are_unbound_and_those_of_libc_are_not(wheel: Path) -> None:
    (binary,) = binaries.of(wheel)
    assert any(name.startswith("PyInit_") for name in binary.defined)
    assert binary.unbound
    assert all(name.startswith(("Py", "_Py")) for name in binary.unbound)


def test_needed_libraries_are_read(wheel: Path) -> None:
    (binary,) = binaries.of(wheel)
    assert "libc.so.6" in binary.needed
    assert not binary.cpp
