"""Files over https on loopback, with the ways in which a server fails."""

from __future__ import annotations

import hashlib
import os
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import certifi
import pytest


@dataclass
class FileServer:
    """`files` by path, and what goes wrong: `statuses` answered first, bytes after which a connection ends."""

    files: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    ranges: bool = True
    url: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def add(self, name: str, data: bytes) -> tuple[str, str]:
        """Serve a file; its URL and SHA-256."""
        self.files[f"/{name}"] = data
        return f"{self.url}/{name}", hashlib.sha256(data).hexdigest()


@contextmanager
def file_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """A running server whose certificate this process, and those it starts, trust."""
    trustme = pytest.importorskip("trustme", reason="trustme is not installed: it comes with the group `test`")
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    usual = Path(os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where()).read_bytes()
    (folder / "authority.pem").write_bytes(usual + authority.cert_pem.bytes())
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / "authority.pem"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    fake = FileServer()

    class Handler(_Handler):
        server_of = fake

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    fake.url = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server_of: FileServer

    def do_GET(self) -> None:  # http.server's name
        fake = self.server_of
        asked = self.headers.get("Range")
        fake.asked.append((self.path, asked))
        if fake.statuses:
            return self._answer(fake.statuses.pop(0))
        if self.path in fake.redirects:
            return self._answer(302, Location=fake.redirects[self.path])
        data = fake.files.get(self.path)
        if data is None:
            return self._answer(404)
        found = re.fullmatch(r"bytes=(\d+)-", asked or "") if fake.ranges else None
        start = int(found[1]) if found else 0
        if start and start >= len(data):
            return self._answer(416)
        named = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if found else {}
        return self._answer(206 if found else 200, data[start:], **named)

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body and self.server_of.cuts:
            self.wfile.write(body[: self.server_of.cuts.pop(0)])
            self.close_connection = True
            return
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
