"""A plain shared library where setuptools expects an extension module."""

import sys

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext

SUFFIXES = {"darwin": ".dylib", "win32": ".dll"}


class BuildLibrary(build_ext):
    """Gives the library a plain file name and exports no module initialiser."""

    def get_ext_filename(self, fullname):
        return fullname.replace(".", "/") + SUFFIXES.get(sys.platform, ".so")

    def get_export_symbols(self, ext):
        return ext.export_symbols


class AnyPythonWheel(bdist_wheel):
    """Tags the wheel for the platform and for every Python 3."""

    def get_tag(self):
        return ("py3", "none", super().get_tag()[2])


setup(
    ext_modules=[
        Extension(
            "wy_ctypes.libwyroman",
            ["src/roman.c"],
            export_symbols=["wy_roman"],
        ),
    ],
    cmdclass={"build_ext": BuildLibrary, "bdist_wheel": AnyPythonWheel},
)
