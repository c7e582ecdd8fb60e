"""Tools live in environments of their own, made of the bytes that were pinned."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from releases import make_pure_wheel
from wheelyard.doors import toolbox
from wheelyard.errors import OutsideError


@pytest.mark.integration
def test_only_pinned_bytes_are_installed(tmp_path: Path) -> None:
    wheel = make_pure_wheel(tmp_path, name="wy_tool")
    env = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    python = toolbox.create(tmp_path / "environment", base=Path(sys.executable))
    with pytest.raises(OutsideError, match="THESE PACKAGES DO NOT MATCH THE HASHES"):
        toolbox.install(python, [f"wy_tool==1.0 --hash=sha256:{64 * '0'}"], env=env)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    toolbox.install(python, [f"wy_tool==1.0 --hash=sha256:{digest}"], env=env)
    assert list(python.parents[1].glob("lib/python*/site-packages/wy_tool/__init__.py"))
