"""Build a shared library with cargo, or with the C compiler where there is no cargo, and put it beside the package."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext

SUFFIX = {"darwin": ".dylib", "win32": ".dll"}.get(sys.platform, ".so")
PREFIX = "" if sys.platform == "win32" else "lib"
USE_C = shutil.which("cargo") is None or os.environ.get("WY_LIBRARY") == "c"


class BuildLibrary(build_ext):
    """Gives the library a plain file name, exports no module initialiser, and lets cargo compile it."""

    def get_ext_filename(self, fullname):
        return fullname.replace(".", "/") + SUFFIX

    def get_export_symbols(self, ext):
        return ext.export_symbols

    def build_extension(self, ext):
        if USE_C:
            super().build_extension(ext)
            return
        folder = Path(self.build_temp).absolute() / "cargo"
        cargo = ["cargo", "build", "--release", "--locked", "--offline", "--manifest-path", "rust/Cargo.toml"]
        subprocess.run([*cargo, "--target-dir", str(folder)], check=True, env={**os.environ, **linker()})
        target = Path(self.get_ext_fullpath(ext.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / "release" / f"{PREFIX}wyhash{SUFFIX}", target)


def linker():
    """rustc links with `cc` unless told otherwise; what CC names knows the oldest system to link for."""
    if sys.platform != "linux" or "CC" not in os.environ:
        return {}
    triple = f"{platform.machine()}-unknown-linux-gnu".upper().replace("-", "_")
    return {f"CARGO_TARGET_{triple}_LINKER": os.environ["CC"]}


class AnyPythonWheel(bdist_wheel):
    """Tags the wheel for the platform and for every Python 3: nothing in it knows Python's ABI."""

    def get_tag(self):
        return ("py3", "none", super().get_tag()[2])


setup(
    ext_modules=[
        Extension("wy_rust_cffi._native", ["src/hash.c"], export_symbols=["wy_hash", "wy_hash_hex", "wy_free"]),
    ],
    cmdclass={"build_ext": BuildLibrary, "bdist_wheel": AnyPythonWheel},
)
