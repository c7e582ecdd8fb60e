"""What the installed wheel must do."""

import wy_meson_c

assert "site-packages" in wy_meson_c.__file__, wy_meson_c.__file__

assert wy_meson_c.distance("kitten", "sitting") == 3
assert wy_meson_c.distance("", "") == 0
assert wy_meson_c.distance("", "four") == 4
assert wy_meson_c.distance("na\N{LATIN SMALL LETTER I WITH DIAERESIS}ve", "naive \N{FERRIS WHEEL}") == 3
try:
    wy_meson_c.distance("text", b"bytes")
except TypeError:
    pass
else:
    raise AssertionError("bytes were taken for text")
