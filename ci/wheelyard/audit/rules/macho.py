"""Rules about Mach-O: does every library load on every Mac, iPhone or iPad that the tag promises, slice by slice."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from wheelyard.audit.binaries import Binary, Format, Slice, Trait
from wheelyard.audit.contents import Contents
from wheelyard.audit.rule import ERROR, WARNING, Hit, Policy, Rule
from wheelyard.audit.tags import PlatformTag
from wheelyard.errors import listed

_LOADING = "https://developer.apple.com/library/archive/documentation/DeveloperTools/Conceptual/DynamicLibraries/"
_SYSTEMS = {"macosx": "macos", "iphoneos": "ios", "iphonesimulator": "iphonesimulator"}
_SYSTEM_FOLDERS = ("/usr/lib/", "/System/Library/")
_FIRST_ON_ARM = {"macosx": (11, 0), "iphonesimulator": (14, 0)}
_ONLY_MAJOR_COUNTS = 11


def _claims(contents: Contents) -> tuple[PlatformTag, ...]:
    return tuple(platform for platform in contents.platforms if platform.system in _SYSTEMS)


def _slices(contents: Contents) -> Iterator[tuple[Binary, Slice]]:
    """Every slice in a wheel for one of Apple's systems."""
    if _claims(contents):
        for binary in contents.binaries:
            if binary.format is Format.MACHO and not binary.has(Trait.OBJECT):
                yield from ((binary, part) for part in binary.slices)


def _too_new(contents: Contents, _: Policy) -> Iterator[Hit]:
    for binary, part in _slices(contents):
        claims = [claim for claim in _claims(contents) if part.arch in claim.archs]
        if not claims or part.minimum is None or part.system != _SYSTEMS[claims[0].system]:
            continue
        oldest = min(claims, key=lambda claim: claim.version)
        if _comparable(part.minimum) > _comparable(_promised(oldest, part)):
            minimum = ".".join(map(str, part.minimum))
            yield Hit(
                path=binary.path, message=f"Its {part.arch} code is for {minimum} or newer, the tag says {oldest.text}."
            )


def _promised(claim: PlatformTag, part: Slice) -> tuple[int, ...]:
    """What a tag says of one slice: no Mac with an ARM processor ever ran anything older than 11, or iOS 14."""
    if part.arch == "aarch64":
        return max(claim.version, _FIRST_ON_ARM.get(claim.system, (0,)))
    return claim.version


def _comparable(version: tuple[int, ...]) -> tuple[int, ...]:
    """10.16 is 11; from 11 on, installers tell releases apart by their first number only."""
    if version[:2] == (10, 16):
        return (11,)
    return version[:1] if version[0] >= _ONLY_MAJOR_COUNTS else version[:2]


def _arch(contents: Contents, _: Policy) -> Iterator[Hit]:
    """Modules, and what they need, must have code for each architecture; other files may be for one of them."""
    wanted = {arch for claim in _claims(contents) for arch in claim.archs}
    needed = {library.rpartition("/")[2] for _, part in _slices(contents) for library in part.needed}
    machos = dict.fromkeys(binary for binary, _ in _slices(contents))
    none_fits = bool(machos) and not any(binary.archs & wanted for binary in machos)
    for binary in machos:
        lacking = wanted - binary.archs
        if lacking and (none_fits or binary.module or binary.name in needed):
            has = listed(sorted(binary.archs))
            yield Hit(path=binary.path, message=f"It has no code for {listed(sorted(lacking))}, only for {has}.")


def _system(contents: Contents, _: Policy) -> Iterator[Hit]:
    wanted = {_SYSTEMS[claim.system] for claim in _claims(contents)}
    for binary, part in _slices(contents):
        if part.system is not None and part.system not in wanted:
            yield Hit(path=binary.path, message=f"It is for {part.system}, the tag says {listed(sorted(wanted))}.")


def _lost(contents: Contents, _: Policy) -> Iterator[Hit]:
    for binary in dict.fromkeys(binary for binary, _ in _slices(contents)):
        lost = {
            name: why
            for part in binary.slices
            for name in part.needed
            if (why := _unfound(name, binary.path, part, contents))
        }
        for name, why in lost.items():
            yield Hit(path=binary.path, message=f"It needs {name}, {why}.")


def _unfound(name: str, path: str, part: Slice, contents: Contents) -> str | None:
    """Why a library would not be found, or None."""
    if name.startswith(_SYSTEM_FOLDERS) or _is_python(name):
        return None
    if name.startswith("/"):
        return "a path on the machine it was built on"
    if name.startswith("@loader_path/"):
        there = posixpath.normpath(f"{path.rpartition('/')[0]}/{name.removeprefix('@loader_path/')}").lstrip("/")
        return None if there in contents.names else f"and there is no {there}"
    base = name.rpartition("/")[2]
    if base in contents.base_names or name.rstrip("/") == (part.identity or ""):
        return None
    return "which is not in the wheel"


