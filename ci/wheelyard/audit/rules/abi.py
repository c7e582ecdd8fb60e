"""Rules about Python's ABI: can the Pythons that the tag names import every module."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wheelyard.audit import stable
from wheelyard.audit.binaries import Binary, Format, Trait
from wheelyard.audit.contents import Contents
from wheelyard.audit.rule import ERROR, WARNING, Hit, Policy, Rule
from wheelyard.audit.tags import extension
from wheelyard.errors import listed

_STABLE = "https://docs.python.org/3/c-api/stable.html"
_TAGS = "https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/#abi-tag"
_ABI3 = ("abi3", "abi3t")


def _abis(contents: Contents) -> frozenset[str]:
    return frozenset(tag.abi for tag in contents.tags)


def _suffix(contents: Contents, _: Policy) -> Iterator[Hit]:
    """A module may be there several times, for several Pythons; one of them has to be for the tag's."""
    abis = _abis(contents)
    if not abis or abis == {"none"}:
        return
    by_module: dict[str, list[Binary]] = {}
    for binary in contents.binaries:
        if found := extension(binary.name):
            by_module.setdefault(f"{binary.path.rpartition('/')[0]}/{found.module}", []).append(binary)
    for binaries in by_module.values():
        if not any(_importable(binary, abis) for binary in binaries):
            for binary in binaries:
                message = f"By its name it is for another Python than {listed(sorted(abis))}, and is never imported."
                yield Hit(path=binary.path, message=message)


def _importable(binary: Binary, abis: frozenset[str]) -> bool:
    """Whether some interpreter of these ABIs looks for a file of this name; CPython takes abi3 too, if not threaded."""
    suffix = extension(binary.name)
    if suffix is None or any(suffix.fits(abi) for abi in abis):
        return True
    threaded = all(re.fullmatch(r"cp\d+t", abi) or abi == "abi3t" for abi in abis)
    if suffix.abi == "abi3":
        return any(abi.startswith("cp") for abi in abis) and not threaded
    return suffix.abi == "abi3t" and any(abi.startswith("cp") for abi in abis)


def _suffix_platform(contents: Contents, _: Policy) -> Iterator[Hit]:
    """The file name's own platform, where it has one: `x86_64-linux-gnu`, `darwin`, `win_amd64`."""
    archs = {arch for platform in contents.platforms for arch in (*platform.archs, platform.arch) if arch}
    systems = {platform.system for platform in contents.platforms}
    if contents.pure or not archs:
        return
    for binary in contents.binaries:
        suffix = extension(binary.name)
        if suffix is not None and (why := _misplaced(suffix.platform, systems, archs)):
            yield Hit(
                path=binary.path, message=f"By its name it is for {suffix.platform}, {why}: it is never imported."
            )


def _misplaced(platform: str, systems: set[str], archs: set[str]) -> str | None:
    """Why a module whose name has this platform is not looked for by the interpreters of a tag."""
    if systems == {"manylinux"} and platform.endswith("-linux-musl"):
        return "and the wheel for glibc"
    found = re.fullmatch(r"(?P<arch>\w+)-linux-(gnu|musl)\w*", platform)
    if found is None or not systems <= {"manylinux", "musllinux", "linux"}:
        return None
    arch = {"i386": "i686", "arm": "armv7l", "powerpc64le": "ppc64le"}.get(found["arch"], found["arch"])
    return None if arch in archs else f"and the wheel for {listed(sorted(archs))}"


def _outside_stable(contents: Contents, _: Policy) -> Iterator[Hit]:
    for binary in _stable_modules(contents):
        if names := stable.outside(_python(binary)):
            yield Hit(path=binary.path, message=f"It uses {listed(names, most=5)}, not in the stable ABI.")


def _newer_stable(contents: Contents, _: Policy) -> Iterator[Hit]:
    oldest = min((version for tag in contents.tags if (version := _version(tag.interpreter))), default=None)
    if oldest is None:
        return
    for binary in _stable_modules(contents):
        if found := stable.newer(_python(binary), than=oldest):
            names = [f"{name} (Python {major}.{minor})" for name, (major, minor) in found.items()]
            said = f"It uses {listed(names, most=5)}; the tag says Python {oldest[0]}.{oldest[1]}."
            yield Hit(path=binary.path, message=said)


