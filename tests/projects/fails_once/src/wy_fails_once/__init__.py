"""The version of the headers this was compiled with."""

from ._core import compiled_for

__all__ = ["compiled_for"]
