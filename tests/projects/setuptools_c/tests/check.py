"""What the installed wheel must do."""

import array
import math
import os
import tempfile

import wy_setuptools_c

assert "site-packages" in wy_setuptools_c.__file__, wy_setuptools_c.__file__

values = array.array("d", range(1, 1001))
expected = math.fsum(value**0.5 for value in values)
assert math.isclose(wy_setuptools_c.power_sum(values, 0.5), expected)
assert wy_setuptools_c.power_sum(b"", 2.0) == 0.0
try:
    wy_setuptools_c.power_sum(b"123", 2.0)
except ValueError as error:
    assert "whole doubles" in str(error)
else:
    raise AssertionError("three bytes were taken for doubles")

with tempfile.NamedTemporaryFile() as file:
    file.write(b"12345")
    file.flush()
    assert wy_setuptools_c.file_size(file.name) == 5
try:
    wy_setuptools_c.file_size(os.path.join(os.sep, "no", "such", "file"))
except FileNotFoundError as error:
    assert error.filename == os.path.join(os.sep, "no", "such", "file")
else:
    raise AssertionError("a file that is not there had a size")
