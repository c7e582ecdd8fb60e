"""Every way to break a wheel that the audit has to find: one row each, with the rule and the path it must name."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from audit import natives
from audit.wheelmaker import (
    MACOS,
    MANYLINUX,
    MUSLLINUX,
    PURE,
    UNIVERSAL2,
    WINDOWS,
    Draft,
    metadata,
    row,
    wheel_file,
)

INIT = "wy_sample/__init__.py"
CODE = b"answer = 42\n"
INFO = "wy_sample-1.0.dist-info"
LINUX_CORE = "wy_sample/_core.cpython-312-x86_64-linux-gnu.so"
MAC_CORE = "wy_sample/_core.cpython-312-darwin.so"
WIN_CORE = "wy_sample/_core.cp312-win_amd64.pyd"
ABI3_CORE = "wy_sample/_core.abi3.so"
KEY = b"-----BEGIN PRIVATE KEY-----\n" + b"A" * 64 + b"\n-----END PRIVATE KEY-----\n"
BUILD_FOLDER = "/build/temp.linux-x86_64"


@dataclass(frozen=True, kw_only=True)
class Defect:
    """How a wheel is broken: its draft, what is done to the saved file, and the only findings there may be."""

    id: str
    draft: Callable[[], Draft]
    finds: tuple[tuple[str, str | None], ...]
    after: Callable[[Path], None] = field(default=lambda _: None)
    native: bool = False


def _draft(**changes: object) -> Callable[[], Draft]:
    return lambda: Draft(**changes)  # type: ignore[arg-type]  # rows name the fields


def _with(tags: str, members: Callable[[], dict[str, bytes]], **changes: object) -> Callable[[], Draft]:
    """A wheel with native members, which are compiled when they are asked for."""
    return lambda: Draft(tags=tags, files={INIT: b"", **members()}, **changes)  # type: ignore[arg-type]


def _files(**more: bytes) -> dict[str, bytes]:
    return {INIT: CODE, **more}


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"more")


def _garble(path: Path) -> None:
    """Change a byte of the first member's data: its CRC, and mostly its deflate stream, no longer fit."""
    data = bytearray(path.read_bytes())
    name, extra = struct.unpack_from("<2H", data, 26)
    data[30 + name + extra + 3] ^= 0xFF
    path.write_bytes(data)


def _flags(path: Path, *, flags: int, name: bytes) -> None:
    """Set the flags of one member, in its local header and in the directory."""
    data = bytearray(path.read_bytes())
    for signature, flags_at, name_at in ((b"PK\3\4", 6, 30), (b"PK\1\2", 8, 46)):
        at = data.find(signature)
        while data[at + name_at : at + name_at + len(name)] != name:
            at = data.index(signature, at + 4)
        struct.pack_into("<H", data, at + flags_at, flags)
    path.write_bytes(data)


def _overlap(path: Path) -> None:
    """Let every entry of the directory claim the whole archive."""
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\1\2")
    while at >= 0:
        struct.pack_into("<L", data, at + 20, len(data) - 1)
        at = data.find(b"PK\1\2", at + 4)
    path.write_bytes(data)


def _crowd(path: Path) -> None:
    """A directory of a hundred thousand members, all of them empty."""
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0x21, 0, 0, 0, 1, 0) + b"x"
    names = (f"{number:06}".encode() for number in range(100_000))
    head = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0x21, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0)
    directory = b"".join(head + name for name in names)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(directory), len(local), 0)
    path.write_bytes(local + directory + end)


