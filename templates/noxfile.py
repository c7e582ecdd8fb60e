# /// script
# requires-python = ">=3.11"
# dependencies = ["nox", "wheelyard"]
# ///
import wheelyard.sessions  # noqa: F401  # registers one session a verb: nox --list
