"""Checksums of data files with unusual names."""

from ._core import adler32

__all__ = ["adler32"]
