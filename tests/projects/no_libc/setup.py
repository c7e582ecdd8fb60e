"""The one thing pyproject.toml does not say: what to compile, and for which ABI."""

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "wy_no_libc._core",
            ["src/_core.c"],
            define_macros=[("Py_LIMITED_API", "0x03090000")],
            py_limited_api=True,
        ),
    ],
    options={"bdist_wheel": {"py_limited_api": "cp39"}},
)
