"""Letters by how often they are there, in Cython and C++."""

from ._core import most, total

__all__ = ["most", "total"]
