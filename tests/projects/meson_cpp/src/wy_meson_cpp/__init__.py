"""Words in order, in C++."""

from ._core import Cycle, in_order

__all__ = ["Cycle", "in_order"]
