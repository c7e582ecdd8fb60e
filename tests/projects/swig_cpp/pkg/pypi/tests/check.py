"""The C++ class counts, and its exceptions arrive as Python's, with the words of the patch."""

from wy_swig_cpp import Tally

tally = Tally()
for word in ("spam", "eggs", "spam"):
    tally.add(word)
assert (tally.count("spam"), tally.count("eggs")) == (2, 1)
try:
    tally.count("ham")
except ValueError as error:
    assert str(error) == "never counted: ham", error
else:
    raise AssertionError("no exception")
