"""Text with every letter 13 places further on."""

from ._core import rot13

__all__ = ["rot13"]
