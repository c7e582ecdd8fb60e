"""How the documentation is built: `sphinx-build -W docs site`."""

from wheelyard import __version__

project = "wheelyard"
version = release = __version__
extensions = ["myst_parser"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "wheelyard"
exclude_patterns = ["_build"]
nitpicky = True
