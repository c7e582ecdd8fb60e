"""What the installed wheel must do."""

import wy_cffi_api

assert "site-packages" in wy_cffi_api.__file__, wy_cffi_api.__file__

ring = wy_cffi_api.Ring()
for number in (7, 1 << 40, -(1 << 50), 3, 5):
    ring.put(number)
assert ring.total() == (1 << 40) - (1 << 50) + 8
try:
    ring.put(1 << 63)
except OverflowError:
    pass
else:
    raise AssertionError("a number of more than 64 bits went in")
