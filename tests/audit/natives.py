"""Binaries for other systems, compiled for real with zig and kept in wheelyard's cache."""

from __future__ import annotations

import hashlib
import os
import struct
from functools import cache
from pathlib import Path

from wheelyard import resources
from wheelyard.doors import files, process, toolbox

ZIG = "ziglang==0.17.0"

MODULE = """
extern void *PyModule_Create2(void *, int);
static int definition[32];
{more}
__attribute__((visibility("default"))) void *PyInit__core(void) {{
    {does}
    return PyModule_Create2(definition, 1013);
}}
"""
LIBRARY = '__attribute__((visibility("default"))) int helper(void) { return 7; }\n'
ENTRY = "int DllMainCRTStartup(void *a, unsigned b, void *c) { return 1; }\n"
THROWS = """
#include <stdexcept>
#include <string>
extern "C" __attribute__((visibility("default"))) int helper(void) { throw std::runtime_error(std::string("no")); }
"""
CATCHES = """
#include <stdexcept>
extern "C" void *PyModule_Create2(void *, int);
extern "C" int helper(void);
static int definition[32];
extern "C" __attribute__((visibility("default"))) void *PyInit__core(void) {
    try { helper(); } catch (std::exception &) { definition[0] = 1; }
    return PyModule_Create2(definition, 1013);
}
"""


def module(*, calls: str = "", more: str = "") -> str:
    """The source of an extension module `_core` that calls a function."""
    declared = f"extern int {calls}(void);" if calls else ""
    return MODULE.format(more=declared + more, does=f"definition[0] = {calls}();" if calls else "")


@cache
def _zig() -> Path:
    return toolbox.environment("zig", [ZIG])


def compiled(
    source: str, target: str, *flags: str, links: tuple[bytes, ...] = (), name: str = "out.bin", cpp: bool = False
) -> bytes:
    """A shared library; `links` are libraries it is linked with, in files called 0.so, 1.so, ..."""
    key = hashlib.sha256(repr((ZIG, source, target, flags, links, name)).encode()).hexdigest()[:24]
    place = resources.cache() / "tests" / "natives" / key
    if not place.exists():
        with files.scratch("natives") as folder:
            files.write(place, _compile(source, target, *flags, links=links, name=name, cpp=cpp, folder=folder))
    return place.read_bytes()


def _compile(
    source: str, target: str, *flags: str, links: tuple[bytes, ...], name: str, cpp: bool, folder: Path
) -> bytes:
    code = folder / ("source.cpp" if cpp else "source.c")
    code.write_text(source)
    suffix = ".so" if "linux" in target else ".dylib" if "macos" in target else ".a"
    libraries = []
    for number, data in enumerate(links):
        (folder / f"{number}{suffix}").write_bytes(data)
        libraries.append(f"{number}{suffix}")
    base = ("-m", "ziglang", "c++" if cpp else "cc", "-target", target, "-shared", "-O2", "-fno-sanitize=all")
    ours = resources.cache() / "tests" / "zig"
    env = os.environ | {"ZIG_GLOBAL_CACHE_DIR": str(ours), "ZIG_LOCAL_CACHE_DIR": str(ours)}
    ended = process.run((_zig(), *base, *flags, "-o", name, code.name, *libraries), cwd=folder, env=env)
    assert ended.code == 0, ended.output
    return (folder / name).read_bytes()


def elf(source: str = "", *flags: str, target: str = "x86_64-linux-gnu.2.17", links: tuple[bytes, ...] = ()) -> bytes:
    """An ELF module."""
    return compiled(source or module(), target, "-fPIC", "-g0", "-s", *flags, links=links)


def macho(source: str = "", *flags: str, target: str = "aarch64-macos.11.0", links: tuple[bytes, ...] = ()) -> bytes:
    """A Mach-O module."""
    named = () if any("install_name" in flag for flag in flags) else ("-Wl,-install_name,@rpath/_core.so",)
    rest = ("-g0", "-s", "-undefined", "dynamic_lookup", *named, *flags)
    return compiled(source or module(), target, *rest, links=links, name="_core.so")


def pe(
    source: str = "", *, arch: str = "x86_64", python: str = "python312.dll", more: dict[str, str] | None = None
) -> bytes:
    """A PE module that imports `python`; `more` are other DLLs and one function of each."""
    imports = ({python: "PyModule_Create2"} if python else {}) | (more or {})
    links = tuple(import_library(dll, function, arch=arch) for dll, function in imports.items())
    entry = "DllMainCRTStartup@12" if arch == "x86" else "DllMainCRTStartup"
    flags = ("-nostdlib", f"-Wl,-e,{entry}", "-g0", "-s")
    text = ENTRY + (source or module()).replace('__attribute__((visibility("default")))', "__declspec(dllexport)")
    return compiled(text, f"{arch}-windows-gnu", *flags, links=links, name="_core.pyd")


@cache
def import_library(dll: str, function: str, *, arch: str) -> bytes:
    """What a linker needs to know of a DLL that is not there."""
    machine = {"x86_64": "i386:x86-64", "x86": "i386", "aarch64": "arm64"}[arch]
    with files.scratch("implib") as folder:
        (folder / "x.def").write_text(f"LIBRARY {dll}\nEXPORTS\n{function}\n")
        command = (_zig(), "-m", "ziglang", "dlltool", "-m", machine, "-d", "x.def", "-l", "x.a", "-k")
        ended = process.run(command, cwd=folder)
        assert ended.code == 0, ended.output
        return (folder / "x.a").read_bytes()


def universal(*slices: bytes) -> bytes:
    """Thin Mach-O files as one universal one: the header is all that is added."""
    page = 1 << 14
    head, body, at = struct.pack(">2I", 0xCAFEBABE, len(slices)), b"", page
    for data in slices:
        kind, sub = struct.unpack_from("<2I", data, 4)
        head += struct.pack(">5I", kind, sub, at, len(data), 14)
        body += data + b"\0" * (-len(data) % page)
        at += len(data) + (-len(data) % page)
    return head.ljust(page, b"\0") + body


def with_executable_stack(data: bytes) -> bytes:
    """An ELF file (64 bits, little-endian) with the flag that `execstack -s` sets."""
    changed = bytearray(data)
    start, size, count = (struct.unpack_from(form, data, at)[0] for form, at in (("<Q", 32), ("<H", 54), ("<H", 56)))
    for at in range(start, start + size * count, size):
        if struct.unpack_from("<I", data, at)[0] == 0x6474E551:
            struct.pack_into("<I", changed, at + 4, 7)
            return bytes(changed)
    raise AssertionError("no PT_GNU_STACK")


def without_signature(data: bytes) -> bytes:
    """A thin Mach-O without its last load command, which is the signature's."""
    changed = bytearray(data)
    count, size = struct.unpack_from("<2I", data, 16)
    at = 32
    for number in range(count):
        kind, length = struct.unpack_from("<2I", data, at)
        if kind == 0x1D:
            assert number == count - 1
            struct.pack_into("<2I", changed, 16, count - 1, size - length)
            return bytes(changed)
        at += length
    raise AssertionError("no LC_CODE_SIGNATURE")


def with_other_code(data: bytes) -> bytes:
    """A Mach-O with one byte of its string changed after it was signed."""
    at = data.rindex(b"_PyModule_Create2")
    return data[:at] + b"_PyModule_Create3" + data[at + 17 :]
