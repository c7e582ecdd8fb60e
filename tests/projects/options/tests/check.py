"""What reached the build of the installed wheel, and what reached its test."""

import sys

import iniconfig
import wy_options

assert "site-packages" in wy_options.__file__, wy_options.__file__

expected = {
    "level": 11,
    "greeting": "two words",
    "drink": "lemon tea",
    "before-build": "{}.{}".format(*sys.version_info),
    "test-environment": "with care",
}
assert wy_options.reached() == expected, wy_options.reached()

assert "site-packages" in iniconfig.__file__, iniconfig.__file__
