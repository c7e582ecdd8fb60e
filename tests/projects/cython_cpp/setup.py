"""The one thing pyproject.toml does not say: what to compile."""

from setuptools import Extension, setup

setup(ext_modules=[Extension("wy_cython_cpp._core", ["src/wy_cython_cpp/_core.pyx"], language="c++")])
