"""Sample projects as repositories, and the command line run on them in processes of its own."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from support import ROOT, run_git
from wheelyard.targets import Identifier

IMAGE = "localhost/manylinux_2_31_x86_64:local"
HERE = Identifier(f"cp{sys.version_info.major}{sys.version_info.minor}-manylinux_{platform.machine()}")


def sample(name: str, folder: Path, *, build: str = HERE) -> Path:
    """A sample project as a repository of its own, locked for the identifiers that `build` selects."""
    root = Path(shutil.copytree(ROOT / "tests" / "projects" / name, folder))
    file = next(path for path in root.rglob("pyproject.toml") if "tool.cibuildwheel" in path.read_text())
    lines = [f'build = "{build}"' if line.startswith("build = ") else line for line in file.read_text().splitlines()]
    file.write_text("\n".join(lines) + "\n")
    run_git(root, "init", "-q")
    done = wheelyard("lock", "-C", str(root))
    assert done.returncode == 0, done.stderr
    commit(root)
    return root


def commit(root: Path) -> None:
    """Commit all there is."""
    run_git(root, "add", "-A")
    run_git(root, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "All of it")


def use_podman(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have cibuildwheel use podman with the image that scripts/local_image.py makes; skip the test where it is not."""
    monkeypatch.setenv("CONTAINERS_CONF", str(ROOT / "tests" / "peers" / "podman" / "containers.conf"))
    monkeypatch.setenv("CIBW_CONTAINER_ENGINE", "podman")
    monkeypatch.setenv("CIBW_MANYLINUX_X86_64_IMAGE", IMAGE)
    if (missing := _no_image()) is not None:
        pytest.skip(missing)


@cache
def _no_image() -> str | None:
    """Why no container can be run."""
    check = (sys.executable, str(ROOT / "scripts" / "local_image.py"), "--check")
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else done.stderr.strip()


def wheelyard(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    command = (sys.executable, "-m", "wheelyard", *arguments)
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def results(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    """The result of each identifier, from the reports of `build --json`."""
    reports = json.loads(done.stdout)
    return {result["identifier"]: result for report in reports for result in report["results"] if result["identifier"]}
