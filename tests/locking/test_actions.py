"""Actions at their newest release, as GitHub names it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import fakegithub
from fakegithub import Server
from support import MakeRepository
from wheelyard import cli

COMMIT, TAG = "a" * 40, "b" * 40
FILES = {
    "pyproject.toml": '[project]\nname = "spam"\nversion = "1"\n[tool.wheelyard]\ntargets = ["linux-x86_64"]\n',
}


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with fakegithub.serve(tmp_path_factory.mktemp("github")) as running:
        yield running


@pytest.fixture
def server(_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """GitHub, where one action of ours has a release."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("GITHUB_API_URL", _server.url)
    monkeypatch.setenv("GITHUB_TOKEN", _server.token)
    _server.reset()
    _server.rules(repository="actions/checkout", tags={"v99.0.0": COMMIT})
    _server.seed("v99.0.0", draft=False)
    return _server


def pins(root: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((root / "wheelyard.lock").read_text())["pins"]
    return found


def lock(root: Path) -> int:
    return cli.main(["lock", "-C", str(root), "--pins", "github"])


def test_the_newest_release_of_an_action_is_locked_by_its_commit(server: Server, repository: MakeRepository) -> None:
    root = repository(FILES)
    assert lock(root) == 0
    assert pins(root)["actions/checkout"] == {"tag": "v99.0.0", "sha": COMMIT}


def test_an_annotated_tag_is_followed_to_its_commit(server: Server, repository: MakeRepository) -> None:
    server.rules(tags={"v99.0.0": TAG}, annotated={TAG: COMMIT})
    root = repository(FILES)
    assert lock(root) == 0
    assert pins(root)["actions/checkout"]["sha"] == COMMIT


def test_an_action_that_cannot_be_read_keeps_its_pin_and_is_named(
    server: Server, repository: MakeRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    root = repository(FILES)
    assert lock(root) == 0
    assert pins(root)["actions/setup-python"]["tag"] == "v7.0.0"
    assert "actions/setup-python has no release" in capsys.readouterr().err


def test_a_tag_that_moved_is_refused(
    server: Server, repository: MakeRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    root = repository(FILES)
    assert lock(root) == 0
    before = (root / "wheelyard.lock").read_bytes()
    server.rules(tags={"v99.0.0": "c" * 40})
    assert lock(root) == 2
    assert "a tag that moves may be an attack" in capsys.readouterr().err
    assert (root / "wheelyard.lock").read_bytes() == before


def test_without_a_token_it_says_where_to_put_one(
    server: Server, repository: MakeRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    assert lock(repository(FILES)) == 2
    assert "Set GITHUB_TOKEN" in capsys.readouterr().err
