"""The fake GitHub, and those who talk to it, keep to GitHub's own description of its API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

import fakegithub
import killing
from fakegithub import Server, tools
from fakegithub.site import EXCHANGES
from releases import make_wheelhouse
from support import MakeRepository

pytestmark = pytest.mark.peers

COMMIT = "c" * 40
TABLE = """\
[project]
name = "wy_sample"
version = "1.0"

[tool.wheelyard]
targets = ["linux-x86_64"]
release = { store = "github:ada/spam" }
"""
READS = (
    "",
    "/releases?per_page=1&page=2",
    "/releases/latest",
    "/releases/tags/v0",
    "/releases/tags/v404",
    "/immutable-releases",
    "/git/ref/tags/v0",
    f"/actions/runs?head_sha={COMMIT}&status=success&event=push",
    "/actions/workflows/wheels.yml/runs?branch=main",
    "/actions/runs/5",
    "/actions/runs/5/jobs?per_page=100",
    "/actions/runs/5/artifacts",
    f"/commits/{COMMIT}/check-runs",
    "/commits/v0/status",
    "/environments",
    "/environments/pypi",
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    facts: dict[str, Any] = {
        "runs": [{"id": 5}],
        "jobs": [{"run_id": 5}],
        "artifacts": [{"run_id": 5}],
        "checks": [{"conclusion": "failure"}],
        "statuses": [{"state": "pending"}],
        "environments": [{"name": "pypi"}],
    }
    with fakegithub.serve(tmp_path / "github", immutable=True, **facts) as running:
        yield running


def ask(server: Server, method: str, path: str, **more: Any) -> requests.Response:
    url = path if "://" in path else f"{server.url}/repos/{server.repository}{path}"
    headers = {"Authorization": f"Bearer {server.token}", **more.pop("headers", {})}
    return requests.request(method, url, headers=headers, timeout=30, **more)


def test_all_that_can_be_read_is_as_described(server: Server) -> None:
    server.seed("v0", {"a.whl": b"a", "b.whl!": b"b"}, draft=False)
    server.seed("v1")
    for path in READS:
        ask(server, "GET", path)
    assert tools.opinions(server.folder / EXCHANGES) == []
    assert [each.status for each in server.exchanges()].count(200) == len(READS) - 1


def test_a_release_from_draft_to_the_end_is_as_described(server: Server) -> None:
    made = ask(server, "POST", "/releases", json={"tag_name": "v1", "draft": True, "name": "v1"}).json()
    upload = made["upload_url"].partition("{")[0]
    headers = {"Content-Type": "application/zip"}
    asset = ask(server, "POST", f"{upload}?name=a+b.whl&label=it", data=b"bytes", headers=headers).json()
    twice = ask(server, "POST", f"{upload}?name=a+b.whl", data=b"bytes", headers=headers)
    ask(server, "PATCH", asset["url"], json={"name": "c.whl", "label": "c"})
    ask(server, "GET", asset["url"], headers={"Accept": "application/octet-stream"})
    ask(server, "PATCH", made["url"], json={"draft": False, "make_latest": "true", "prerelease": False})
    late = ask(server, "POST", f"{upload}?name=d.whl", data=b"late", headers=headers)
    draft = ask(server, "POST", "/releases", json={"tag_name": "v2", "draft": True}).json()
    gone = ask(server, "DELETE", draft["url"])
    assert (twice.status_code, late.status_code, gone.status_code) == (422, 422, 204)
    assert tools.opinions(server.folder / EXCHANGES) == []


def test_all_that_we_ask_is_as_described(server: Server, tmp_path: Path, repository: MakeRepository) -> None:
    root = repository({"pyproject.toml": TABLE})
    make_wheelhouse(root / "wheelhouse")
    env = killing.environment(GITHUB_TOKEN=server.token, GITHUB_API_URL=server.url, NO_PROXY="127.0.0.1,localhost")
    server.fault("502", "uploads")
    server.fault("429", "releases/.*/assets")
    for command in (
        ("collect", "--preflight", "--tag", "v1.0"),
        ("collect", "--partial"),
        ("collect", "--replace"),
        ("finish", "--tag", "v1.0", "--without-publish"),
        ("collect",),
    ):
        ended = killing.run(*command, "-C", root, env=env)
        assert ended.code == 0, ended.err
    assert tools.opinions(server.folder / EXCHANGES) == []
    assert {each.fault for each in server.exchanges()} == {None, "502", "429"}


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        pytest.param("POST", "/releases", {"tag_name": "v1", "prereleas": True}, "prereleas", id="unknown-field"),
        pytest.param("POST", "/releases", {"tag_name": "v1", "make_latest": True}, "make_latest", id="wrong-type"),
        pytest.param("GET", "/releases?perpage=100", None, "perpage", id="unknown-parameter"),
        pytest.param("GET", "/release", None, "no such operation", id="unknown-path"),
        pytest.param("PUT", "/releases", None, "no such operation", id="unknown-method"),
    ],
)
def test_what_is_not_as_described_is_found(server: Server, method: str, path: str, body: Any, words: str) -> None:
    ask(server, method, path, json=body)
    accepted = server.folder / "accepted.jsonl"
    accepted.write_text((server.folder / EXCHANGES).read_text().replace('"status": 422', '"status": 201'))
    assert any(words in said for said in tools.opinions(accepted))


def test_an_answer_that_is_not_as_described_is_found(server: Server) -> None:
    server.seed("v0", draft=False)
    ask(server, "GET", "/releases/tags/v0")
    exchange = json.loads((server.folder / EXCHANGES).read_text())
    del exchange["answer"]["upload_url"]
    changed = server.folder / "changed.jsonl"
    changed.write_text(json.dumps(exchange))
    assert any("upload_url" in said for said in tools.opinions(changed))
