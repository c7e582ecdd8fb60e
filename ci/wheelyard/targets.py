"""Identifiers, targets, and which wheel tag answers which identifier.

The names are cibuildwheel's: platforms and architectures as its options spell them, identifiers as
`cibuildwheel --print-build-identifiers` prints them (https://cibuildwheel.pypa.io/en/stable/options/#build-skip).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Self

from wheelyard.errors import UsageError, nearest

if TYPE_CHECKING:
    from packaging.tags import Tag


class Platform(StrEnum):
    """What cibuildwheel's `--platform` takes."""

    LINUX = "linux"
    MACOS = "macos"
    WINDOWS = "windows"
    PYODIDE = "pyodide"
    ANDROID = "android"
    IOS = "ios"


class Target(StrEnum):
    """A platform and an architecture: one kind of machine a wheel is for."""

    LINUX_X86_64 = "linux-x86_64"
    LINUX_I686 = "linux-i686"
    LINUX_AARCH64 = "linux-aarch64"
    LINUX_ARMV7L = "linux-armv7l"
    LINUX_PPC64LE = "linux-ppc64le"
    LINUX_S390X = "linux-s390x"
    LINUX_RISCV64 = "linux-riscv64"
    MACOS_X86_64 = "macos-x86_64"
    MACOS_ARM64 = "macos-arm64"
    MACOS_UNIVERSAL2 = "macos-universal2"
    WINDOWS_AMD64 = "windows-AMD64"
    WINDOWS_X86 = "windows-x86"
    WINDOWS_ARM64 = "windows-ARM64"
    PYODIDE_WASM32 = "pyodide-wasm32"
    ANDROID_ARM64_V8A = "android-arm64_v8a"
    ANDROID_X86_64 = "android-x86_64"
    IOS_ARM64_IPHONEOS = "ios-arm64_iphoneos"
    IOS_ARM64_IPHONESIMULATOR = "ios-arm64_iphonesimulator"
    IOS_X86_64_IPHONESIMULATOR = "ios-x86_64_iphonesimulator"

    @property
    def platform(self) -> Platform:
        """The half before the dash, as `--platform` takes it."""
        return Platform(self.partition("-")[0])

    @property
    def arch(self) -> str:
        """The half after the dash, as `--archs` takes it."""
        return self.partition("-")[2]


# Windows spells its architectures differently in `--archs` and in identifiers.
_WINDOWS_ARCHS = {"win_amd64": "AMD64", "win32": "x86", "win_arm64": "ARM64"}

# Universal binaries that run on one architecture (https://github.com/pypa/packaging, `mac_platforms`).
_MACOS_ARCHS = {
    "x86_64": {"x86_64", "universal2", "intel", "fat64", "fat3", "universal"},
    "arm64": {"arm64", "universal2"},
    "universal2": {"universal2"},
}

_IDENTIFIER = re.compile(
    r"(?P<python>(?P<interpreter>cp|pp|gp)(?P<major>\d)(?P<minor>\d+)(?P<threaded>t?)(?:_\d+)?)"
    r"-(?P<system>manylinux|musllinux|macosx|win|android|ios|pyodide)_?(?P<arch>\w+)"
)
_PLATFORMS = {
    "manylinux": Platform.LINUX,
    "musllinux": Platform.LINUX,
    "macosx": Platform.MACOS,
    "win": Platform.WINDOWS,
    "android": Platform.ANDROID,
    "ios": Platform.IOS,
    "pyodide": Platform.PYODIDE,
}


