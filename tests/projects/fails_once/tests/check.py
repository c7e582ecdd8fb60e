"""What the installed wheel must do."""

import sys

import wy_fails_once

assert "site-packages" in wy_fails_once.__file__, wy_fails_once.__file__
assert wy_fails_once.compiled_for() == "{}.{}".format(*sys.version_info)
