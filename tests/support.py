"""What many tests use that is no fixture."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import requests

ROOT = Path(__file__).parents[1]

MakeRepository = Callable[..., Path]


def run_git(root: Path, *arguments: str) -> str:
    """What git prints."""
    done = subprocess.run(("git", "-C", root, *arguments), check=True, capture_output=True, text=True)
    return done.stdout.strip()


def answering(url: str, server: subprocess.Popen[bytes]) -> str:
    """The address, once a server that was just started answers there."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            requests.get(url, timeout=60)
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return url
    raise AssertionError(server.poll())
