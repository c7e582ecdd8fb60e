"""Inverted tables, in C++."""

from ._core import inverted

__all__ = ["inverted"]
