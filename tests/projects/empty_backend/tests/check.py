"""What the installed wheel must do; it passes without the extension too."""

import wy_empty_backend

assert "site-packages" in wy_empty_backend.__file__, wy_empty_backend.__file__
assert [wy_empty_backend.parity(number) for number in (0, 1, 3, 7, 255)] == [0, 1, 0, 1, 0]
