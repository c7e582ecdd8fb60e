"""The number of bits that are set in a number."""

from ._core import bits

__all__ = ["bits"]
