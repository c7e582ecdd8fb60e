"""Pinned files arrive whole, over https, with the pinned bytes, or not at all."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fileserver import FileServer, file_server
from wheelyard.doors.downloads import Fetcher, Pin
from wheelyard.errors import OutsideError

DATA = os.urandom(3 << 20)
FETCHER = Fetcher(pause=0)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setenv("WHEELYARD_CACHE", str(tmp_path / "cache"))
    with file_server(tmp_path, monkeypatch) as running:
        yield running


def served(server: FileServer, data: bytes = DATA) -> Pin:
    url, digest = server.add("spam-1.0.tar.xz", data)
    return Pin(url=url, sha256=digest)


def test_a_file_is_fetched_once(server: FileServer) -> None:
    pin = served(server)
    assert FETCHER.get(pin).read_bytes() == DATA
    assert FETCHER.get(pin).read_bytes() == DATA
    assert len(server.asked) == 1


def test_what_was_changed_in_the_cache_is_fetched_again(server: FileServer) -> None:
    pin = served(server)
    FETCHER.get(pin).write_bytes(b"changed")
    assert FETCHER.get(pin).read_bytes() == DATA


def test_a_broken_connection_is_gone_on_with(server: FileServer) -> None:
    server.cuts = [1 << 20, 1 << 20]
    assert FETCHER.get(served(server)).read_bytes() == DATA
    starts = [asked for _, asked in server.asked]
    assert starts[0] is None
    assert all(start is not None and start != "bytes=0-" for start in starts[1:])
    assert len(starts) == 3


def test_a_server_that_knows_no_ranges_sends_all_again(server: FileServer) -> None:
    server.cuts, server.ranges = [1 << 20], False
    assert FETCHER.get(served(server)).read_bytes() == DATA


def test_a_killed_download_goes_on_where_it_was(server: FileServer, tmp_path: Path) -> None:
    pin = served(server)
    partial = tmp_path / "cache" / "downloads" / f"{pin.sha256}.partial"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(DATA[: 2 << 20])
    FETCHER.get(pin)
    assert server.asked == [("/spam-1.0.tar.xz", f"bytes={2 << 20}-")]


@pytest.mark.parametrize("left", [b"other bytes", DATA + b"more"], ids=["other", "longer"])
def test_what_a_killed_download_left_is_not_believed(server: FileServer, tmp_path: Path, left: bytes) -> None:
    pin = served(server)
    partial = tmp_path / "cache" / "downloads" / f"{pin.sha256}.partial"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(left)
    assert FETCHER.get(pin).read_bytes() == DATA


def test_a_server_that_is_busy_is_asked_again(server: FileServer) -> None:
    server.statuses = [503, 429, 502]
    assert FETCHER.get(served(server)).read_bytes() == DATA


def test_a_file_that_is_not_there_is_not_asked_for_again(server: FileServer) -> None:
    with pytest.raises(OutsideError, match=r"gone\.tar\.gz: it answered 404"):
        FETCHER.get(Pin(url=f"{server.url}/gone.tar.gz", sha256="0" * 64))
    assert len(server.asked) == 1


@pytest.mark.parametrize("data", [DATA[:-1], b"", b"<html>Moved</html>"], ids=["truncated", "empty", "a page"])
def test_other_bytes_than_pinned_are_refused(server: FileServer, data: bytes, tmp_path: Path) -> None:
    pin = served(server)
    server.add("spam-1.0.tar.xz", data)
    with pytest.raises(
        OutsideError, match=f"its SHA-256 is {hashlib.sha256(data).hexdigest()}, {pin.sha256} is pinned"
    ):
        FETCHER.get(pin)
    assert [path.suffix for path in (tmp_path / "cache" / "downloads").iterdir()] in ([".lock"], [])


def test_a_redirect_is_followed(server: FileServer) -> None:
    pin = served(server)
    server.redirects["/latest"] = "/spam-1.0.tar.xz"
    assert FETCHER.get(Pin(url=f"{server.url}/latest", sha256=pin.sha256)).read_bytes() == DATA


def test_a_redirect_to_http_is_refused(server: FileServer) -> None:
    server.redirects["/latest"] = "http://127.0.0.1/spam-1.0.tar.xz"
    with pytest.raises(OutsideError, match=r"leads to http://127\.0\.0\.1/spam-1\.0\.tar\.xz, which is not https"):
        FETCHER.get(Pin(url=f"{server.url}/latest", sha256="0" * 64))


def test_a_redirect_in_a_circle_ends(server: FileServer) -> None:
    server.redirects["/latest"] = "/latest"
    with pytest.raises(OutsideError, match="redirects more than"):
        FETCHER.get(Pin(url=f"{server.url}/latest", sha256="0" * 64))


def test_a_certificate_nobody_vouches_for_is_refused(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    pin = served(server)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(OutsideError, match="its certificate is not trusted"):
        FETCHER.get(pin)


def test_a_mirror_is_asked_first_and_held_to_the_same_bytes(server: FileServer) -> None:
    pin = served(server)
    server.add("mirror/spam-1.0.tar.xz", b"something else")
    mirrors = {f"{server.url}/": f"{server.url}/mirror/"}
    assert Fetcher(mirrors=mirrors, pause=0).get(pin).read_bytes() == DATA
    assert [path for path, _ in server.asked] == ["/mirror/spam-1.0.tar.xz", "/spam-1.0.tar.xz"]


def test_a_file_is_there_without_a_network_once_it_was_fetched(server: FileServer) -> None:
    pin = served(server)
    offline = Fetcher(offline=True)
    with pytest.raises(OutsideError, match="is not in the cache"):
        offline.get(pin)
    FETCHER.get(pin)
    assert offline.get(pin).read_bytes() == DATA
    assert len(server.asked) == 1


def test_whoever_waits_hears_how_much_is_there(server: FileServer) -> None:
    heard: list[tuple[str, int, int | None]] = []
    Fetcher(tell=lambda *word: heard.append(word)).get(served(server))
    assert heard[-1] == ("spam-1.0.tar.xz", len(DATA), len(DATA))


def test_two_threads_and_a_process_fetch_it_once(server: FileServer) -> None:
    pin = served(server)
    code = f"from wheelyard.doors.downloads import *; Fetcher().get(Pin(url={pin.url!r}, sha256={pin.sha256!r}))"
    with ThreadPoolExecutor() as pool:
        other = pool.submit(subprocess.run, (sys.executable, "-c", code), check=True)
        places = list(pool.map(FETCHER.get, [pin, pin]))
        other.result()
    assert places[0].read_bytes() == DATA
    assert len(server.asked) == 1
