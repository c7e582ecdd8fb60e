"""The DLL loads on a machine that has no MinGW, and its threads take turns."""

from wy_mingw_dll import scaled, turns

assert turns(4) == 4000
assert scaled(1 << 63, 6, 3) == 0
assert scaled(1 << 62, 6, 3) == 1 << 63
