"""Before the build: write a header that names the Python which ran this."""

import pathlib
import sys

version = "{}.{}".format(*sys.version_info)
pathlib.Path(sys.argv[1]).write_text(f'#define WY_MADE_BEFORE "{version}"\n', "utf-8")
