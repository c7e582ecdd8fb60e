"""What the installed wheel must do; it passes without the extension too."""

import wy_needs_libyaml

assert "site-packages" in wy_needs_libyaml.__file__, wy_needs_libyaml.__file__
assert wy_needs_libyaml.count_scalars(b"[a, b, c]\n") == 3
assert wy_needs_libyaml.count_scalars(b"[]") == 0
