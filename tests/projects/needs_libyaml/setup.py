"""An extension that may be left out."""

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension("wy_needs_libyaml._core", ["src/_core.c"], libraries=["yaml"], optional=True),
    ],
)
