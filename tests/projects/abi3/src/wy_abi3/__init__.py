"""A counter that knows only the stable ABI."""

from ._core import Counter

__all__ = ["Counter"]
