"""The one thing pyproject.toml does not say: what to compile."""

from pybind11.setup_helpers import Pybind11Extension
from setuptools import setup

setup(ext_modules=[Pybind11Extension("wy_pybind_cpp._core", ["src/_core.cpp"], cxx_std=17)])
