"""Sums of powers on several threads, and the size of a file."""

from ._core import file_size, power_sum

__all__ = ["file_size", "power_sum"]
