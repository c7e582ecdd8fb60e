"""The one thing pyproject.toml does not say: what to compile."""

from setuptools import Extension, setup

setup(ext_modules=[Extension("wy_i686_c._core", ["src/_core.c"])])
