"""`wheelyard completion`: shells complete what there is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from wheelyard import cli
from wheelyard.verbs.completion import SHELLS

BASH = shutil.which("bash")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_names_every_verb(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert [verb for verb in cli.VERBS if verb not in script] == []


@pytest.mark.skipif(BASH is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param(["gen"], ["generate"], id="verb"),
        pytest.param(["lock", "--dry"], ["--dry-run"], id="option"),
        pytest.param(["docs", "audit.max"], ["audit.max-size"], id="key"),
        pytest.param(["schema", "edi"], ["editors"], id="choice"),
    ],
)
def test_bash_completes(words: list[str], found: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["completion", "bash"])
    script = tmp_path / "wheelyard.bash"
    script.write_text(capsys.readouterr().out)
    line = " ".join(f"'{word}'" for word in ("wheelyard", *words))
    press = f"source {script}; COMP_WORDS=({line}); COMP_CWORD={len(words)}; _shtab_wheelyard; echo ${{COMPREPLY[@]}}"
    done = subprocess.run((str(BASH), "-c", press), check=False, capture_output=True, text=True)
    assert done.stdout.split() == found, done.stderr
