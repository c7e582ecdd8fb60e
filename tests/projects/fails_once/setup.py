"""The one thing pyproject.toml does not say: what to compile."""

from setuptools import Extension, setup

setup(ext_modules=[Extension("wy_fails_once._core", ["src/_core.c"])])
