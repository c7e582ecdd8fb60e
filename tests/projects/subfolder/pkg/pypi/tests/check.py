"""What the installed wheel must do; the one argument is the package's folder."""

import pathlib
import sys

import wy_subfolder

assert "site-packages" in wy_subfolder.__file__, wy_subfolder.__file__
assert pathlib.Path(sys.argv[1]).resolve() == pathlib.Path(__file__).resolve().parents[1], sys.argv[1]

assert wy_subfolder.rot13(b"Hello, 13!") == b"Uryyb, 13!"
assert wy_subfolder.rot13(wy_subfolder.rot13(bytes(range(256)))) == bytes(range(256))
