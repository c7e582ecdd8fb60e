"""The parity of a number: in C where it was compiled, in Python otherwise."""

try:
    from ._core import parity
except ImportError:

    def parity(number):
        """1 when an odd number of bits is set, else 0."""
        return bin(number).count("1") % 2


__all__ = ["parity"]
