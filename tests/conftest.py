"""Fixtures that many tests share: real repositories in temporary folders, a cache of their own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support import MakeRepository, run_git

# A busy machine is no failure: no test is about time.
settings.register_profile("wheelyard", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wheelyard")


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the options of whoever runs it."""
    for name in [name for name in os.environ if name.startswith(("CIBW_", "GITHUB_", "GH_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeRepository:
    """Makes a git repository of the given files, with one commit of a fixed date."""
    for name, value in {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
        "GIT_AUTHOR_DATE": "1700000000 +0000",
        "GIT_COMMITTER_DATE": "1700000000 +0000",
    }.items():
        monkeypatch.setenv(name, value)

    def make(files: dict[str, str], *, name: str = "repository") -> Path:
        root = tmp_path / name
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        run_git(root, "init", "--quiet", "--initial-branch=main")
        run_git(root, "add", "--all")
        run_git(root, "commit", "--quiet", "--message", "All of it")
        return root

    return make