class Identifier(str):
    """A build identifier such as `cp312-manylinux_x86_64`; equal to, and sorted as, its text."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """The identifier `text` names; `UsageError` when it has another form."""
        match = _IDENTIFIER.fullmatch(text)
        if match is None:
            raise UsageError(f"{text!r} is not a build identifier. One looks like 'cp312-manylinux_x86_64'.")
        identifier = cls(text)
        _ = identifier.target
        return identifier

    @property
    def _match(self) -> re.Match[str]:
        match = _IDENTIFIER.fullmatch(self)
        if match is None:
            raise UsageError(f"{str(self)!r} is not a build identifier. One looks like 'cp312-manylinux_x86_64'.")
        return match

    @property
    def python(self) -> str:
        """The half before the dash: `cp312`, `cp313t`, `pp311`, `gp311_242`."""
        return self.partition("-")[0]

    @property
    def interpreter(self) -> str:
        """`cp` for CPython, `pp` for PyPy, `gp` for GraalPy."""
        return self[:2]

    @property
    def version(self) -> tuple[int, int]:
        """The Python language version, such as `(3, 12)`."""
        match = self._match
        return int(match["major"]), int(match["minor"])

    @property
    def threaded(self) -> bool:
        """Whether this is a free-threaded CPython."""
        return bool(self._match["threaded"])

    @property
    def system(self) -> str:
        """`manylinux`, `musllinux`, `macosx`, `win`, `android`, `ios` or `pyodide`."""
        return self._match["system"]

    @property
    def arch(self) -> str:
        """The architecture as the identifier spells it: `x86_64`, `amd64`, `32`, `arm64_iphoneos`."""
        return self._match["arch"]

    @property
    def target(self) -> Target:
        """The target this identifier belongs to."""
        tail = self.partition("-")[2]
        platform = _PLATFORMS[self.system]
        name = f"{platform}-{_WINDOWS_ARCHS.get(tail, self.arch)}"
        try:
            return Target(name)
        except ValueError:
            raise UsageError(f"{str(self)!r} names no known target.{nearest(name, Target)}") from None


def sort_key(identifier: Identifier) -> tuple[str, str, str, tuple[int, int], bool, str]:
    """The order people read identifiers in: by target and libc, then CPython before PyPy, oldest first."""
    return (
        identifier.target,
        identifier.system,
        identifier.interpreter,
        identifier.version,
        identifier.threaded,
        identifier,
    )


def selects(patterns: str, identifier: str) -> bool:
    """Whether any of the space-separated globs matches, in cibuildwheel's glob language (fnmatch with braces)."""
    return any(fnmatchcase(identifier, glob) for pattern in patterns.split() for glob in _expanded(pattern))


@cache
def _expanded(pattern: str) -> tuple[str, ...]:
    if "{" not in pattern:
        return (pattern,)
    import bracex  # noqa: PLC0415  # only patterns with braces pay for it

    return tuple(bracex.expand(pattern))


def answers(identifier: Identifier, tags: Iterable[Tag]) -> bool:
    """Whether a wheel with these tags is installable on the interpreter and platform of `identifier`.

    A raw `linux_*` tag answers nothing: no index takes it. The platform `any` goes with no ABI only.
    """
    return any(
        _platform_answers(identifier, tag.platform)
        and _python_answers(identifier, tag)
        and (tag.platform != "any" or tag.abi == "none")
        for tag in tags
    )


def answered(identifiers: Iterable[Identifier], tags: Iterable[Tag]) -> Iterator[Identifier]:
    """Those of `identifiers` that a wheel with these tags answers."""
    tags = tuple(tags)
    return (identifier for identifier in identifiers if answers(identifier, tags))


def _python_answers(identifier: Identifier, tag: Tag) -> bool:
    """Follow https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/."""
    language = re.fullmatch(r"([a-z]+?)(\d)(\d*)", tag.interpreter)
    if language is None:
        return False
    name, major, minor = language[1], int(language[2]), language[3]
    same = (major, int(minor or -1)) == identifier.version
    not_newer = major == identifier.version[0] and int(minor or 0) <= identifier.version[1]
    if tag.abi == "none":
        return not_newer if name == "py" else same and name == _TAG_NAMES[identifier.interpreter]
    if name != _TAG_NAMES[identifier.interpreter]:
        return False
    if identifier.interpreter != "cp":
        return same and tag.abi.startswith(_abi_prefix(identifier))
    if tag.abi in {"abi3", "abi3t"}:
        return bool(minor) and not_newer and (tag.abi == "abi3t") == identifier.threaded
    return same and tag.abi == identifier.python


_TAG_NAMES = {"cp": "cp", "pp": "pp", "gp": "graalpy"}


def _abi_prefix(identifier: Identifier) -> str:
    """`pypy311_` or `graalpy242_`: the start of the ABI tag; what follows is the implementation's own revision."""
    if identifier.interpreter == "pp":
        return f"pypy{identifier.version[0]}{identifier.version[1]}_"
    return f"graalpy{identifier.python.partition('_')[2]}_"


def macos_version(text: str) -> tuple[int, ...]:
    """A version of macOS, `10.13` or `11`, as two numbers."""
    return (*map(int, text.split(".")), 0)[:2]


def _platform_answers(identifier: Identifier, platform: str) -> bool:
    if platform == "any":
        return True
    arch = re.escape(identifier.arch)
    match identifier.system:
        case "manylinux":
            return re.fullmatch(rf"manylinux(1|2010|2014|_\d+_\d+)_{arch}", platform) is not None
        case "macosx":
            found = re.fullmatch(r"macosx_\d+_\d+_(\w+)", platform)
            return found is not None and found[1] in _MACOS_ARCHS[identifier.arch]
        case "win":
            return platform == identifier.partition("-")[2]
        case "android":
            return re.fullmatch(rf"android_\d+_{arch}", platform) is not None
        case system:
            return re.fullmatch(rf"{system}_\d+_\d+_{arch}", platform) is not None