def _write(data: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(data)

    return write


ARCHIVE = (
    Defect(id="an empty file", draft=_draft(), after=_write(b""), finds=(("archive-unreadable", None),)),
    Defect(id="no archive", draft=_draft(), after=_write(b"wheel" * 99), finds=(("archive-unreadable", None),)),
    Defect(id="truncated", draft=_draft(), after=_truncate, finds=(("archive-unreadable", None),)),
    Defect(id="bytes appended", draft=_draft(), after=_append, finds=(("archive-trailing", None),)),
    Defect(id="a damaged member", draft=_draft(), after=_garble, finds=(("archive-unreadable", INIT),)),
    Defect(id="duplicate", draft=_draft(twice=(INIT,)), finds=(("archive-duplicate", INIT),)),
    Defect(
        id="leads out of the folder",
        draft=_draft(files=_files(**{"../evil.py": b""})),
        finds=(("archive-path", "../evil.py"),),
    ),
    Defect(
        id="an absolute name",
        draft=_draft(files=_files(**{"/etc/evil": b""})),
        finds=(("archive-path", "/etc/evil"),),
    ),
    Defect(
        id="a drive letter",
        draft=_draft(files=_files(**{"C:/evil": b""})),
        finds=(("archive-path", "C:/evil"),),
    ),
    Defect(
        id="a backslash",
        draft=_draft(files=_files(**{"wy_sample\\evil.py": b""})),
        finds=(("archive-path", "wy_sample\\evil.py"),),
    ),
    Defect(
        id="a symbolic link",
        draft=_draft(files=_files(**{"wy_sample/link": b"/etc/passwd"}), links=("wy_sample/link",)),
        finds=(("archive-symlink", "wy_sample/link"),),
    ),
    Defect(
        id="encrypted",
        draft=_draft(),
        after=lambda path: _flags(path, flags=1, name=INIT.encode()),
        finds=(("archive-encrypted", INIT),),
    ),
    Defect(
        id="a name that is not UTF-8",
        draft=_draft(files=_files(**{"wy_sample/é.py": b""}), record_rows={"wy_sample/é.py": None}, record_more=""),
        after=lambda path: _flags(path, flags=0, name="wy_sample/é.py".encode()),
        finds=(
            ("archive-encoding", "wy_sample/é.py".encode().decode("cp437")),
            ("record-missing", "wy_sample/é.py".encode().decode("cp437")),
        ),
    ),
    Defect(
        id="differs by case",
        draft=_draft(files=_files(**{"wy_sample/A.py": b"", "wy_sample/a.py": b""})),
        finds=(("archive-case", "wy_sample/a.py"),),
    ),
    Defect(
        id="bzip2",
        draft=_draft(method=zipfile.ZIP_BZIP2, files={INIT: b""}),
        finds=tuple(
            ("archive-compression", name)
            for name in (INIT, *(f"{INFO}/{base}" for base in ("METADATA", "WHEEL", "licenses/LICENSE", "RECORD")))
        ),
    ),
    Defect(
        id="a bomb",
        draft=_draft(files=_files(**{"wy_sample/zeros": bytes(80 << 20)})),
        finds=(("archive-bomb", "wy_sample/zeros"),),
    ),
    Defect(id="members overlap", draft=_draft(), after=_overlap, finds=(("archive-bomb", None),)),
    Defect(id="100,000 members", draft=_draft(), after=_crowd, finds=(("archive-bomb", None),)),
    Defect(
        id="a damaged binary",
        draft=_draft(tags=MANYLINUX, files=_files(**{LINUX_CORE: b"\x7fELF\2\1\1" + b"\xff" * 200})),
        finds=(("binary-unreadable", LINUX_CORE),),
    ),
)

RECORD = (
    Defect(
        id="a wrong hash",
        draft=_draft(record_rows={INIT: (row(b"other")[0], "12")}),
        finds=(("record-hash", INIT),),
    ),
    Defect(
        id="a wrong size",
        draft=_draft(record_rows={INIT: (row(CODE)[0], "13")}),
        finds=(("record-hash", INIT),),
    ),
    Defect(id="not listed", draft=_draft(record_rows={INIT: None}), finds=(("record-missing", INIT),)),
    Defect(
        id="listed and not there",
        draft=_draft(record_more=f"wy_sample/gone.py,{row(b'')[0]},0\n"),
        finds=(("record-ghost", "wy_sample/gone.py"),),
    ),
    Defect(
        id="md5",
        draft=_draft(record_rows={INIT: ("md5=1B2M2Y8AsgTpgAmY7PhCfg", "12")}),
        finds=(("record-algorithm", INIT),),
    ),
    Defect(id="no hash", draft=_draft(record_rows={INIT: ("", "")}), finds=(("record-algorithm", INIT),)),
    Defect(
        id="a row of two columns",
        draft=_draft(record_rows={INIT: None}, record_more=f"{INIT},{row(CODE)[0]}\n"),
        finds=(("record-unreadable", f"{INFO}/RECORD"),),
    ),
    Defect(
        id="a row twice",
        draft=_draft(record_more=f"{INIT},{','.join(row(CODE))}\n"),
        finds=(("record-unreadable", f"{INFO}/RECORD"),),
    ),
    Defect(
        id="a record in Latin-1",
        draft=_draft(info={"RECORD": "café,,\n".encode("latin-1")}),
        finds=(("record-unreadable", f"{INFO}/RECORD"),),
    ),
    Defect(id="no RECORD", draft=_draft(absent=("RECORD",)), finds=(("dist-info-file", None),)),
    Defect(id="no WHEEL", draft=_draft(absent=("WHEEL",)), finds=(("dist-info-file", None),)),
    Defect(id="no METADATA", draft=_draft(absent=("METADATA",)), finds=(("dist-info-file", None),)),
    Defect(
        id="two .dist-info folders",
        draft=_draft(files=_files(**{"other-2.0.dist-info/METADATA": metadata(name="other", version="2.0")})),
        finds=(("dist-info", None),),
    ),
    Defect(
        id=".dist-info of another version",
        draft=_draft(file="wy_sample-1.1-py3-none-any.whl"),
        finds=(("dist-info", INFO), ("name-metadata", f"{INFO}/METADATA")),
    ),
)

NAMES = (
    Defect(id="no wheel's name", draft=_draft(file="wy_sample.whl"), finds=(("name-invalid", None),)),
    Defect(
        id="METADATA of another name",
        draft=_draft(info={"METADATA": metadata(name="wy-other")}),
        finds=(("name-metadata", f"{INFO}/METADATA"),),
    ),
    Defect(
        id="METADATA of another version",
        draft=_draft(info={"METADATA": metadata(version="1.0.1")}),
        finds=(("name-metadata", f"{INFO}/METADATA"),),
    ),
    Defect(
        id="other tags in WHEEL",
        draft=_draft(info={"WHEEL": wheel_file("py2.py3-none-any")}),
        finds=(("tags-differ", f"{INFO}/WHEEL"),),
    ),
    Defect(
        id="a wheel of version 2",
        draft=_draft(info={"WHEEL": wheel_file(PURE, version="2.0")}),
        finds=(("wheel-version", f"{INFO}/WHEEL"),),
    ),
    Defect(id="no native code", draft=_draft(tags=MANYLINUX), finds=(("native-missing", None),)),
    Defect(
        id="an unknown platform",
        draft=_draft(tags="py3-none-amiga", files=_files()),
        finds=(("native-missing", None), ("tag-unknown", None)),
    ),
    Defect(
        id="a local version",
        draft=_draft(version="1.0+d20260101", info={"METADATA": metadata(version="1.0+d20260101")}),
        finds=(("version-local", None),),
    ),
)

METADATA = (
    Defect(
        id="Requires-Python is nonsense",
        draft=_draft(info={"METADATA": metadata().replace(b">=3.9", b"new")}),
        finds=(("metadata-invalid", f"{INFO}/METADATA"),),
    ),
    Defect(
        id="an unknown field",
        draft=_draft(info={"METADATA": metadata("Colour: blue")}),
        finds=(("metadata-invalid", f"{INFO}/METADATA"),),
    ),
    Defect(
        id="no description",
        draft=_draft(info={"METADATA": metadata(body="")}),
        finds=(("description-missing", f"{INFO}/METADATA"),),
    ),
    Defect(
        id="no content type",
        draft=_draft(info={"METADATA": metadata(drop="Description-Content-Type", body="Plain.\n")}),
        finds=(("description-missing", f"{INFO}/METADATA"),),
    ),
    Defect(
        id="a description that cannot be rendered",
        draft=_draft(info={"METADATA": metadata(body="Title\n==\n\n``x\n").replace(b"text/markdown", b"text/x-rst")}),
        finds=(("description-broken", f"{INFO}/METADATA"),),
    ),
    Defect(
        id="a dependency by URL",
        draft=_draft(info={"METADATA": metadata("Requires-Dist: spam @ https://example.org/spam.zip")}),
        finds=(("metadata-refused", f"{INFO}/METADATA"),),
    ),
    Defect(
        id="a private classifier",
        draft=_draft(info={"METADATA": metadata("Classifier: Private :: Do Not Upload")}),
        finds=(("metadata-refused", f"{INFO}/METADATA"),),
    ),
    Defect(
        id="the licence twice",
        draft=_draft(info={"METADATA": metadata("Classifier: License :: OSI Approved :: MIT License")}),
        finds=(("metadata-licence-twice", f"{INFO}/METADATA"),),
    ),
    Defect(
        id="a licence file that is not there",
        draft=_draft(info={"METADATA": metadata("License-File: NOTICE")}),
        finds=(("licence-lost", f"{INFO}/licenses/NOTICE"),),
    ),
    Defect(
        id="no licence file",
        draft=_draft(absent=("LICENSE",), info={"METADATA": metadata(drop="License-File")}),
        finds=(("licence-missing", None),),
    ),
)

CONTENTS = (
    Defect(
        id="a cache",
        draft=_draft(files=_files(**{"wy_sample/__pycache__/x.cpython-312.pyc": b"x"})),
        finds=(("contents-cache", "wy_sample/__pycache__/x.cpython-312.pyc"),),
    ),
    Defect(
        id="tests for everybody",
        draft=_draft(files=_files(**{"tests/__init__.py": b""})),
        finds=(("contents-top-level", "tests/"),),
    ),
    Defect(
        id="an unknown scheme",
        draft=_draft(files=_files(**{"wy_sample-1.0.data/share/x": b""})),
        finds=(("contents-data", "wy_sample-1.0.data/share/x"),),
    ),
    Defect(id="nothing to install", draft=_draft(files={}), finds=(("contents-empty", None),)),
    Defect(
        id=".env",
        draft=_draft(files=_files(**{"wy_sample/.env": b"TOKEN=x\n"})),
        finds=(("secret", "wy_sample/.env"),),
    ),
    Defect(
        id="a private key",
        draft=_draft(files=_files(**{"wy_sample/server.pem": b"x" * ((1 << 20) - 9) + b"\n" + KEY})),
        finds=(("secret", "wy_sample/server.pem"),),
    ),
    Defect(
        id="a path of the build machine",
        draft=_draft(files=_files(**{"wy_sample/spam.pc": b"prefix=/home/ada/src/spam/build\n"})),
        finds=(("build-path", "wy_sample/spam.pc"),),
    ),
    Defect(
        id="a private key in a test",
        draft=_draft(files=_files(**{"wy_sample/tests/server.pem": KEY})),
        finds=(("secret-sample", "wy_sample/tests/server.pem"),),
    ),
)


def _linux(source: str = "", *flags: str, more: dict[str, bytes] | None = None, **options: object) -> dict[str, bytes]:
    return {LINUX_CORE: natives.elf(source, *flags, **options), **(more or {})}  # type: ignore[arg-type]


def _library(soname: str, target: str = "x86_64-linux-gnu.2.17") -> bytes:
    return natives.elf(natives.LIBRARY, *((f"-Wl,-soname,{soname}",) if soname else ()), target=target)


def _needing(library: bytes, *flags: str) -> bytes:
    return natives.elf(natives.module(calls="helper"), *flags, links=(library,))


def _two_libcxx() -> dict[str, bytes]:
    flags = ("-fPIC", "-g0", "-s")
    target = "x86_64-linux-gnu.2.17"
    thrower = natives.compiled(natives.THROWS, target, *flags, "-Wl,-soname,libthrow.so.1", cpp=True)
    catcher = natives.compiled(natives.CATCHES, target, *flags, "-Wl,-rpath,$ORIGIN", links=(thrower,), cpp=True)
    return {LINUX_CORE: catcher, "wy_sample/libthrow.so.1": thrower}


ELF = (
    Defect(
        id="a newer glibc",
        native=True,
        finds=(("elf-version", LINUX_CORE),),
        draft=_with(MANYLINUX, lambda: _linux(natives.module(calls="pthread_create"), target="x86_64-linux-gnu.2.34")),
    ),
    Defect(
        id="a library outside the policy",
        native=True,
        finds=(("elf-needed", LINUX_CORE),),
        draft=_with(MANYLINUX, lambda: {LINUX_CORE: _needing(_library("libhelper.so.1"))}),
    ),
    Defect(
        id="a library outside the policy, musl",
        native=True,
        finds=(("elf-needed", "wy_sample/_core.cpython-312-x86_64-linux-musl.so"),),
        draft=_with(
            MUSLLINUX,
            lambda: {
                "wy_sample/_core.cpython-312-x86_64-linux-musl.so": natives.elf(
                    natives.module(calls="helper"),
                    target="x86_64-linux-musl",
                    links=(_library("libhelper.so.1", "x86_64-linux-musl"),),
                )
            },
        ),
    ),
    Defect(
        id="a vendored library that no run path leads to",
        native=True,
        finds=(("elf-unreachable", LINUX_CORE),),
        draft=_with(
            MANYLINUX,
            lambda: {
                LINUX_CORE: _needing(_library("libhelper.so.1"), "-Wl,-rpath,$ORIGIN/libs"),
                "wy_sample.libs/libhelper.so.1": _library("libhelper.so.1"),
            },
        ),
    ),
    Defect(
        id="linked to libpython",
        native=True,
        finds=(("elf-libpython", LINUX_CORE),),
        draft=_with(MANYLINUX, lambda: {LINUX_CORE: _needing(_library("libpython3.12.so.1.0"))}),
    ),
    Defect(
        id="ELF for another architecture",
        native=True,
        finds=(("elf-arch", LINUX_CORE),),
        draft=_with(MANYLINUX, lambda: _linux(target="aarch64-linux-gnu.2.17")),
    ),
    Defect(
        id="an executable stack",
        native=True,
        finds=(("elf-executable-stack", LINUX_CORE),),
        draft=_with(MANYLINUX, lambda: {LINUX_CORE: natives.with_executable_stack(natives.elf())}),
    ),
    Defect(
        id="text relocations",
        native=True,
        finds=(("elf-text-relocations", LINUX_CORE),),
        draft=_with(
            MANYLINUX,
            lambda: _linux(natives.module(more='__asm__(".text\\nwhere: .quad definition\\n");'), "-Wl,-z,notext"),
        ),
    ),
    Defect(
        id="no SONAME",
        native=True,
        finds=(("elf-soname", "wy_sample/0.so"),),
        draft=_with(
            MANYLINUX,
            lambda: {LINUX_CORE: _needing(_library(""), "-Wl,-rpath,$ORIGIN"), "wy_sample/0.so": _library("")},
        ),
    ),
    Defect(
        id="a run path into the build folder",
        native=True,
        finds=(("elf-rpath", LINUX_CORE),),
        draft=_with(MANYLINUX, lambda: _linux("", f"-Wl,-rpath,{BUILD_FOLDER}")),
    ),
    Defect(
        id="a run path out of site-packages",
        native=True,
        finds=(("elf-rpath-outside", LINUX_CORE),),
        draft=_with(MANYLINUX, lambda: _linux("", "-Wl,-rpath,$ORIGIN/../../lib")),
    ),
    Defect(
        id="OpenMP that nothing defines",
        native=True,
        finds=(("elf-undefined", LINUX_CORE),),
        draft=_with(MANYLINUX, lambda: _linux(natives.module(calls="__kmpc_fork_call"))),
    ),
    Defect(
        id="a function of IEEE 128 on ppc64le",
        native=True,
        finds=(("elf-undefined", "wy_sample/_core.cpython-312-powerpc64le-linux-gnu.so"),),
        draft=_with(
            "cp312-cp312-manylinux_2_19_ppc64le",
            lambda: {
                "wy_sample/_core.cpython-312-powerpc64le-linux-gnu.so": natives.elf(
                    natives.module(calls="__snprintfieee128"), target="powerpc64le-linux-gnu.2.19"
                )
            },
        ),
    ),
    Defect(
        id="two C++ libraries",
        native=True,
        finds=(("elf-two-libcxx", LINUX_CORE),),
        draft=_with(MANYLINUX, _two_libcxx),
    ),
    Defect(
        id="a raw linux tag", native=True, finds=(("tag-linux", None),), draft=_with("cp312-cp312-linux_x86_64", _linux)
    ),
    Defect(
        id="debug information",
        native=True,
        finds=(("debug-symbols", LINUX_CORE),),
        draft=_with(
            MANYLINUX,
            lambda: {
                LINUX_CORE: natives.compiled(
                    natives.module(), "x86_64-linux-gnu.2.17", "-fPIC", "-g", "-ffile-prefix-map=/="
                )
            },
        ),
    ),
    Defect(
        id="an extension in a pure wheel",
        native=True,
        finds=(("pure-extension", LINUX_CORE),),
        draft=_with(PURE, _linux),
    ),
    Defect(
        id="a library in a pure wheel",
        native=True,
        finds=(("pure-native", "wy_sample/libhelper.so.1"),),
        draft=_with(PURE, lambda: {"wy_sample/libhelper.so.1": _library("libhelper.so.1")}),
    ),
    Defect(
        id="native code in purelib",
        native=True,
        finds=(("purelib-native", LINUX_CORE),),
        draft=_with(MANYLINUX, _linux, info={"WHEEL": wheel_file(MANYLINUX, purelib=True)}),
    ),
)


def _mac(*parts: bytes, path: str = MAC_CORE, more: dict[str, bytes] | None = None) -> dict[str, bytes]:
    return {path: natives.universal(*parts) if len(parts) > 1 else parts[0], **(more or {})}


def _dylib(name: str) -> bytes:
    return natives.macho(natives.LIBRARY, f"-Wl,-install_name,{name}")


INTEL = "x86_64-macos.10.13"

MACHO = (
    Defect(
        id="a newer macOS",
        native=True,
        finds=(("macho-minimum", MAC_CORE),),
        draft=_with(MACOS, lambda: _mac(natives.macho(target="aarch64-macos.13.0"))),
    ),
    Defect(
        id="a newer macOS in one slice",
        native=True,
        finds=(("macho-minimum", MAC_CORE),),
        draft=_with(UNIVERSAL2, lambda: _mac(natives.macho(target="x86_64-macos.10.15"), natives.macho())),
    ),
    Defect(
        id="a slice is missing",
        native=True,
        finds=(("macho-arch", MAC_CORE),),
        draft=_with(UNIVERSAL2, lambda: _mac(natives.macho(target=INTEL))),
    ),
    Defect(
        id="Mach-O for another architecture",
        native=True,
        finds=(("macho-arch", MAC_CORE),),
        draft=_with(MACOS, lambda: _mac(natives.macho(target=INTEL))),
    ),
    Defect(
        id="a library of Homebrew",
        native=True,
        finds=(("macho-needed", MAC_CORE),),
        draft=_with(
            MACOS,
            lambda: _mac(
                natives.macho(natives.module(calls="helper"), links=(_dylib("/opt/homebrew/lib/libhelper.dylib"),))
            ),
        ),
    ),
    Defect(
        id="a library of /usr/local in one slice",
        native=True,
        finds=(("macho-needed", MAC_CORE),),
        draft=_with(
            UNIVERSAL2,
            lambda: _mac(
                natives.macho(target=INTEL),
                natives.macho(natives.module(calls="helper"), links=(_dylib("/usr/local/lib/libhelper.dylib"),)),
            ),
        ),
    ),
    Defect(
        id="an @rpath library that is not there",
        native=True,
        finds=(("macho-needed", MAC_CORE),),
        draft=_with(
            MACOS,
            lambda: _mac(natives.macho(natives.module(calls="helper"), links=(_dylib("@rpath/libhelper.dylib"),))),
        ),
    ),
    Defect(
        id="a vendored library in another folder",
        native=True,
        finds=(("macho-needed", MAC_CORE),),
        draft=_with(
            MACOS,
            lambda: _mac(
                natives.macho(natives.module(calls="helper"), links=(_dylib("@loader_path/libhelper.dylib"),)),
                more={"wy_sample/.dylibs/libhelper.dylib": _dylib("@loader_path/libhelper.dylib")},
            ),
        ),
    ),
    Defect(
        id="linked to a framework of Python",
        native=True,
        finds=(("macho-libpython", MAC_CORE),),
        draft=_with(
            MACOS,
            lambda: _mac(
                natives.macho(
                    natives.module(calls="helper"),
                    links=(_dylib("/Library/Frameworks/Python.framework/Versions/3.12/Python"),),
                )
            ),
        ),
    ),
    Defect(
        id="unsigned",
        native=True,
        finds=(("macho-unsigned", MAC_CORE),),
        draft=_with(MACOS, lambda: _mac(natives.without_signature(natives.macho()))),
    ),
    Defect(
        id="an unsigned slice",
        native=True,
        finds=(("macho-unsigned", MAC_CORE),),
        draft=_with(UNIVERSAL2, lambda: _mac(natives.macho(target=INTEL), natives.without_signature(natives.macho()))),
    ),
    Defect(
        id="changed after signing",
        native=True,
        finds=(("macho-signature", MAC_CORE),),
        draft=_with(MACOS, lambda: _mac(natives.with_other_code(natives.macho()))),
    ),
    Defect(
        id="a run path of the build machine",
        native=True,
        finds=(("macho-rpath", MAC_CORE),),
        draft=_with(MACOS, lambda: _mac(natives.macho("", "-Wl,-rpath,/opt/build/lib"))),
    ),
    Defect(
        id="code of macOS in a wheel for iOS",
        native=True,
        finds=(("macho-system", "wy_sample/_core.cpython-313-iphoneos.so"),),
        draft=_with(
            "cp313-cp313-ios_13_0_arm64_iphoneos",
            lambda: _mac(natives.macho(), path="wy_sample/_core.cpython-313-iphoneos.so"),
        ),
    ),
)


def _win(**options: object) -> dict[str, bytes]:
    return {WIN_CORE: natives.pe(**options)}  # type: ignore[arg-type]


def _calling(dll: str) -> dict[str, bytes]:
    return _win(source=natives.module(calls="helper"), more={dll: "helper"})


PE = (
    Defect(
        id="32-bit code", native=True, finds=(("pe-arch", WIN_CORE),), draft=_with(WINDOWS, lambda: _win(arch="x86"))
    ),
    Defect(
        id="code for ARM",
        native=True,
        finds=(("pe-arch", WIN_CORE),),
        draft=_with(WINDOWS, lambda: _win(arch="aarch64")),
    ),
    Defect(
        id="libwinpthread",
        native=True,
        finds=(("pe-needed", WIN_CORE),),
        draft=_with(WINDOWS, lambda: _calling("libwinpthread-1.dll")),
    ),
    Defect(
        id="libgcc",
        native=True,
        finds=(("pe-needed", WIN_CORE),),
        draft=_with(WINDOWS, lambda: _calling("libgcc_s_seh-1.dll")),
    ),
    Defect(
        id="libstdc++",
        native=True,
        finds=(("pe-needed", WIN_CORE),),
        draft=_with(WINDOWS, lambda: _calling("libstdc++-6.dll")),
    ),
    Defect(
        id="msvcp140",
        native=True,
        finds=(("pe-needed", WIN_CORE),),
        draft=_with(WINDOWS, lambda: _calling("msvcp140.dll")),
    ),
    Defect(
        id="vcruntime140_1 on PyPy",
        native=True,
        finds=(("pe-needed", "wy_sample/_core.pypy311-pp73-win_amd64.pyd"),),
        draft=_with(
            "pp311-pypy311_pp73-win_amd64",
            lambda: {
                "wy_sample/_core.pypy311-pp73-win_amd64.pyd": natives.pe(
                    natives.module(calls="helper"), python="libpypy3.11-c.dll", more={"vcruntime140_1.dll": "helper"}
                )
            },
        ),
    ),
    Defect(
        id="vendored, and removed after delvewheel",
        native=True,
        finds=(("pe-needed", WIN_CORE),),
        draft=_with(
            WINDOWS,
            lambda: _calling("helper-5a1b2c3d4e5f60718293a4b5c6d7e8f9.dll"),
            info={"DELVEWHEEL": b"Version: 1.13.2\nArguments: []\n"},
        ),
    ),
    Defect(
        id="a debugging Python",
        native=True,
        finds=(("pe-other-python", WIN_CORE),),
        draft=_with(WINDOWS, lambda: _win(python="python312_d.dll")),
    ),
    Defect(
        id="the DLL of another Python",
        native=True,
        finds=(("pe-other-python", WIN_CORE),),
        draft=_with(WINDOWS, lambda: _win(python="python311.dll")),
    ),
    Defect(
        id="nothing of Python",
        native=True,
        finds=(("pe-no-python", WIN_CORE),),
        draft=_with(
            WINDOWS,
            lambda: _win(
                source=natives.module().replace(
                    "extern void *PyModule_Create2(void *, int);", "#define PyModule_Create2(a, b) a"
                ),
                python="",
            ),
        ),
    ),
    Defect(
        id="an import library",
        native=True,
        finds=(("pe-stray", "wy_sample/_core.lib"),),
        draft=_with(
            WINDOWS, lambda: {**_win(), "wy_sample/_core.lib": natives.import_library("x.dll", "x", arch="x86_64")}
        ),
    ),
)

ABI3 = "cp39-abi3-manylinux_2_17_x86_64"
ABI3_WINDOWS = "cp39-abi3-win_amd64"
OTHER = "wy_sample/_core.cpython-311-x86_64-linux-gnu.so"
ARM = "wy_sample/_core.cpython-312-aarch64-linux-gnu.so"
MUSL = "wy_sample/_core.cpython-312-x86_64-linux-musl.so"

ABI = (
    Defect(
        id="a module of another Python",
        native=True,
        finds=(("abi-suffix", OTHER),),
        draft=_with(MANYLINUX, lambda: {OTHER: natives.elf()}),
    ),
    Defect(
        id="a module of another Python, macOS",
        native=True,
        finds=(("abi-suffix", "wy_sample/_core.cpython-311-darwin.so"),),
        draft=_with(MACOS, lambda: _mac(natives.macho(), path="wy_sample/_core.cpython-311-darwin.so")),
    ),
    Defect(
        id="a module of another Python, Windows",
        native=True,
        finds=(("abi-suffix", "wy_sample/_core.cp311-win_amd64.pyd"),),
        draft=_with(WINDOWS, lambda: {"wy_sample/_core.cp311-win_amd64.pyd": natives.pe()}),
    ),
    Defect(
        id="a module of CPython with threads",
        native=True,
        finds=(("abi-suffix", "wy_sample/_core.cpython-313-x86_64-linux-gnu.so"),),
        draft=_with(
            "cp313-cp313t-manylinux_2_17_x86_64",
            lambda: {"wy_sample/_core.cpython-313-x86_64-linux-gnu.so": natives.elf()},
        ),
    ),
    Defect(
        id="named for another architecture",
        native=True,
        finds=(("abi-platform", ARM),),
        draft=_with(MANYLINUX, lambda: {ARM: natives.elf()}),
    ),
    Defect(
        id="named for musl",
        native=True,
        finds=(("abi-platform", MUSL),),
        draft=_with(MANYLINUX, lambda: {MUSL: natives.elf()}),
    ),
    Defect(
        id="outside the stable ABI",
        native=True,
        finds=(("abi3-outside", ABI3_CORE),),
        draft=_with(ABI3, lambda: {ABI3_CORE: natives.elf(natives.module(calls="_PyObject_GetMethod"))}),
    ),
    Defect(
        id="newer than the stable ABI of the tag",
        native=True,
        finds=(("abi3-newer", ABI3_CORE),),
        draft=_with(ABI3, lambda: {ABI3_CORE: natives.elf(natives.module(calls="PyUnicode_AsUTF8AndSize"))}),
    ),
    Defect(
        id="newer than the stable ABI of the tag, Windows",
        native=True,
        finds=(("abi3-newer", "wy_sample/_core.pyd"),),
        draft=_with(
            ABI3_WINDOWS,
            lambda: {
                "wy_sample/_core.pyd": natives.pe(
                    natives.module(calls="PyType_GetName"), python="python3.dll", more={"PYTHON3.dll": "PyType_GetName"}
                )
            },
        ),
    ),
    Defect(
        id="python312.dll in an abi3 wheel",
        native=True,
        finds=(("pe-other-python", "wy_sample/_core.pyd"),),
        draft=_with(ABI3_WINDOWS, lambda: {"wy_sample/_core.pyd": natives.pe()}),
    ),
    Defect(
        id="Python's ABI in a py3-none wheel",
        native=True,
        finds=(("abi-none", "wy_sample/_core.so"),),
        draft=_with("py3-none-manylinux_2_17_x86_64", lambda: {"wy_sample/_core.so": natives.elf()}),
    ),
    Defect(
        id="no initialiser",
        native=True,
        finds=(("abi-init", LINUX_CORE),),
        draft=_with(MANYLINUX, lambda: {LINUX_CORE: _library("")}),
    ),
    Defect(
        id="a module of another system",
        native=True,
        finds=(("foreign-module", MAC_CORE),),
        draft=_with(MANYLINUX, lambda: _linux(more={MAC_CORE: natives.macho()})),
    ),
)

ALL = (*ARCHIVE, *RECORD, *NAMES, *METADATA, *CONTENTS, *ELF, *MACHO, *PE, *ABI)

SOUND: dict[str, Callable[[], Draft]] = {
    "pure": _draft(),
    "manylinux": _with(MANYLINUX, _linux),
    "musllinux": _with(MUSLLINUX, lambda: {MUSL: natives.elf(target="x86_64-linux-musl")}),
    "vendored": _with(
        MANYLINUX,
        lambda: {
            LINUX_CORE: _needing(_library("libhelper.so.1"), "-Wl,-rpath,$ORIGIN/../wy_sample.libs"),
            "wy_sample.libs/libhelper.so.1": _library("libhelper.so.1"),
        },
    ),
    "abi3": _with(ABI3, lambda: {ABI3_CORE: natives.elf()}),
    "macOS": _with(MACOS, lambda: _mac(natives.macho())),
    "universal2": _with(UNIVERSAL2, lambda: _mac(natives.macho(target=INTEL), natives.macho())),
    "vendored, macOS": _with(
        MACOS,
        lambda: _mac(
            natives.macho(natives.module(calls="helper"), links=(_dylib("@loader_path/.dylibs/libhelper.dylib"),)),
            more={"wy_sample/.dylibs/libhelper.dylib": _dylib("/DLC/libhelper.dylib")},
        ),
    ),
    "two macOS tags": _with(
        "cp312-cp312-macosx_10_13_x86_64.macosx_11_0_arm64", lambda: _mac(natives.macho(target=INTEL), natives.macho())
    ),
    "Windows": _with(WINDOWS, _win),
    "Windows, abi3": _with(ABI3_WINDOWS, lambda: {"wy_sample/_core.pyd": natives.pe(python="python3.dll")}),
    "Windows on ARM": _with(
        "cp312-cp312-win_arm64", lambda: {"wy_sample/_core.cp312-win_arm64.pyd": natives.pe(arch="aarch64")}
    ),
    "32-bit Windows": _with("cp312-cp312-win32", lambda: {"wy_sample/_core.cp312-win32.pyd": natives.pe(arch="x86")}),
}
