"""`python -m fakegithub FOLDER`."""

import sys
from pathlib import Path

from fakegithub.hosts import main

main(Path(sys.argv[1]))
