"""How many letters two words are apart."""

from ._core import distance

__all__ = ["distance"]
