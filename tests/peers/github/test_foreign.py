"""Clients of others take the fake for GitHub: the real `gh` through a proxy, and PyGithub."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

import fakegithub
from fakegithub import tools
from fakegithub.site import EXCHANGES

pytestmark = pytest.mark.peers

FILES = {"a+b.whl": b"a" * 5000, "c.whl": b"c" * 700_000}


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    return [str(tmp_path / name) for name in FILES]


def test_gh_makes_fills_finds_and_deletes_releases(tmp_path: Path, files: list[str]) -> None:
    with fakegithub.serve(tmp_path / "github", proxied=True) as server:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "HTTP_PROXY": server.url,
            "GH_HOST": "github.localhost",
            "GH_REPO": "github.localhost/ada/spam",
            "GH_TOKEN": server.token,
        }

        def gh(*arguments: str) -> subprocess.CompletedProcess[str]:
            command = (tools.gh(), *arguments)
            return subprocess.run(command, env=env, capture_output=True, text=True, check=False)

        published = gh("release", "create", "v5", "--notes", "five", *files)
        draft = gh("release", "create", "v6", "--draft", "--notes", "six")
        sent = gh("release", "upload", "v6", files[1])
        again = gh("release", "upload", "v6", files[1])
        over = gh("release", "upload", "v6", "--clobber", files[1])
        fetched = gh("release", "download", "v5", "--dir", str(tmp_path / "fetched"))
        deleted = gh("release", "delete", "v5", "--yes")
        said = [each.stderr for each in (published, draft, sent, over, fetched, deleted)]
        left = [(each["tag"], each["draft"], list(each["assets"])) for each in server.releases()]
    assert said == [""] * len(said)
    assert "already exists" in again.stderr
    assert left == [("v6", True, ["c.whl"])]
    names = {path.name: path.read_bytes() for path in (tmp_path / "fetched").iterdir()}
    assert names == {"a.b.whl": FILES["a+b.whl"], "c.whl": FILES["c.whl"]}
    assert tools.opinions(server.folder / EXCHANGES) == []


def test_pygithub_makes_and_publishes_a_release(tmp_path: Path, files: list[str]) -> None:
    with fakegithub.serve(tmp_path / "github", enterprise=True) as server:
        command = (tools.python("pygithub", tools.PYGITHUB), tools.PROGRAMS / "foreign.py")
        env = {**os.environ, "GITHUB_TOKEN": server.token}
        done = subprocess.run((*command, server.url, files[0]), env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    digest = hashlib.sha256(FILES["a+b.whl"]).hexdigest()
    assert json.loads(done.stdout) == {
        "asset": ["a.b.whl", "uploaded", 5000, f"sha256:{digest}"],
        "refused": [422, "already_exists"],
        "assets": 35,
        "before": ["v7"],
        "latest": "v7",
    }
    assert tools.opinions(server.folder / EXCHANGES) == []
