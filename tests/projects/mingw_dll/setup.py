"""Build a DLL with MinGW's gcc, which CC names, and put it beside the package; LDFLAGS decide what it needs."""

import os
import shlex
import subprocess
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext

CC = shlex.split(os.environ.get("CC", "gcc"))
LDFLAGS = shlex.split(os.environ.get("LDFLAGS", ""))


class BuildLibrary(build_ext):
    """Links with the C compiler itself: no import of Python, no import library, no manifest."""

    def get_ext_filename(self, fullname):
        machine = subprocess.run([*CC, "-dumpmachine"], check=True, capture_output=True, text=True).stdout
        return fullname.replace(".", "/") + (".dll" if "mingw" in machine or "windows" in machine else ".so")

    def build_extension(self, ext):
        target = Path(self.get_ext_fullpath(ext.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        command = [*CC, "-shared", "-shared-libgcc", "-O2", "-fPIC", *ext.sources, "-o", str(target), "-pthread"]
        subprocess.run([*command, *LDFLAGS], check=True)


class AnyPythonWheel(bdist_wheel):
    """Tags the wheel for the platform and for every Python 3."""

    def get_tag(self):
        return ("py3", "none", super().get_tag()[2])


setup(
    ext_modules=[Extension("wy_mingw_dll.turns", ["src/turns.c"])],
    cmdclass={"build_ext": BuildLibrary, "bdist_wheel": AnyPythonWheel},
)
