"""How the documentation is built: `sphinx-build -W docs site`."""

import sys
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))

import pages  # beside this file, and what finds the package in a tree that is not installed

from wheelyard import __version__

project = "wheelyard"
version = release = __version__
extensions = ["myst_parser"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "wheelyard"
exclude_patterns = ["_build"]
nitpicky = True
linkcheck_anchors = False  # GitHub makes them with a script


def setup(app: Sphinx) -> None:
    """Make the reference of the program itself before anything is read."""
    app.connect("builder-inited", lambda _: pages.write(Path(app.srcdir) / "reference"))
