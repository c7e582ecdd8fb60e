"""Rules about ELF: does every shared library load on every system that the tag promises."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from wheelyard.audit import glibc, policies
from wheelyard.audit.binaries import Binary, Format, Slice, Trait
from wheelyard.audit.contents import Contents
from wheelyard.audit.policies import Allowed
from wheelyard.audit.rule import ERROR, WARNING, Check, Hit, Policy, Rule
from wheelyard.audit.tags import PlatformTag
from wheelyard.errors import listed

_PEP600 = "https://peps.python.org/pep-0600/"
_SYSTEMS = ("manylinux", "musllinux")

# Libraries of glibc and GCC version every symbol they export, so that a reference without a version is to none of them.
_VERSIONED = re.compile(
    r"lib(c|m|dl|pthread|rt|util|resolv|nsl|anl|crypt|mvec|BrokenLocale|thread_db|gcc_s|stdc\+\+|atomic|gfortran|gomp|"
    r"quadmath)\.so\.\d+|ld-linux.*|ld64\.so\..*"
)
_PYTHON = ("Py", "_Py", "GraalPy", "_Graal")


def _claims(contents: Contents) -> Iterator[PlatformTag]:
    """The oldest manylinux and the oldest musllinux that the file name claims: the wheel is installed there too."""
    for system in _SYSTEMS:
        claimed = [platform for platform in contents.platforms if platform.system == system]
        if claimed:
            yield min(claimed, key=lambda platform: platform.version)


def _elfs(contents: Contents, claim: PlatformTag) -> Iterator[tuple[Binary, Slice]]:
    """The ELF files that are for the architecture of the tag; others have a rule of their own."""
    for binary in contents.binaries:
        if binary.format is Format.ELF and binary.archs <= {*claim.archs}:
            yield binary, binary.slices[0]


def _policies(contents: Contents) -> Iterator[tuple[PlatformTag, Allowed, Binary, Slice]]:
    for claim in _claims(contents):
        found = policies.allowed(claim.system, claim.version, claim.arch)
        if found is not None:
            for binary, part in _elfs(contents, claim):
                yield claim, found, binary, part


def _too_new(contents: Contents, _: Policy) -> Iterator[Hit]:
    for claim, policy, binary, part in _policies(contents):
        newer = sorted(
            {f"{version} of {library}" for library, version in part.versions if policy.refuses(version)}
            - {f"{version} of {library}" for library, version in part.versions if library in contents.base_names}
        )
        if newer:
            yield Hit(path=binary.path, message=f"It needs {listed(newer, most=4)}, newer than {claim.text} promises.")


def _outside(contents: Contents, _: Policy) -> Iterator[Hit]:
    for claim, policy, binary, part in _policies(contents):
        lost = [
            library
            for library in part.needed
            if not policy.has_library(library) and library.rpartition("/")[2] not in contents.base_names
        ]
        lost = [library for library in lost if not _libpython(library)]
        if lost:
            yield Hit(
                path=binary.path, message=f"It needs {listed(lost)}: not in the wheel, and no part of {claim.text}."
            )


def _libpython(library: str) -> bool:
    return re.match(r"libpython\d", library.rpartition("/")[2]) is not None


def _links_python(contents: Contents, _: Policy) -> Iterator[Hit]:
    for claim in _claims(contents):
        for binary, part in _elfs(contents, claim):
            if found := [
                library for library in part.needed if _libpython(library) and library not in contents.base_names
            ]:
                yield Hit(path=binary.path, message=f"It needs {listed(found)}.")


def _forbidden(contents: Contents, _: Policy) -> Iterator[Hit]:
    for claim, policy, binary, part in _policies(contents):
        for library in part.needed:
            if found := policy.forbidden.get(library, frozenset()) & part.loose:
                message = f"It uses {listed(sorted(found))} of {library}, which {claim.text} does not promise."
                yield Hit(path=binary.path, message=message)


def _undefined(contents: Contents, _: Policy) -> Iterator[Hit]:
    """Only where every library it needs is known: in the wheel, or one that versions all its symbols."""
    exported: frozenset[str] | None = None
    for claim in _claims(contents):
        if claim.system != "manylinux":
            continue
        for binary, part in _elfs(contents, claim):
            if Trait.OBJECT in part.traits or not _all_known(part, contents):
                continue
            loose = {name for name in part.loose if not name.startswith(_PYTHON) and not glibc.in_every_process(name)}
            if loose and exported is None:
                exported = frozenset().union(*(other.exports for file in contents.binaries for other in file.slices))
            if lost := sorted(loose - (exported or frozenset())):
                yield Hit(path=binary.path, message=f"Nothing defines {listed(lost, most=6)}.")


def _all_known(part: Slice, contents: Contents) -> bool:
    return all(library in contents.base_names or _VERSIONED.fullmatch(library) for library in part.needed)


def _rpath(contents: Contents, _: Policy) -> Iterator[Hit]:
    for binary in contents.binaries:
        if binary.format is not Format.ELF:
            continue
        for rpath in binary.slices[0].rpaths:
            if why := _leaks(rpath):
                yield Hit(path=binary.path, message=f"Its run path has {rpath!r}, which {why}.")


def _leaks(rpath: str) -> str | None:
    if rpath.startswith(("$ORIGIN", "${ORIGIN}")):
        return None
    if rpath.startswith("/"):
        return "is a folder of the machine it was built on"
    return "is the folder the program happens to run in"


def _rpath_outside(contents: Contents, _: Policy) -> Iterator[Hit]:
    for binary in contents.binaries:
        if binary.format is not Format.ELF:
            continue
        for rpath in binary.slices[0].rpaths:
            found = re.match(r"\$\{?ORIGIN\}?(/.*)?$", rpath)
            if found and _leaves(binary.path, found[1] or ""):
                yield Hit(path=binary.path, message=f"Its run path {rpath!r} leads out of site-packages.")


def _leaves(path: str, beyond: str) -> bool:
    folder = re.sub(r"^[^/]+\.data/(platlib|purelib)/", "", path).rpartition("/")[0]
    return posixpath.normpath(f"{folder}/{beyond}".strip("/") or ".").startswith("..") and ".data/" not in path


def _unreachable(contents: Contents, _: Policy) -> Iterator[Hit]:
    """A vendored library is found by a run path, or because something else that found it has loaded it before."""
    for claim in _claims(contents):
        found: set[str] = set()
        lost: list[tuple[Binary, str]] = []
        for binary, part in _elfs(contents, claim):
            folders = [_folder(binary.path, rpath) for rpath in part.rpaths]
            for library in part.needed:
                if any(f"{folder}/{library}".lstrip("/") in contents.names for folder in folders):
                    found.add(library)
                elif library in contents.base_names:
                    lost.append((binary, library))
        for binary, library in lost:
            if library not in found:
                yield Hit(
                    path=binary.path, message=f"It needs {library}; that is in the wheel, and no run path leads to it."
                )


def _folder(path: str, rpath: str) -> str:
    """The folder in the wheel that a run path is, once the parts of the wheel are installed side by side."""
    origin = re.sub(r"^[^/]+\.data/(platlib|purelib)/", "", path).rpartition("/")[0]
    found = re.match(r"\$(?:ORIGIN|\{ORIGIN\})(/.*)?$", rpath)
    return posixpath.normpath(f"{origin}/{found[1] or ''}") if found else rpath


def _trait(trait: Trait, message: str) -> Check:
    def check(contents: Contents, _: Policy) -> Iterator[Hit]:
        for binary in contents.binaries:
            if binary.format is Format.ELF and binary.has(trait) and not binary.has(Trait.OBJECT):
                yield Hit(path=binary.path, message=message)

    return check


def _arch(contents: Contents, _: Policy) -> Iterator[Hit]:
    """Extensions for another architecture; other files may be data for other machines."""
    wanted = {
        arch for platform in contents.platforms if platform.system in {*_SYSTEMS, "linux"} for arch in platform.archs
    }
    if not wanted:
        return
    elfs = [binary for binary in contents.binaries if binary.format is Format.ELF]
    none_fits = bool(elfs) and not any(binary.archs & wanted for binary in elfs)
    for binary in elfs:
        part = binary.slices[0]
        if part.arch not in wanted and (none_fits or binary.module):
            yield Hit(path=binary.path, message=f"It is for {part.arch}, the tag says {listed(sorted(wanted))}.")


def _two_libcxx(contents: Contents, _: Policy) -> Iterator[Hit]:
    carriers = {
        binary.name: binary
        for binary in contents.binaries
        if binary.format is Format.ELF and binary.has(Trait.OWN_LIBCXX)
    }
    for binary in carriers.values():
        for library in binary.slices[0].needed:
            if library in carriers and library != binary.name:
                message = f"It and {library}, which it needs, each carry a C++ library of their own."
                yield Hit(path=binary.path, message=message)


def _soname(contents: Contents, _: Policy) -> Iterator[Hit]:
    """A library that others in the wheel need by name should carry that name."""
    needed = {library for binary in contents.binaries for part in binary.slices for library in part.needed}
    for binary in contents.binaries:
        if binary.format is Format.ELF and binary.name in needed and binary.slices[0].identity is None:
            yield Hit(path=binary.path, message="Others in the wheel need it, and it has no SONAME.")


RULES = (
    Rule(
        id="elf-version",
        severity=ERROR,
        says="A library needs newer symbol versions than the tag promises.",
        fix="Build in an older manylinux image or against an older glibc, or let auditwheel give it the tag it earns.",
        why="On the systems the tag names, importing it ends in: version `GLIBC_2.xx' not found.",
        source=_PEP600,
        check=_too_new,
    ),
    Rule(
        id="elf-needed",
        severity=ERROR,
        says="A library needs another that is neither in the wheel nor promised by the tag.",
        fix="Run auditwheel repair, which copies it in, or link it statically.",
        why="Importing it ends in: cannot open shared object file.",
        source=_PEP600,
        check=_outside,
    ),
    Rule(
        id="elf-unreachable",
        severity=ERROR,
        says="A library in the wheel is needed by another, and no run path leads to it.",
        fix="Set the run path to $ORIGIN/... (patchelf --set-rpath), or run auditwheel repair, which does.",
        why="Importing it ends in: cannot open shared object file. The file is there and nobody looks for it.",
        source="https://man7.org/linux/man-pages/man8/ld.so.8.html",
        check=_unreachable,
    ),
    Rule(
        id="elf-libpython",
        severity=ERROR,
        says="A library is linked to libpython.",
        fix="Link extension modules without -lpython: the interpreter has the symbols.",
        why="Most interpreters have no such library, and where there is one, two Pythons meet in a process.",
        source="https://peps.python.org/pep-0513/#libpythonx-y-so-1",
        check=_links_python,
    ),
    Rule(
        id="elf-forbidden",
        severity=ERROR,
        says="A library uses private symbols of a system library.",
        fix="Use the public functions, or vendor the library.",
        source=_PEP600,
        check=_forbidden,
    ),
    Rule(
        id="elf-undefined",
        severity=ERROR,
        says="A library needs symbols that nothing defines.",
        fix="Link the library that has them (-Wl,-z,defs finds them at build time).",
        why="Importing it ends in: undefined symbol. auditwheel does not look.",
        check=_undefined,
    ),
    Rule(
        id="elf-rpath",
        severity=ERROR,
        says="A run path is not relative to the library.",
        fix="Set it to $ORIGIN/... (patchelf --set-rpath), or link without -rpath.",
        why="It leaks a folder of the build machine, and loads whatever somebody puts there.",
        source="https://man7.org/linux/man-pages/man8/ld.so.8.html",
        check=_rpath,
    ),
    Rule(
        id="elf-rpath-outside",
        severity=WARNING,
        says="A run path leads out of the folder that packages are installed in.",
        fix="Vendor the library, or find it through the package that owns it.",
        check=_rpath_outside,
    ),
    Rule(
        id="elf-arch",
        severity=ERROR,
        says="A library is for another architecture than the tag says.",
        fix="Build it for the architecture of the tag; look for a cross compiler that was not used.",
        check=_arch,
    ),
    Rule(
        id="elf-executable-stack",
        severity=ERROR,
        says="A library asks for an executable stack.",
        fix="Add a .note.GNU-stack section to assembler files, or link with -z noexecstack.",
        why="Since glibc 2.41 it cannot be loaded; hardened systems refuse it too.",
        source="https://sourceware.org/glibc/manual/latest/html_node/Dynamic-Linker-Hardening.html",
        check=_trait(Trait.EXECUTABLE_STACK, "It asks for an executable stack."),
    ),
    Rule(
        id="elf-text-relocations",
        severity=ERROR,
        says="A library has relocations in its code.",
        fix="Compile everything with -fPIC.",
        why="Musl, Android and hardened systems refuse it.",
        check=_trait(Trait.TEXT_RELOCATIONS, "It has relocations in its code."),
    ),
    Rule(
        id="elf-soname",
        severity=WARNING,
        says="A library that others in the wheel need has no SONAME.",
        fix="Link it with -Wl,-soname,NAME.",
        why="It is found by path only, and may be loaded twice.",
        check=_soname,
    ),
    Rule(
        id="elf-two-libcxx",
        severity=ERROR,
        says="Two libraries that call each other carry a copy of LLVM's C++ library each.",
        fix="Link all C++ into one file, or build with a toolchain that shares the C++ library as cibuildwheel's.",
        why="An exception thrown in one is not caught by its type in the other, without any error at link time.",
        source="https://libcxx.llvm.org/DesignDocs/VisibilityMacros.html",
        check=_two_libcxx,
    ),
)
