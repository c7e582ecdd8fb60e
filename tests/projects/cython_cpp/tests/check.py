"""What the installed wheel must do."""

from array import array

import wy_cython_cpp

assert "site-packages" in wy_cython_cpp.__file__, wy_cython_cpp.__file__

assert [wy_cython_cpp.most(b"mississippi", place) for place in range(4)] == ["i", "s", "p", "m"]
assert wy_cython_cpp.total(array("q", [1 << 40, -1, 5])) == (1 << 40) + 4
for call, error in (
    (lambda: wy_cython_cpp.most(b"aa", 1), IndexError),
    (lambda: wy_cython_cpp.total(array("d", [1.0])), ValueError),
):
    try:
        call()
    except error:
        pass
    else:
        raise AssertionError(error)
