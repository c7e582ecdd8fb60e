"""`wheelyard lock`, as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support import MakeRepository
from wheelyard import cli

FILES = {
    "pyproject.toml": '[project]\nname = "spam"\nversion = "1"\n[tool.wheelyard]\ntargets = ["linux-x86_64"]\n',
}


def run(root: Path, *arguments: str) -> int:
    return cli.main(["lock", "-C", str(root), *arguments])


def test_a_lock_is_written_once_and_then_stays(repository: MakeRepository, capsys: pytest.CaptureFixture[str]) -> None:
    root = repository(FILES)
    assert run(root) == 0
    text = (root / "wheelyard.lock").read_bytes()
    assert run(root) == 0
    assert (root / "wheelyard.lock").read_bytes() == text
    assert "as it should be" in capsys.readouterr().err


def test_a_check_writes_nothing_and_fails_where_there_is_none(repository: MakeRepository) -> None:
    root = repository(FILES)
    assert run(root, "--check") == 1
    assert not (root / "wheelyard.lock").exists()
    run(root)
    assert run(root, "--check") == 0


def test_a_check_names_the_wheels_that_come(repository: MakeRepository, capsys: pytest.CaptureFixture[str]) -> None:
    root = repository(FILES)
    run(root)
    more = FILES["pyproject.toml"].replace('"linux-x86_64"', '"linux-x86_64", "windows-x86"')
    (root / "pyproject.toml").write_text(more)
    assert run(root, "--check") == 1
    assert "come: cp39-win32" in capsys.readouterr().err


def test_a_dry_run_writes_nothing(repository: MakeRepository, capsys: pytest.CaptureFixture[str]) -> None:
    root = repository(FILES)
    assert run(root, "--dry-run") == 0
    assert "Would write" in capsys.readouterr().err
    assert not (root / "wheelyard.lock").exists()


def test_json_has_the_lock_and_what_changed(repository: MakeRepository, capsys: pytest.CaptureFixture[str]) -> None:
    root = repository(FILES)
    assert run(root, "--json", "--dry-run") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["changed"]
    assert found["lock"]["identifiers"]["linux-x86_64"] == found["come"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> x\n", "merge conflict", id="merge conflict"),
        pytest.param('{"schema": 99}', "Upgrade wheelyard", id="newer schema"),
        pytest.param("{", "not JSON", id="truncated"),
    ],
)
@pytest.mark.parametrize("verb", ["lock", "plan"])
def test_a_lock_that_cannot_be_read_is_left_alone(
    repository: MakeRepository, capsys: pytest.CaptureFixture[str], text: str, says: str, verb: str
) -> None:
    root = repository({**FILES, "wheelyard.lock": text})
    assert cli.main([verb, "-C", str(root)]) == 2
    assert says in capsys.readouterr().err
    assert (root / "wheelyard.lock").read_text() == text


NEWER = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"      - uses: actions/checkout@{NEWER} # v99.0.0\n", id="workflow"),
        pytest.param(f'{{"actions/checkout": {{"tag": "v99.0.0", "sha": "{NEWER}"}}}}', id="table"),
        pytest.param(f'{{"pins": {{"actions/checkout": {{"tag": "v99.0.0", "sha": "{NEWER}"}}}}}}', id="lock"),
    ],
)
def test_newer_pins_are_taken_from_a_file(repository: MakeRepository, tmp_path: Path, text: str) -> None:
    root = repository(FILES)
    given = tmp_path / "pins"
    given.write_text(text)
    assert run(root, "--pins", str(given)) == 0
    assert run(root) == 0
    lock = json.loads((root / "wheelyard.lock").read_text())
    assert lock["pins"]["actions/checkout"] == {"tag": "v99.0.0", "sha": NEWER}
    assert lock["pins"]["actions/setup-python"]["tag"] == "v7.0.0"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("uses: actions/checkout@v99\n", "a name that can be moved", id="tag"),
        pytest.param(f"uses: actions/checkout@{NEWER} # v1\n", "goes back", id="older"),
        pytest.param('{"actions/checkout": {"tag": "v99", "sha": "main"}}', "a name that can be moved", id="branch"),
        pytest.param('{"actions/checkout": "v99"}', "no table of actions", id="shape"),
        pytest.param("{", "no table of actions", id="truncated"),
        pytest.param("name: x\n", "names no action", id="nothing"),
    ],
)
def test_pins_that_are_none_are_refused(
    repository: MakeRepository, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    root = repository(FILES)
    given = tmp_path / "pins"
    given.write_text(text)
    assert run(root, "--pins", str(given)) == 2
    assert says in capsys.readouterr().err
    assert not (root / "wheelyard.lock").exists()
