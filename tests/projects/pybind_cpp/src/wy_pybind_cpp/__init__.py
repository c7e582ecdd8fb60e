"""Word counts, in C++."""

from ._core import WordCount

__all__ = ["WordCount"]
