"""What reached the build of the installed wheel, and what reached its test."""

import os
import sys

import iniconfig
import wy_options

assert "site-packages" in wy_options.__file__, wy_options.__file__

expected = {
    "level": 11,
    "greeting": "two words",
    "drink": "lemon tea",
    "before-build": "{}.{}".format(*sys.version_info),
}
assert wy_options.reached() == expected, wy_options.reached()

assert "site-packages" in iniconfig.__file__, iniconfig.__file__
assert os.environ.get("WY_TESTED") == "with care", os.environ.get("WY_TESTED")
