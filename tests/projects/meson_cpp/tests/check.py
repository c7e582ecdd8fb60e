"""What the installed wheel must do."""

import wy_meson_cpp

assert "site-packages" in wy_meson_cpp.__file__, wy_meson_cpp.__file__

assert wy_meson_cpp.in_order({"wheel": {"spoke", "rim"}, "spoke": set(), "rim": {"spoke"}}) == ["spoke", "rim", "wheel"]
for needs, error in (({"a": {"b"}, "b": {"a"}}, wy_meson_cpp.Cycle), ({"a": {"nowhere"}}, IndexError)):
    try:
        wy_meson_cpp.in_order(needs)
    except error:
        pass
    else:
        raise AssertionError(needs)
