"""What the installed wheel must do."""

import wy_pybind_cpp

assert "site-packages" in wy_pybind_cpp.__file__, wy_pybind_cpp.__file__

words = wy_pybind_cpp.WordCount("to be or not to be")
assert words.counts == {"be": 2, "not": 1, "or": 1, "to": 2}
assert words.of("be") == 2
try:
    words.of("question")
except IndexError:
    pass
else:
    raise AssertionError("std::out_of_range was not translated")

seen = []


def visit(word, count):
    """Remember two words and stop at the third."""
    if len(seen) == 2:
        raise StopAsyncIteration(word)
    seen.append((word, count))


try:
    words.each(visit)
except StopAsyncIteration as error:
    assert error.args == ("or",)
else:
    raise AssertionError("a Python exception was lost on its way through C++")
assert seen == [("be", 2), ("not", 1)]
