"""Before the test: leave a mark in the environment of the test; with --expect, fail unless it is there."""

import pathlib
import sys

if sys.prefix == sys.base_prefix:
    sys.exit("this must run in the environment of the test")
mark = pathlib.Path(sys.prefix, f"{sys.argv[-1]}.mark")
if sys.argv[1] == "--expect":
    sys.exit(None if mark.exists() else f"{mark} is not there")
mark.touch()
