"""The command line: help, exit codes, one verb imported at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from wheelyard import cli
from wheelyard.errors import Exit


def test_help_names_every_verb_and_imports_none(tmp_path: Path) -> None:
    code = (
        "import sys; from wheelyard import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'msgspec', 'rich', 'requests', 'packaging', 'nox', 'yaml', 'subprocess', 'wheelyard.doors.console'}\n"
        "print('imported:', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run((sys.executable, "-c", code), check=True, capture_output=True, text=True, cwd=tmp_path)
    assert all(verb in done.stdout for verb in cli.VERBS)
    assert done.stdout.endswith("imported: []\n")


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_explains_itself_with_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([verb, "--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert f"wheelyard {verb}" in said.partition("example")[2]


def test_a_misspelt_verb_is_answered_with_the_one_meant(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["pubish"])
    assert ended.value.code == Exit.USAGE
    assert "Did you mean 'publish'?" in capsys.readouterr().err


def test_an_interruption_before_anything_began_ends_without_a_word(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_parser", interrupted)
    assert cli.main(["plan"]) == Exit.INTERRUPTED
    assert capsys.readouterr() == ("", "")


def test_an_error_becomes_its_exit_code_and_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plan", "-C", str(tmp_path)]) == Exit.USAGE
    assert capsys.readouterr().err.startswith("error: There is no pyproject.toml in ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_data_that_cannot_be_written_are_the_outside_worlds_fault() -> None:
    with Path("/dev/full").open("w") as full:
        command = (sys.executable, "-m", "wheelyard", "schema", "plan")
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == Exit.OUTSIDE
    assert done.stderr.startswith("error: The output cannot be written")


def test_config_mistakes_are_annotations_on_github(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.wheelyard]\ntarget = []\npackge = "."\n')
    assert cli.main(["plan", "-C", str(tmp_path)]) == Exit.USAGE
    said = capsys.readouterr().err.splitlines()
    assert len([line for line in said if line.startswith("::error title=wheelyard::")]) == 2
