"""What many tests use that is no fixture."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]

MakeRepository = Callable[..., Path]


def run_git(root: Path, *arguments: str) -> str:
    """What git prints."""
    done = subprocess.run(("git", "-C", root, *arguments), check=True, capture_output=True, text=True)
    return done.stdout.strip()
