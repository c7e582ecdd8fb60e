"""A second build runs in surroundings unlike the first one's, as far as the machine can make them."""

from __future__ import annotations

import os
import shutil
import sys
import time

import pytest

from wheelyard.building import surroundings
from wheelyard.doors import process

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither umask nor users to map")
REPORT = "import os, time; m = os.umask(0); print(oct(m), os.getuid(), int(time.time()), time.timezone)"


def seen(*, contained: bool) -> tuple[str, int, int, int]:
    """Umask, user, time and time zone as a program there sees them."""

    there = surroundings.elsewhere(os.environ, contained=contained)
    ended = process.run(there.command(*there.within, sys.executable, "-c", REPORT), env=there.environment)
    assert ended.code == 0, ended.output
    mask, user, now, zone = ended.output.split()
    return mask, int(user), int(now), int(zone)


def test_umask_and_time_zone_are_others() -> None:
    mask, _, _, zone = seen(contained=True)
    assert (mask, zone) == ("0o77", -(13 * 3600 + 45 * 60))


def test_what_is_said_to_be_other_is() -> None:

    told = surroundings.elsewhere(os.environ, contained=False).told
    _, user, now, _ = seen(contained=False)
    assert (user == 1234) == ("user 1234" in told)
    assert (now > time.time() + 86_400) == ("a day later" in told)
    assert ("a day later" in told) == (shutil.which("faketime") is not None)


def test_rust_keeps_its_time() -> None:
    assert "a day later" not in surroundings.elsewhere(os.environ, contained=False, rust=True).told


@pytest.mark.parametrize(("here", "there"), [("de_DE.UTF-8", "C"), ("C", "C.UTF-8"), ("", "C")])
def test_the_locale_is_another(here: str, there: str) -> None:
    environ = {"LC_ALL": here, "LC_TIME": here, "PYTHONHASHSEED": "0"}
    made = surroundings.elsewhere(environ, contained=True).environment
    assert made["LC_ALL"] == there
    assert {"LC_TIME", "PYTHONHASHSEED"}.isdisjoint(made)
