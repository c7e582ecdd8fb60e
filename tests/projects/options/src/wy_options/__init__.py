"""What reached the build."""

from ._core import reached

__all__ = ["reached"]
