from ._core import product, seek, widths

__all__ = ["product", "seek", "widths"]
