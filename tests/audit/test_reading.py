"""What can and what cannot be read, and how a name is taken apart."""

from __future__ import annotations

import os
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path, PosixPath
from typing import IO, Any

import pytest

from audit.wheelmaker import Draft, metadata
from wheelyard import audit
from wheelyard.audit import binaries, glibc, policies, stable, windows
from wheelyard.audit.tags import PlatformTag, extension
from wheelyard.errors import OutsideError


class Growing(PosixPath):
    """A file that somebody still writes to when it is opened."""

    def open(self, *arguments: Any, **options: Any) -> IO[Any]:  # type: ignore[override]
        stream: IO[Any] = super().open(*arguments, **options)
        os.utime(self, ns=(1, 1))
        return stream


@pytest.mark.skipif(os.name != "posix", reason="paths of POSIX only")
def test_a_wheel_that_changes_while_it_is_read_is_not_judged(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="changed while it was read"):
        audit.wheel(Growing(Draft().save(tmp_path)))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_wheel_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    path = Draft().save(tmp_path)
    path.chmod(0)
    with pytest.raises(OutsideError, match="Permission denied"):
        audit.wheel(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x-1-py3-none-any.whl")
    with pytest.raises(OutsideError, match="no regular file"):
        audit.wheel(tmp_path / "x-1-py3-none-any.whl")


def test_names_in_unicode_are_fine(tmp_path: Path) -> None:
    assert audit.wheel(Draft(files={"wy_sample/données/觀覽車, 1.txt": b"x"}).save(tmp_path)) == ()


def test_a_member_without_a_name_is_a_finding(tmp_path: Path) -> None:
    path = Draft().save(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo(""), b"nameless")
    assert audit.wheel(path)


@pytest.mark.integration
def test_a_wheel_of_two_gibibytes_is_read_in_pieces(tmp_path: Path) -> None:
    path = Draft(method=zipfile.ZIP_STORED, files={"wy_sample/zeros": bytes((2 << 30) + 1)}).save(tmp_path)
    assert {finding.rule for finding in audit.wheel(path)} == {"size-index"}


def sdist(folder: Path, *, members: dict[str, bytes], name: str = "wy_sample-1.0.tar.gz") -> Path:
    path = folder / name
    with tarfile.open(path, "w:gz") as archive:
        for member, data in members.items():
            entry = tarfile.TarInfo(member)
            entry.size = len(data)
            archive.addfile(entry, BytesIO(data))
    return path


INFO = "wy_sample-1.0/PKG-INFO"


def test_a_sound_sdist_has_no_findings(tmp_path: Path) -> None:
    assert audit.sdist(sdist(tmp_path, members={INFO: metadata()})) == ()


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        pytest.param({"wy_sample-1.0/setup.py": b""}, "sdist-metadata", id="no PKG-INFO"),
        pytest.param({INFO: metadata("Colour: blue")}, "metadata-invalid", id="unknown field"),
        pytest.param({INFO: metadata(), "../evil": b""}, "archive-path", id="leads out"),
    ],
)
def test_what_is_wrong_with_an_sdist_is_found(members: dict[str, bytes], rule: str, tmp_path: Path) -> None:
    assert {finding.rule for finding in audit.sdist(sdist(tmp_path, members=members))} == {rule}


def test_a_truncated_sdist_is_found(tmp_path: Path) -> None:
    path = sdist(tmp_path, members={INFO: metadata() * 99})
    path.write_bytes(path.read_bytes()[:-40])
    assert {finding.rule for finding in audit.sdist(path)} == {"archive-unreadable"}


@pytest.mark.parametrize(
    ("tag", "system", "version", "archs"),
    [
        ("manylinux_2_28_x86_64", "manylinux", (2, 28), ("x86_64",)),
        ("manylinux2014_aarch64", "manylinux", (2, 17), ("aarch64",)),
        ("musllinux_1_2_armv7l", "musllinux", (1, 2), ("armv7l",)),
        ("macosx_10_9_universal2", "macosx", (10, 9), ("x86_64", "aarch64")),
        ("win32", "win", (), ("i686",)),
        ("win_arm64", "win", (), ("aarch64",)),
        ("ios_13_0_arm64_iphonesimulator", "iphonesimulator", (13, 0), ("aarch64",)),
        ("android_21_arm64_v8a", "android", (21,), ("aarch64",)),
        ("pyodide_2024_0_wasm32", "pyodide", (2024, 0), ("wasm32",)),
        ("any", "any", (), ()),
        ("amiga", "unknown", (), ()),
    ],
)
def test_a_platform_tag_is_taken_apart(tag: str, system: str, version: tuple[int, ...], archs: tuple[str, ...]) -> None:
    parsed = PlatformTag.parse(tag)
    assert (parsed.system, parsed.version, parsed.archs) == (system, version, archs)


@pytest.mark.parametrize(
    ("name", "abi", "platform"),
    [
        ("_x.cpython-312-x86_64-linux-gnu.so", "cp312", "x86_64-linux-gnu"),
        ("_x.cpython-313t-darwin.so", "cp313t", "darwin"),
        ("_x.cp314t-win_arm64.pyd", "cp314t", "win_arm64"),
        ("_x.abi3.so", "abi3", ""),
        ("_x.pypy311-pp73-x86_64-linux-gnu.so", "pypy311_pp73_x86_64_linux_gnu", ""),
        ("_x.graalpy242-311-native-x86_64-linux.so", "graalpy242_311_native_x86_64_linux", ""),
    ],
)
def test_the_name_of_a_module_is_taken_apart(name: str, abi: str, platform: str) -> None:
    suffix = extension(name)
    assert suffix is not None
    assert (suffix.module, suffix.abi, suffix.platform) == ("_x", abi, platform)


@pytest.mark.parametrize("name", ["_x.so", "libx.so.1", "_x.pyd", "x.py", "x.cpython-312.pyc"])
def test_other_names_say_nothing_of_an_abi(name: str) -> None:
    assert extension(name) is None


@pytest.mark.parametrize(
    "data",
    [b"MZ", b"MZ is also how text may start" * 9, b"\xca\xfe\xba\xbe\0\0\0\x41" + bytes(99), b"", b"#!/bin/sh\n"],
)
def test_what_only_looks_like_a_binary_is_none(data: bytes) -> None:
    assert binaries.read("x", data) is None


def test_a_policy_between_two_known_ones_is_held_to_the_newer() -> None:
    allowed = policies.allowed("manylinux", (2, 29), "x86_64")
    assert allowed is not None
    assert not allowed.refuses("GLIBC_2.29")
    assert allowed.refuses("GLIBC_2.30")
    assert not allowed.refuses("OPENSSL_3.0.0")


def test_data_of_others_says_what_is_known() -> None:
    assert stable.newer(frozenset({"PyUnicode_AsUTF8AndSize"}), than=(3, 9)) == {"PyUnicode_AsUTF8AndSize": (3, 10)}
    assert windows.is_part_of_windows("api-ms-win-crt-runtime-l1-1-0.dll")
    assert not windows.is_part_of_windows("msvcp140.dll")
    assert glibc.in_every_process("dlopen")
    assert not glibc.in_every_process("__kmpc_fork_call")
