"""Rules about PE: does every DLL and extension module load on every Windows that the tag promises."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wheelyard.audit.binaries import Binary, Format, Slice, Trait
from wheelyard.audit.contents import Contents
from wheelyard.audit.rule import ERROR, WARNING, Hit, Policy, Rule
from wheelyard.audit.windows import is_part_of_windows, runtime
from wheelyard.errors import listed

_SEARCH = "https://learn.microsoft.com/en-us/windows/win32/dlls/dynamic-link-library-search-order"
_STABLE = re.compile(r"python3t?(_d)?\.dll")
_VERSIONED = re.compile(r"python(?P<version>3\d+t?)(?P<debug>_d)?\.dll")
_OTHER_PYTHONS = re.compile(r"libpypy.*\.dll|python-native\.dll")
_STRAY = (".lib", ".a", ".exp", ".pdb", ".ilk")


def _pes(contents: Contents) -> Iterator[tuple[Binary, Slice]]:
    """The PE files of a wheel for Windows that are for its architecture."""
    wanted = {arch for platform in contents.platforms if platform.system == "win" for arch in platform.archs}
    for binary in contents.binaries:
        if binary.format is Format.PE and binary.archs <= wanted:
            yield binary, binary.slices[0]


def _is_python(library: str) -> bool:
    return any(form.fullmatch(library) for form in (_STABLE, _VERSIONED, _OTHER_PYTHONS))


def _arch(contents: Contents, _: Policy) -> Iterator[Hit]:
    """Modules and DLLs for another architecture; a program may be a helper for another one."""
    wanted = {arch for platform in contents.platforms if platform.system == "win" for arch in platform.archs}
    pes = [binary for binary in contents.binaries if binary.format is Format.PE] if wanted else []
    none_fits = bool(pes) and not any(binary.archs & wanted for binary in pes)
    for binary in pes:
        if not binary.archs & wanted and (binary.module or none_fits):
            found = listed(sorted(binary.archs))
            yield Hit(path=binary.path, message=f"It is for {found}, the tag says {listed(sorted(wanted))}.")


def _lost(contents: Contents, _: Policy) -> Iterator[Hit]:
    for binary, part in _pes(contents):
        lost = [library for library in part.needed if _unfound(library, contents)]
        if lost:
            notes = [note for library in lost if (note := runtime(library))]
            why = f" ({'; '.join(dict.fromkeys(notes))})" if notes else ""
            message = f"It needs {listed(lost)}: not in the wheel, and no part of Windows or Python{why}."
            yield Hit(path=binary.path, message=message)


def _unfound(library: str, contents: Contents) -> bool:
    if library in contents.base_names or is_part_of_windows(library) or _is_python(library):
        return False
    if library == "vcruntime140.dll":
        return False  # every CPython and PyPy for Windows brings it
    # CPython brings the second half of the run-time library too, where there is one: not for 32 bits, not PyPy.
    brings = any(
        tag.platform in {"win_amd64", "win_arm64"} and not tag.interpreter.startswith("pp") for tag in contents.tags
    )
    return not (library == "vcruntime140_1.dll" and brings)


def _no_python(contents: Contents, _: Policy) -> Iterator[Hit]:
    for binary, part in _pes(contents):
        libraries = (*part.needed, *part.optional)
        if binary.name.endswith(".pyd") and binary.module and not any(map(_is_python, libraries)):
            yield Hit(path=binary.path, message="It is an extension module and imports nothing of Python.")


def _other_python(contents: Contents, _: Policy) -> Iterator[Hit]:
    """A module imports the DLL of the Python it was built for; only the tag's may be there."""
    abis = {tag.abi for tag in contents.tags}
    for binary, part in _pes(contents):
        for library in (*part.needed, *part.optional):
            found = _VERSIONED.fullmatch(library)
            if found is None or library in contents.base_names:
                continue
            if found["debug"]:
                yield Hit(path=binary.path, message=f"It imports {library}, of a Python built for debugging.")
            elif "abi3" in abis and not any(abi == f"cp{found['version']}" for abi in abis):
                yield Hit(path=binary.path, message=f"It imports {library}; in an abi3 wheel it must be python3.dll.")
            elif any(abi.startswith("cp3") for abi in abis) and f"cp{found['version']}" not in abis:
                message = f"It imports {library}; the wheel is for {listed(sorted(abis))}."
                yield Hit(path=binary.path, message=message)


def _stray(contents: Contents, _: Policy) -> Iterator[Hit]:
    if any(platform.system == "win" for platform in contents.platforms):
        found = [member.name for member in contents.members if member.name.lower().endswith(_STRAY)]
        if found:
            yield Hit(path=found[0], message=f"The linker made them, at run time nothing needs them: {listed(found)}.")


def _foreign(contents: Contents, _: Policy) -> Iterator[Hit]:
    """Whatever the rules of one format skip because it is of another one."""
    formats = {
        "manylinux": Format.ELF,
        "musllinux": Format.ELF,
        "linux": Format.ELF,
        "android": Format.ELF,
        "macosx": Format.MACHO,
        "iphoneos": Format.MACHO,
        "iphonesimulator": Format.MACHO,
        "win": Format.PE,
    }
    wanted = {formats[platform.system] for platform in contents.platforms if platform.system in formats}
    for binary in contents.binaries if wanted else ():
        if binary.format not in wanted and binary.module and not binary.has(Trait.PROGRAM):
            tags = listed(platform.text for platform in contents.platforms)
            yield Hit(path=binary.path, message=f"It is {binary.format}, and the wheel is for {tags}.")


RULES = (
    Rule(
        id="pe-arch",
        severity=ERROR,
        says="Code is for another architecture than the tag says.",
        fix="Build with the tools of that architecture (look for 32-bit Python or VSCMD_ARG_TGT_ARCH).",
        why="Importing it ends in: %1 is not a valid Win32 application.",
        check=_arch,
    ),
    Rule(
        id="pe-needed",
        severity=ERROR,
        says="A DLL is needed that is neither in the wheel nor part of Windows or Python.",
        fix="Run delvewheel repair --analyze-existing, or link the library statically (MinGW: -static).",
        why="Importing it ends in: DLL load failed while importing.",
        source=_SEARCH,
        check=_lost,
    ),
    Rule(
        id="pe-no-python",
        severity=ERROR,
        says="An extension module imports nothing of Python.",
        fix="Link it with the import library (python3.lib or python312.lib); a linker that lets it pass is not MSVC's.",
        why="Its references to Python were never resolved; it crashes at import.",
        check=_no_python,
    ),
    Rule(
        id="pe-other-python",
        severity=ERROR,
        says="A module imports the DLL of another Python than the tag says.",
        fix="Build with the tag's Python; for abi3 define Py_LIMITED_API and link python3.lib.",
        why="It cannot be imported by the Pythons the tag promises.",
        source="https://docs.python.org/3/c-api/stable.html",
        check=_other_python,
    ),
    Rule(
        id="pe-stray",
        severity=WARNING,
        says="Import libraries or debug files of the linker are in the wheel.",
        fix="Exclude *.lib, *.a, *.exp and *.pdb from the package, unless others compile against it.",
        check=_stray,
    ),
    Rule(
        id="foreign-module",
        severity=ERROR,
        says="An extension module is in the format of another system.",
        fix="Clean the build folder: a file of another build was packed.",
        check=_foreign,
    ),
)
