"""Platform tags taken apart, and file names of extension modules.

The forms are those of https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_FORMS = (
    re.compile(r"(?P<system>manylinux)_(?P<major>\d+)_(?P<minor>\d+)_(?P<arch>\w+)"),
    re.compile(r"(?P<legacy>manylinux(?:1|2010|2014))_(?P<arch>\w+)"),
    re.compile(r"(?P<system>musllinux|macosx|pyodide)_(?P<major>\d+)_(?P<minor>\d+)_(?P<arch>\w+)"),
    re.compile(r"(?P<system>pyemscripten|emscripten)_(?P<major>\d+)_(?P<minor>\d+(?:_\d+)?)_(?P<arch>wasm32)"),
    re.compile(r"(?P<system>ios)_(?P<major>\d+)_(?P<minor>\d+)_(?P<arch>\w+)_(?P<kind>iphoneos|iphonesimulator)"),
    re.compile(r"(?P<system>android)_(?P<major>\d+)_(?P<arch>\w+)"),
    re.compile(r"(?P<system>linux)_(?P<arch>\w+)"),
    re.compile(r"(?P<system>win)(?:_(?P<arch>amd64|arm64|arm32|ia64)|32)"),
    re.compile(r"(?P<system>any)"),
)

# How tags spell an architecture, and what a binary for it has to have.
_ARCHS = {
    "universal2": ("x86_64", "aarch64"),
    "universal": ("i686", "ppc", "ppc64", "x86_64"),
    "intel": ("i686", "x86_64"),
    "fat": ("i686", "ppc"),
    "fat3": ("i686", "x86_64", "ppc"),
    "fat64": ("x86_64", "ppc64"),
    "arm64": ("aarch64",),
    "arm64_v8a": ("aarch64",),
    "amd64": ("x86_64",),
    "win32": ("i686",),
    "i386": ("i686",),
    "x86": ("i686",),
    "armv6l": ("armv7l",),
    "armv8l": ("armv7l",),
    "armeabi_v7a": ("armv7l",),
}


@dataclass(frozen=True, kw_only=True)
class PlatformTag:
    """A platform tag; `archs` is all that each binary must have code for, spelled as in `binaries.Slice`.

    `version` is that of glibc, musl or the operating system; `system` is `unknown` for a tag of another form.
    """

    text: str
    system: str
    version: tuple[int, ...] = ()
    arch: str = ""
    archs: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """The tag that `text` is."""
        for form in _FORMS:
            if found := form.fullmatch(text):
                parts = found.groupdict()
                if "legacy" in parts:
                    system = "manylinux"
                    version: tuple[int, ...] = _LEGACY[parts["legacy"]]
                else:
                    system = parts.get("kind") or parts["system"]
                    version = tuple(int(parts[key]) for key in ("major", "minor") if (parts.get(key) or "").isdigit())
                arch = parts.get("arch") or ("win32" if system == "win" else "")
                return cls(
                    text=text,
                    system=system,
                    version=version,
                    arch=arch,
                    archs=_ARCHS.get(arch, (arch,) if arch else ()),
                )
        return cls(text=text, system="unknown")


@dataclass(frozen=True, kw_only=True)
class Suffix:
    """What the file name of an extension module says: `abi3` or `cp312`, and the platform where it names one.

    For PyPy and GraalPy the two are not told apart: `abi` has all of it, with underscores.
    """

    module: str
    abi: str
    platform: str = ""

    def fits(self, abi: str) -> bool:
        """Whether the interpreter of an ABI tag looks for this name."""
        return self.abi == abi or (self.abi.startswith(("pypy", "graalpy")) and self.abi.startswith(abi))


_EXTENSION = re.compile(
    r"(?P<module>[^.]+)\."
    r"(?:cpython-(?P<cp>\d+[a-z]*)(?:-(?P<cp_platform>[\w-]+))?\.so"
    r"|cp(?P<win>\d+[a-z]*)-(?P<win_platform>\w+)\.pyd"
    r"|(?P<stable>abi3t?)(?:-(?P<stable_platform>[\w-]+))?\.(?:so|pyd)"
    r"|(?P<other>(?:pypy|graalpy)\d+[\w-]*)\.(?:so|pyd))"
)


def extension(base: str) -> Suffix | None:
    """The parts of the file name of an extension module that names its ABI; None for any other file.

    The suffixes are those of `importlib.machinery.EXTENSION_SUFFIXES` on each interpreter.
    """
    found = _EXTENSION.fullmatch(base)
    if found is None:
        return None
    if version := found["cp"] or found["win"]:
        platform = found["cp_platform"] or found["win_platform"] or ""
        return Suffix(module=found["module"], abi=f"cp{version}", platform=platform)
    if found["stable"]:
        return Suffix(module=found["module"], abi=found["stable"], platform=found["stable_platform"] or "")
    return Suffix(module=found["module"], abi=found["other"].replace("-", "_"))
