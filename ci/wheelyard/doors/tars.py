"""The standard library's tarfile, or its backport: Debian 12's Python 3.11.2 has no filters yet (PEP 706)."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 11, 4):
    import tarfile
else:
    from backports import tarfile  # type: ignore[no-redef]  # mypy compares two numbers of a version

__all__ = ["tarfile"]
