"""The back end is asked through `build`, and what went wrong is told in its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from wheelyard.building import sdist
from wheelyard.doors.process import Programs
from wheelyard.errors import BuildError

PYPROJECT = """\
[build-system]
requires = ["spam @ file:///nowhere/spam-1.0.whl"]
build-backend = "spam"
"""


def test_a_requirement_that_cannot_be_had_is_told_without_the_traceback_of_build(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "pyproject.toml").write_text(PYPROJECT)
    with pytest.raises(BuildError) as caught:
        sdist.build(tmp_path / "package", into=tmp_path, log=tmp_path / "log", env={}, programs=Programs())
    assert "/nowhere/spam-1.0.whl" in str(caught.value)
    assert "build/env.py" in (tmp_path / "log").read_text()
    assert "build/env.py" not in str(caught.value)
