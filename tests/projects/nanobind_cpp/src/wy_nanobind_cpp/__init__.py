"""Means, and exceptions on their way from C++ to Python."""

from ._core import TooDeep, alive, caught_as_base, descend, mean

__all__ = ["TooDeep", "alive", "caught_as_base", "descend", "mean"]
