"""A build backend that promises native code and compiles none."""

from unittest import mock

from setuptools import build_meta
from setuptools.build_meta import (
    build_sdist,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_wheel,
)
from setuptools.dist import Distribution

__all__ = [
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_wheel",
]


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """A wheel tagged for this Python and platform, without the extension."""
    with mock.patch.object(Distribution, "has_ext_modules", return_value=True):
        return build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)
