"""The one thing pyproject.toml does not say: what to compile."""

from setuptools import setup

setup(cffi_modules=["build_ffi.py:ffi"])
