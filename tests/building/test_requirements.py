"""What pip reports of a build is kept, and offered when there is no network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fileserver import FileServer, file_server
from wheelyard import resources
from wheelyard.building.requirements import Requirements
from wheelyard.doors.downloads import Fetcher
from wheelyard.errors import BuildError, OutsideError, UsageError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="named pipes are shared with containers on Linux")
BUILD = ("small", "host", "", "cp311-manylinux_x86_64")
ONLINE = Requirements(fetcher=Fetcher(), fetch=True)
OFFLINE = Requirements(fetcher=Fetcher(offline=True))


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHEELYARD_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    with file_server(tmp_path, monkeypatch) as running:
        yield running


def installed(url: str, sha256: str) -> dict[str, object]:
    return {"download_info": {"url": url, "archive_info": {"hashes": {"sha256": sha256}}}, "metadata": {"name": "x"}}


def report(env: dict[str, str], *sources: dict[str, object]) -> None:
    """What pip does with PIP_REPORT, in a process of its own."""
    text = json.dumps({"version": "1", "install": sources}, indent=2)
    subprocess.run(("sh", "-c", 'cat > "$PIP_REPORT"'), input=text.encode(), env={**os.environ, **env}, check=True)


def kept(folder: Path) -> dict[str, bytes]:
    """The files that an offline build is offered."""
    with OFFLINE.of(*BUILD, folder=folder) as pip:
        assert pip.environment()["PIP_NO_INDEX"] == "1"
        return {path.name: path.read_bytes() for each in pip.links or () for path in each.iterdir()}


def test_what_every_call_of_pip_installed_is_there_without_a_network(server: FileServer, tmp_path: Path) -> None:
    one, other = server.add("x/a-1.0-py3-none-any.whl", b"a"), server.add("y/b-2%2B1.tar.gz", b"b")
    with ONLINE.of(*BUILD, folder=tmp_path / "first") as pip:
        report(pip.environment(), installed(*one), {"download_info": {"url": "https://x/y", "vcs_info": {}}})
        report(pip.environment(), *(installed(*each) for each in (one, other)), installed("file:///c.whl", "0" * 64))
        report(pip.environment())
    server.files.clear()
    assert kept(tmp_path / "second") == {"a-1.0-py3-none-any.whl": b"a", "b-2+1.tar.gz": b"b"}


def test_reports_larger_than_a_pipe_hold_up_nobody(tmp_path: Path) -> None:
    with ONLINE.of(*BUILD, folder=tmp_path / "first") as pip:
        report(pip.environment(), {**installed("file:///c.whl", "0" * 64), "description": "x" * 300_000})
    assert kept(tmp_path / "second") == {}


def test_reports_that_are_mixed_up_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="one pip at a time"), ONLINE.of(*BUILD, folder=tmp_path / "first") as pip:
        subprocess.run(("sh", "-c", 'echo \'{{"install"}\' > "$PIP_REPORT"'), env=pip.environment(), check=True)


def test_a_build_that_fails_keeps_nothing(tmp_path: Path) -> None:
    with pytest.raises(BuildError), ONLINE.of(*BUILD, folder=tmp_path / "first"):
        raise BuildError("no")
    with pytest.raises(UsageError, match=r"cp311-manylinux_x86_64 was not kept. Run `wheelyard build --fetch` once"):
        kept(tmp_path / "second")


def test_another_file_than_pip_installed_is_not_kept(server: FileServer, tmp_path: Path) -> None:
    url, _ = server.add("a-1.0-py3-none-any.whl", b"replaced meanwhile")
    with pytest.raises(OutsideError, match="is pinned"), ONLINE.of(*BUILD, folder=tmp_path / "first") as pip:
        report(pip.environment(), installed(url, "1" * 64))


def test_a_kept_file_that_was_changed_is_not_offered(server: FileServer, tmp_path: Path) -> None:
    url, sha256 = server.add("a-1.0-py3-none-any.whl", b"a")
    with ONLINE.of(*BUILD, folder=tmp_path / "first") as pip:
        report(pip.environment(), installed(url, sha256))
    (resources.cache() / "downloads" / sha256).write_bytes(b"b")
    with pytest.raises(OutsideError, match=r"a-1.0-py3-none-any.whl is not in the cache"):
        kept(tmp_path / "second")


def test_folders_of_the_user_are_looked_in_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", f"https://example.org/ {tmp_path / 'with ümlaut'.replace(' ', '-')}")
    with OFFLINE.of(*BUILD, folder=tmp_path) as pip:
        links = pip.environment(below="/host")["PIP_FIND_LINKS"]
    assert links == f"file:///host{tmp_path}/with-%C3%BCmlaut"


def test_what_pip_does_not_find_is_said_to_be_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(BuildError, match="Run `wheelyard build --fetch` once"), OFFLINE.of(*BUILD, folder=tmp_path):
        raise BuildError("ERROR: No matching distribution found for ninja")
