"""An extension of the limited API, and the tag that promises it."""

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "wy_abi3._core",
            ["src/_core.c"],
            define_macros=[("Py_LIMITED_API", "0x03090000")],
            py_limited_api=True,
        ),
    ],
    options={"bdist_wheel": {"py_limited_api": "cp39"}},
)
