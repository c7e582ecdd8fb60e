"""Rust sums, and its errors are Python's exceptions."""

from wy_pyo3_maturin import digit_sum

assert digit_sum("1234") == 10
try:
    digit_sum("12x4")
except ValueError as error:
    assert str(error) == "no digit: x", error
else:
    raise AssertionError("no exception")
