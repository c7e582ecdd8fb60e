from ._native import digit_sum

__all__ = ["digit_sum"]
