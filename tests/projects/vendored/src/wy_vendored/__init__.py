"""Fractions in their lowest terms, by a library of its own."""

from ._core import reduce

__all__ = ["reduce"]
