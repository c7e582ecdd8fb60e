"""First the library, then the extension that needs it."""

from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

SONAME = "libwyfraction.so.1"


class BuildWithLibrary(build_ext):
    """Links the extension to a library made in the build folder, where repair finds it by the extension's run path."""

    def build_extension(self, ext):
        folder = Path(self.build_temp).resolve()
        library = str(folder / SONAME)
        objects = self.compiler.compile(["native/fraction.c"], output_dir=self.build_temp)
        self.compiler.link_shared_object(objects, library, extra_postargs=[f"-Wl,-soname,{SONAME}"])
        ext.extra_objects.append(library)
        ext.runtime_library_dirs.append(str(folder))
        super().build_extension(ext)


setup(
    ext_modules=[
        Extension(
            "wy_vendored._core",
            ["src/_core.c"],
            include_dirs=["native"],
            depends=["native/fraction.h"],
        ),
    ],
    cmdclass={"build_ext": BuildWithLibrary},
)
