"""What the installed wheel must do."""

import wy_no_libc

assert "site-packages" in wy_no_libc.__file__, wy_no_libc.__file__
assert [wy_no_libc.bits(number) for number in (0, 1, 255, 256, 2**32 - 1)] == [0, 1, 8, 1, 32]
try:
    wy_no_libc.bits(-1)
except OverflowError:
    pass
else:
    raise AssertionError("a negative number had bits")
