"""`wheelyard build` with sources, patches and no network: real wheels by the host engine."""

from __future__ import annotations

import difflib
import io
import json
import os
import re
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from fileserver import FileServer, file_server
from samples import HERE, commit, results, sample, wheelyard
from support import run_git
from wheelyard.doors import process
from wheelyard.errors import Exit

HEADER = '#define WY_ANSWER "42"\n'
USE = '#include "../vendor/answer/answer.h"\nconst char wy_answer[] = "the answer is " WY_ANSWER;\n'


def diff(name: str, before: str, after: str) -> str:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return "".join(difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"))


def archive(text: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as made:
        info = tarfile.TarInfo("answer-1.0/answer.h")
        info.size = len(text)
        made.addfile(info, io.BytesIO(text.encode()))
    return stream.getvalue()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    with file_server(tmp_path, monkeypatch) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path, server: FileServer) -> Path:
    """A project that needs a source and a patch of it."""
    root = sample("setuptools_c", tmp_path / "project")
    url, digest = server.add("answer-1.0.tar.gz", archive(HEADER))
    core = (root / "src/_core.c").read_text()
    patch = diff("vendor/answer/answer.h", HEADER, HEADER.replace("42", "43")) + diff("src/_core.c", core, USE + core)
    (root / "patches").mkdir()
    (root / "patches/answer.patch").write_text(patch)
    with (root / "pyproject.toml").open("a") as file:
        file.write(
            'patches = ["patches/*.patch"]\n[[tool.wheelyard.source]]\n'
            f'url = "{url}"\nsha256 = "{digest}"\nunpack = "vendor/answer"\n'
        )
    commit(root)
    return root


def build(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return wheelyard("build", "-C", str(root), "--engine", "host", "--json", *arguments, env=dict(os.environ))


def wheel(root: Path) -> bytes:
    (made,) = (root / "wheelhouse").rglob(f"*{HERE.python}*.whl")
    return made.read_bytes()


def core_of(wheel: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith(".so")))


def test_without_a_network_it_is_said_what_pip_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("WHEELYARD_CACHE", str(tmp_path / "cache"))
    done = build(sample("setuptools_c", tmp_path / "project"), "--offline")
    assert done.returncode == Exit.USAGE
    assert "What pip installs for sdist was not kept. Run `wheelyard build --fetch` once" in done.stderr


def test_patches_that_do_not_apply_end_the_build_before_it_begins(tmp_path: Path) -> None:
    root = sample("setuptools_c", tmp_path / "project")
    (root / "half.patch").write_text("--- a/src/_core.c\n+++ b/src/_core.c\n@@ -1 +1 @@\n-nothing like it\n+other\n")
    with (root / "pyproject.toml").open("a") as file:
        file.write('patches = ["half.patch"]\n')
    done = build(root)
    assert done.returncode == Exit.USAGE
    assert "1 of 1 patches do not apply:\n  half.patch: patch failed: src/_core.c:1" in done.stderr
    assert run_git(root, "status", "--porcelain", "src") == ""


@pytest.mark.integration
@pytest.mark.skipif(process.networkless() is None, reason="this machine gives no build a network of its own")
class TestWithTheHostEngine:
    """Real builds."""

    def test_sources_and_patches_go_into_the_wheel_without_a_network(self, project: Path, server: FileServer) -> None:
        online = build(project, "--fetch")
        assert online.returncode == Exit.DONE, online.stderr
        first = wheel(project)
        assert b"the answer is 43" in core_of(first)
        server.files.clear()
        offline = build(project, "--offline")
        assert offline.returncode == Exit.DONE, offline.stderr
        assert f"building {HERE}" in offline.stderr
        assert wheel(project) == first
        report = json.loads(next((project / "wheelhouse").glob("linux*/job.json")).read_text())
        assert [each["name"] for each in report["inputs"]["patches"]] == ["patches/answer.patch"]
        assert [each["name"] for each in report["inputs"]["sources"]] == [f"{server.url}/answer-1.0.tar.gz"]
        assert not (project / "vendor").exists()
        assert run_git(project, "status", "--porcelain") == ""

    def test_a_build_that_downloads_fails_without_a_network_and_only_then(
        self, tmp_path: Path, server: FileServer
    ) -> None:
        root = sample("setuptools_c", tmp_path / "project")
        url, _ = server.add("late.h", b"")
        setup = root / "setup.py"
        ask = f"import ssl, urllib.request\nurllib.request.urlopen({url!r}, context=ssl._create_unverified_context())\n"
        setup.write_text(ask + setup.read_text())
        commit(root)
        online = build(root, "--fetch")
        assert online.returncode == Exit.DONE, online.stderr
        offline = build(root, "--offline", "linux-x86_64")
        assert offline.returncode == Exit.BUILD
        assert results(offline)[HERE]["state"] == "failed"
        # Without `ip`, its loopback is down as well.
        assert re.search("Connection refused|Network is unreachable", results(offline)[HERE]["message"])
