"""Roman numerals, from a library without Python in it."""

import ctypes
import pathlib

_FILE = next(pathlib.Path(__file__).parent.glob("libwyroman.*"))
_ROMAN = ctypes.CDLL(str(_FILE)).wy_roman
_ROMAN.argtypes = [ctypes.c_uint, ctypes.c_char_p, ctypes.c_size_t]
_ROMAN.restype = ctypes.c_int

__all__ = ["roman"]


def roman(number):
    """The Roman numeral of a number from 1 to 3999."""
    text = ctypes.create_string_buffer(16)
    if _ROMAN(number, text, len(text)) != 0:
        raise ValueError(f"{number} has no Roman numeral")
    return text.value.decode("ascii")