def _is_python(name: str) -> bool:
    return (
        "Python.framework/" in name or "Python3.framework/" in name or name.rpartition("/")[2].startswith("libpython")
    )


def _links_python(contents: Contents, _: Policy) -> Iterator[Hit]:
    """On iOS the interpreter is a framework of the app, and modules do link to it."""
    if any(claim.system != "macosx" for claim in _claims(contents)):
        return
    for binary, part in _slices(contents):
        for name in part.needed:
            if _is_python(name) and name.rpartition("/")[2] not in contents.base_names:
                yield Hit(path=binary.path, message=f"It needs {name}.")


def _unsigned(contents: Contents, _: Policy) -> Iterator[Hit]:
    for binary, part in _slices(contents):
        if part.arch == "aarch64" and part.system == "macos" and Trait.SIGNED not in part.traits:
            yield Hit(path=binary.path, message="Its arm64 code has no signature.")


def _broken_signature(contents: Contents, _: Policy) -> Iterator[Hit]:
    for binary, part in _slices(contents):
        if part.arch == "aarch64" and Trait.BROKEN_SIGNATURE in part.traits:
            yield Hit(path=binary.path, message="Its arm64 code was changed after it was signed.")


def _rpath(contents: Contents, _: Policy) -> Iterator[Hit]:
    for binary in dict.fromkeys(binary for binary, _ in _slices(contents)):
        for rpath in dict.fromkeys(rpath for part in binary.slices for rpath in part.rpaths):
            if not rpath.startswith(("@loader_path", "@executable_path", *_SYSTEM_FOLDERS, "/usr/lib")):
                yield Hit(
                    path=binary.path, message=f"Its run path has {rpath!r}, a folder of the machine it was built on."
                )


RULES = (
    Rule(
        id="macho-minimum",
        severity=ERROR,
        says="Code is for a newer system than the tag says.",
        fix="Set MACOSX_DEPLOYMENT_TARGET for every part of the build, vendored libraries too; or retag the wheel.",
        why="On the older system it fails to load, or at the first call of a function that is not there.",
        source="https://cibuildwheel.pypa.io/en/stable/platforms/#macos",
        check=_too_new,
    ),
    Rule(
        id="macho-arch",
        severity=ERROR,
        says="A library has no code for an architecture of the tag.",
        fix="Build it with all of ARCHFLAGS (universal2: -arch x86_64 -arch arm64), or fuse two with delocate-merge.",
        why="Half of the Macs that install the wheel cannot import it.",
        check=_arch,
    ),
    Rule(
        id="macho-system",
        severity=ERROR,
        says="A library is for another of Apple's systems than the tag says.",
        fix="Build it with the SDK of the tag's system.",
        check=_system,
    ),
    Rule(
        id="macho-needed",
        severity=ERROR,
        says="A library needs another that is neither in the wheel nor part of the system.",
        fix="Run delocate-wheel, which copies it in, or link it statically.",
        why="It is found on the build machine (Homebrew, /usr/local) and nowhere else.",
        source=_LOADING,
        check=_lost,
    ),
    Rule(
        id="macho-libpython",
        severity=ERROR,
        says="A library is linked to a Python framework or libpython.",
        fix="Link modules with -undefined dynamic_lookup and without -lpython.",
        why="It loads a second Python, or none.",
        check=_links_python,
    ),
    Rule(
        id="macho-unsigned",
        severity=ERROR,
        says="Code for arm64 has no signature.",
        fix="Sign it last: codesign --force --sign - FILE (delocate does).",
        why="Macs with ARM processors kill a process that loads it.",
        source="https://developer.apple.com/documentation/macos-release-notes/macos-big-sur-11_0_1-universal-apps-release-notes",
        check=_unsigned,
    ),
    Rule(
        id="macho-signature",
        severity=ERROR,
        says="Code for arm64 was changed after it was signed.",
        fix="Sign again after strip or install_name_tool: codesign --force --sign - FILE.",
        why="Macs with ARM processors kill a process that loads it.",
        source="https://developer.apple.com/documentation/macos-release-notes/macos-big-sur-11_0_1-universal-apps-release-notes",
        check=_broken_signature,
    ),
    Rule(
        id="macho-rpath",
        severity=WARNING,
        says="A run path is a folder of the build machine.",
        fix="Delete it (install_name_tool -delete_rpath), or make it relative: @loader_path/...",
        why="It leaks a folder of the build machine, and loads whatever somebody puts there.",
        source=_LOADING,
        check=_rpath,
    ),
)
