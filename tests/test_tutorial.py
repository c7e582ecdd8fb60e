"""The tutorial, followed to the letter from an empty folder."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT
from wheelyard import config

TEXT = (ROOT / "docs" / "tutorial.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
FILES = {
    found[1]: body.partition("\n")[2]
    for kind, body in BLOCKS
    if (found := re.match(r"(?://|#|<!--) file: (\S+)", body)) and kind != "console"
}
COMMANDS = [line.removeprefix("$ ") for kind, body in BLOCKS if kind == "console" for line in body.splitlines()]
HERE = f"cp{sys.version_info.major}{sys.version_info.minor}-manylinux_{platform.machine()}"


def test_the_table_of_the_tutorial_is_right() -> None:
    assert config.parse(FILES["pyproject.toml"], source="pyproject.toml").project.name == "spam"


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux" or platform.machine() != "x86_64", reason="it is for Linux on x86_64")
def test_every_command_works_from_an_empty_folder(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text.replace("cp311-manylinux_x86_64", HERE))
    program = tmp_path.with_name("bin") / "wheelyard"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m wheelyard "$@"\n')
    program.chmod(0o755)
    env = {
        **os.environ,
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_GLOBAL": os.devnull,
        **{f"GIT_{who}_{what}": "ada@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    assert COMMANDS[0] == "pip install wheelyard"
    for command in COMMANDS[1:]:
        done = subprocess.run(("sh", "-c", command), cwd=tmp_path, env=env, check=False, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert (tmp_path / ".github" / "workflows" / "wheels.yml").exists()
