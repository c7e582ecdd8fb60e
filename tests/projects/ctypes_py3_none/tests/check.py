"""What the installed wheel must do, on every Python 3."""

import importlib.metadata

import wy_ctypes

assert "site-packages" in wy_ctypes.__file__, wy_ctypes.__file__
assert importlib.metadata.version("wy-ctypes-py3-none") == "1.0.0"

assert wy_ctypes.roman(1) == "I"
assert wy_ctypes.roman(2026) == "MMXXVI"
assert wy_ctypes.roman(3888) == "MMMDCCCLXXXVIII"
for number in (0, 4000):
    try:
        wy_ctypes.roman(number)
    except ValueError as error:
        assert str(error) == f"{number} has no Roman numeral"
    else:
        raise AssertionError(f"{number} had a Roman numeral")
