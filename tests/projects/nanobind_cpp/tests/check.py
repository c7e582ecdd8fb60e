"""What the installed wheel must do."""

import wy_nanobind_cpp as sample

assert "site-packages" in sample.__file__, sample.__file__

assert sample.mean([1.0, 2.0, 6.0]) == 3.0
assert sample.mean([], fallback=7.5) == 7.5
try:
    sample.mean([])
except ValueError as error:
    assert str(error) == "the mean of nothing is not defined"
else:
    raise AssertionError("std::invalid_argument was not translated")

assert sample.descend(10, limit=100) == 11
assert issubclass(sample.TooDeep, RecursionError)
try:
    sample.descend(100, limit=10)
except sample.TooDeep as error:
    assert str(error) == "gave up at depth 11"
else:
    raise AssertionError("an exception of the module's own was not translated")

assert sample.caught_as_base(3, limit=10) == "reached 4"
assert sample.caught_as_base(100, limit=10) == "gave up at depth 11"
assert sample.alive() == 0
