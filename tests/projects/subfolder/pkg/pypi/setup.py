"""The one thing pyproject.toml does not say: what to compile."""

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "wy_subfolder._core",
            ["src/_core.c", "src/rot.c"],
            include_dirs=["src"],
            depends=["src/rot.h"],
        ),
    ],
)
