"""A release that is collected and finished among kills and faults ends as the one that nothing disturbed.

Ten seeds are played; WHEELYARD_CHAOS is how many instead (200 take a quarter of an hour).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import killing

TESTS = Path(__file__).parents[2]
SEEDS = int(os.environ.get("WHEELYARD_CHAOS", "10"))

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork"),
]


def test_every_seed_ends_with_the_same_release(tmp_path: Path) -> None:
    command = (sys.executable, TESTS / "chaos.py", tmp_path, "1", str(SEEDS))
    env = killing.environment(PYTHONPATH=f"{killing.CI}{os.pathsep}{TESTS}")
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    played = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each for each in played if each["problems"]] == []
    assert len(played) == SEEDS
    assert sum(each["kills"] for each in played) > SEEDS
    assert sum(each["faults"] for each in played) > SEEDS