def _stable_modules(contents: Contents) -> Iterator[Binary]:
    """What claims the stable ABI: by its own name, or as any module in a wheel whose only ABI it is."""
    only = bool(_abis(contents)) and _abis(contents) <= {*_ABI3}
    for binary in contents.binaries:
        suffix = extension(binary.name)
        named = suffix is not None and suffix.abi in _ABI3
        if (named or (only and suffix is None)) and not binary.has(Trait.OBJECT | Trait.PROGRAM) and _python(binary):
            yield binary


def _python(binary: Binary) -> frozenset[str]:
    return frozenset[str]().union(*(part.python for part in binary.slices))


def _version(interpreter: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"cp(\d)(\d+)", interpreter)
    return (int(found[1]), int(found[2])) if found else None


def _none(contents: Contents, _: Policy) -> Iterator[Hit]:
    if _abis(contents) != {"none"} or contents.pure:
        return
    for binary in contents.binaries:
        names = _python(binary)
        if names and not binary.has(Trait.OBJECT | Trait.PROGRAM) and binary.module:
            yield Hit(path=binary.path, message=f"It uses Python's ABI ({listed(sorted(names), most=3)}).")


def _no_init(contents: Contents, _: Policy) -> Iterator[Hit]:
    """Names of modules that are not ASCII have an initialiser of another form (PEP 489)."""
    for binary in contents.binaries:
        suffix = extension(binary.name)
        if suffix is None or binary.format is Format.WASM or not suffix.module.isascii():
            continue
        if not all(f"PyInit_{suffix.module}" in part.exports for part in binary.slices):
            message = f"It is named like a module and has no PyInit_{suffix.module}: `import {suffix.module}` fails."
            yield Hit(path=binary.path, message=message)


RULES = (
    Rule(
        id="abi-suffix",
        severity=ERROR,
        says="An extension module's name is for another Python than the tag.",
        fix="Clean the build folder: a module of another build was packed; or correct the tag.",
        why="The import system never looks at it: the module is missing.",
        source=_TAGS,
        check=_suffix,
    ),
    Rule(
        id="abi-platform",
        severity=ERROR,
        says="An extension module's name is for another platform than the tag.",
        fix="When cross-compiling, set the build's SOABI or EXT_SUFFIX to the target's.",
        why="The import system never looks at it: the module is missing.",
        source=_TAGS,
        check=_suffix_platform,
    ),
    Rule(
        id="abi3-outside",
        severity=ERROR,
        says="A module for the stable ABI uses functions that are not in it.",
        fix="Define Py_LIMITED_API before every include of Python.h, and compile again.",
        why="It works with the Python it was built for and crashes with others.",
        source=_STABLE,
        check=_outside_stable,
    ),
    Rule(
        id="abi3-newer",
        severity=ERROR,
        says="A module for the stable ABI uses functions that are newer than the tag's Python.",
        fix="Define Py_LIMITED_API as the tag's version, or raise the tag (cp39-abi3 to cp310-abi3).",
        why="It cannot be imported by the oldest Pythons that the tag promises.",
        source=_STABLE,
        check=_newer_stable,
    ),
    Rule(
        id="abi-none",
        severity=ERROR,
        says="A wheel without a Python ABI holds a module that uses it.",
        fix="Tag the wheel for the ABI (cp312-cp312 or cp39-abi3), or load the library without Python's functions.",
        why="The tag promises any Python, PyPy too; the module works with one.",
        source=_TAGS,
        check=_none,
    ),
    Rule(
        id="abi-init",
        severity=WARNING,
        says="A file is named like an extension module and does not start one.",
        fix="Name a library that is only loaded with ctypes or cffi without Python's suffix.",
        source="https://docs.python.org/3/c-api/extension-modules.html",
        check=_no_init,
    ),
)
