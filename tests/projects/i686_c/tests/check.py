"""In a process of 32 bits, numbers and files are larger than that."""

import struct
import tempfile

from wy_i686_c import product, seek, widths

assert widths() == {"pointer": 4, "long": 4, "offset": 8}, widths()
assert struct.calcsize("P") == 4
assert product(2**32 - 1, 2**32 - 1) == (2**32 - 1) ** 2
with tempfile.TemporaryFile() as file:
    assert seek(file.fileno(), 5 << 30) == 5 << 30
