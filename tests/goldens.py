"""The configurations whose workflows are kept under `tests/golden/`; run this file to make those files anew."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from wheelyard import config
from wheelyard.config import Config
from wheelyard.locking import lock, pins
from wheelyard.locking.lock import Lock
from wheelyard.planning import planner
from wheelyard.render import workflow
from wheelyard.render.workflow import Workflow
from wheelyard.revision import Revision

FOLDER = Path(__file__).parent / "golden"
MATRICES = Path(__file__).parent / "matrices"
SMALL = (
    "shortest",
    "pure",
    "emulated",
    "macos",
    "steps",
    "pull-request",
    "schedule",
    "jobs",
    "github",
    "hostile",
    "cross",
)
REAL = ("h5py", "markupsafe", "multidict", "numpy-release", "pyzmq")
NAMES = (*SMALL, *REAL)


def source(name: str) -> str:
    """The configuration of that name."""
    own = FOLDER / name / "pyproject.toml"
    return (own if own.exists() else MATRICES / f"{name}.toml").read_text()


def file(name: str) -> Path:
    """Its workflow."""
    return FOLDER / name / "wheels.yml"


def locked(name: str) -> Lock:
    """Its lock."""
    return lock.load((FOLDER / name / lock.FILE).read_bytes())


def parsed(name: str) -> Config:
    """Its configuration as values."""
    return config.parse(source(name), source="pyproject.toml")


@cache
def render(name: str, *, by_tag: bool = False) -> Workflow:
    """Its workflow as it would be made now."""
    found = locked(name)
    revision = Revision(commit=None, tree="", date=0, dirty=False)
    plan = planner.make(parsed(name), found, revision)
    return workflow.make(parsed(name), plan, pins.effective(found), by_tag=by_tag)


def _lock(name: str) -> None:
    """Resolve the lock where there is none yet."""
    target = FOLDER / name / lock.FILE
    if target.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pyproject.toml").write_text(source(name))
        subprocess.run((sys.executable, "-m", "wheelyard", "lock", "-C", folder), check=True)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(Path(folder, lock.FILE).read_bytes())


if __name__ == "__main__":
    for each in NAMES:
        _lock(each)
        file(each).write_text(render(each).text)
