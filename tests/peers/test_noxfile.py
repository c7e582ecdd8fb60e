"""A bare `nox` on a user's noxfile makes the environment it needs, and runs the verbs in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from samples import sample
from support import ROOT
from wheelyard.doors import toolbox

pytestmark = pytest.mark.peers


def test_a_bare_nox_makes_its_own_environment_and_plans(tmp_path: Path) -> None:
    build = (sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "dist"))
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    nox = toolbox.environment("nox", ["nox>=2025.2.9"])  # nothing of wheelyard's is in it
    project = sample("setuptools_c", tmp_path / "project")
    shutil.copy(ROOT / "templates" / "noxfile.py", project)
    links = " ".join(filter(None, (os.environ.get("PIP_FIND_LINKS"), str(tmp_path / "dist"))))
    env = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "NOX_SCRIPT_MODE"}}
    done = subprocess.run(
        (str(nox), "-m", "nox"),
        cwd=project,
        env={**env, "PIP_FIND_LINKS": links, "NOX_SCRIPT_VENV_BACKEND": "virtualenv"},
        capture_output=True,
        text=True,
        check=False,
    )
    if "No matching distribution" in done.stderr or "Could not fetch" in done.stderr:
        pytest.skip("the dependencies of wheelyard cannot be fetched here")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "wy-setuptools-c 1.0.0" in done.stdout
    assert "Session plan was successful" in done.stdout + done.stderr
