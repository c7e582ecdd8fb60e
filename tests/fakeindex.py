"""A package index of our own over real HTTP, with real bytes, that fails exactly where a test says."""

from __future__ import annotations

import re
import ssl
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

import simplepages
from simplepages import JSON, Shown


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer instead of the usual one; `drop` closes the connection without any, after `store`."""

    status: int = 200
    reason: str | None = None
    body: str = ""
    kind: str = "text/plain"
    headers: dict[str, str] = field(default_factory=dict)
    store: bool = False
    drop: bool = False


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One upload as it arrived."""

    file: str
    content: bytes
    fields: dict[str, str]
    authorization: str


Fault = Callable[[str], Reply | None]


@dataclass(kw_only=True)
class FakeIndex:
    """What the index holds and what happened to it.

    `faults` are asked in turn, by the number of the upload from 1 or 0 for all, before a file is taken; then `gate` is.
    `pages` answers GETs and `posts` POSTs by the path. `shows` says whether a file is shown yet. `on_bytes` hears of
    every piece received. `resent` are files that arrived though the index had them.

    With a `serial`, that of the empty project, pages have the numbers and ETags of PyPI's, come with the headers in
    `cache`, and from a node that has not heard of the last `lag` changes; `unchanged` counts those not sent again.
    `offers` is the METADATA served for that of a wheel; `status` is that of PEP 792.
    """

    url: str = ""
    held: dict[str, bytes] = field(default_factory=dict)
    provenance: dict[str, bytes] = field(default_factory=dict)
    faults: dict[int, Fault] = field(default_factory=dict)
    pages: dict[str, list[Reply]] = field(default_factory=dict)
    shows: Callable[[str], bool] = lambda _file: True
    shown_digest: Callable[[str, str], str | None] = lambda _file, digest: digest
    on_bytes: Callable[[int], None] = lambda _count: None
    gate: Callable[[Upload], Reply | None] = lambda _upload: None
    posts: dict[str, Callable[[bytes], Reply]] = field(default_factory=dict)
    serial: int | None = None
    lag: Callable[[], int] = lambda: 0
    cache: dict[str, str] = field(default_factory=dict)
    offers: Callable[[bytes], bytes] = lambda metadata: metadata
    status: dict[str, str] = field(default_factory=dict)
    unchanged: int = 0
    html: bool = False
    keeps: bool = False  # connections open after an answer, as the large indexes do
    login: str | None = None
    accepted: Counter[str] = field(default_factory=Counter)
    order: list[str] = field(default_factory=list)
    resent: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    received: int = 0
    connections: int = 0
    open: int = 0
    came: threading.Condition = field(default_factory=threading.Condition)
    guard: threading.Lock = field(default_factory=threading.Lock)
    most_at_once: int = 0
    now: int = 0

    @property
    def upload(self) -> str:
        """Where twine sends files."""
        return f"{self.url}/legacy/"

    def settle(self) -> None:
        """Wait until all that clients that are gone had sent is taken in: connections are accepted in their order."""
        requests.get(self.simple, timeout=30)
        with self.came:
            assert self.came.wait_for(lambda: self.open == 0, timeout=30)

    @property
    def simple(self) -> str:
        """Where installers look."""
        return f"{self.url}/simple/"


@contextmanager
def fake_index(*, tls: ssl.SSLContext | None = None, **settings: Any) -> Iterator[FakeIndex]:
    """A running index, over TLS if there is a context, stopped at the end."""
    index = FakeIndex(**settings)

    class Handler(_Handler):
        fake = index
        protocol_version = "HTTP/1.1" if index.keeps else "HTTP/1.0"

    server = _Server(("127.0.0.1", 0), Handler)
    server.tls, server.fake = tls, index
    index.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    tls: ssl.SSLContext | None = None
    fake: FakeIndex

    def get_request(self) -> tuple[Any, Any]:
        """Accept a connection; the handshake is left to its own thread."""
        connection, address = super().get_request()
        with self.fake.came:
            self.fake.connections += 1
            self.fake.open += 1
            self.fake.came.notify_all()
        if self.tls is not None:
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """End a connection, whoever ended it first."""
        super().shutdown_request(request)
        with self.fake.came:
            self.fake.open -= 1
            self.fake.came.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away, or do not trust us: tests have them do so."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    fake: FakeIndex
    disable_nagle_algorithm = True  # or the body of an answer waits 40 ms for the receipt of its headers

    def log_message(self, *_: object) -> None:
        """Be quiet."""

    def do_GET(self) -> None:
        fake = self.fake
        fake.requests.append(f"GET {self.path}")
        if replies := fake.pages.get(self.path):
            self._reply(replies.pop(0) if len(replies) > 1 else replies[0])
        elif fake.login is not None and self.headers.get("Authorization") != fake.login:
            self._reply(Reply(status=401))
        elif self.path == "/simple/":
            self._reply(Reply(kind="text/html", body="<html></html>"))
        elif self.path.endswith(".whl.metadata"):
            self._send(200, "application/octet-stream", fake.offers(self._metadata(self.path)))
        elif self.path.startswith("/files/"):
            self._send(200, "application/octet-stream", fake.held[self.path.removeprefix("/files/")])
        elif self.path.startswith("/integrity/"):
            kind = "application/vnd.pypi.integrity.v1+json"
            self._send(200, kind, fake.provenance[self.path.removeprefix("/integrity/")])
        else:
            self._project()

    def do_POST(self) -> None:
        fake = self.fake
        with fake.guard:
            fake.now += 1
            fake.most_at_once = max(fake.most_at_once, fake.now)
        try:
            body = self._body()
            if body is not None and self.path in fake.posts:
                self._reply(fake.posts[self.path](body))
            elif body is not None:
                self._take(body)
        finally:
            with fake.guard:
                fake.now -= 1

    def _body(self) -> bytes | None:
        """The whole body, or None where the sender went away."""
        left, parts = int(self.headers["Content-Length"]), []
        while left:
            part = self.rfile.read1(min(left, 1 << 14))
            if not part:
                return None
            parts.append(part)
            left -= len(part)
            with self.fake.guard:
                self.fake.received += len(part)
                received = self.fake.received
            self.fake.on_bytes(received)
        return b"".join(parts)

    def _take(self, body: bytes) -> None:
        fake = self.fake
        fields, file, content = _form(self.headers["Content-Type"], body)
        authorization = self.headers.get("Authorization", "")
        upload = Upload(file=file, content=content, fields=fields, authorization=authorization)
        with fake.guard:
            fake.order.append(file)
            if file in fake.held:
                fake.resent.append(file)
            number = len(fake.order)
        fault = fake.faults.get(number) or fake.faults.get(0)
        reply = fault(file) if fault else None
        if reply is None:
            with fake.guard:
                reply = fake.gate(upload)
        if reply is None:
            reply = self._usual(file, content)
        if reply.store:
            with fake.guard:
                fake.held[file] = content
                fake.accepted[file] += 1
            simplepages.prepare(content)
        self._reply(reply)

    def _usual(self, file: str, content: bytes) -> Reply:
        fake = self.fake
        if fake.login is not None and self.headers.get("Authorization") != fake.login:
            return Reply(status=403, reason="Invalid or non-existent authentication information.")
        with fake.guard:
            there = fake.held.get(file)
        if there is None:
            return Reply(store=True)
        if there == content:
            return Reply()
        return Reply(status=400, reason=f"File already exists ({file!r}).")

    def _metadata(self, path: str) -> bytes:
        name = path.removeprefix("/files/").removesuffix(".metadata")
        return simplepages.metadata(self.fake.held[name]) or b""

    def _project(self) -> None:
        fake = self.fake
        with fake.guard:
            heard = dict(list(fake.held.items())[: max(0, len(fake.held) - fake.lag())])
        files = [self._shown(name, content) for name, content in sorted(heard.items()) if fake.shows(name)]
        if not files and not fake.status:
            self._reply(Reply(status=404))
            return
        serial = None if fake.serial is None else fake.serial + len(heard)
        make, kind = (simplepages.as_html, "text/html; charset=utf-8") if fake.html else (simplepages.as_json, JSON)
        body = make(files, status=fake.status, serial=serial)
        if serial is None:
            self._reply(Reply(kind=kind, body=body))
            return
        etag = f'"{simplepages.sha256(body.encode())[:22]}"'
        headers = {"ETag": etag, **fake.cache}
        if self.headers.get("If-None-Match") == etag:
            fake.unchanged += 1
            self._reply(Reply(status=304, headers=headers))
        else:
            self._reply(Reply(kind=kind, body=body, headers={**headers, "X-PyPI-Last-Serial": str(serial)}))

    def _shown(self, name: str, content: bytes) -> Shown:
        metadata = simplepages.metadata(content)
        return Shown(
            name=name,
            sha256=self.fake.shown_digest(name, simplepages.sha256(content)),
            size=len(content),
            metadata=None if metadata is None else simplepages.sha256(self.fake.offers(metadata)),
            attested=name in self.fake.provenance,
        )

    def _reply(self, reply: Reply) -> None:
        if reply.drop:
            self.close_connection = True
            self.connection.shutdown(2)
            return
        self._send(reply.status, reply.kind, reply.body.encode(), reason=reply.reason, headers=reply.headers)

    def _send(
        self, status: int, kind: str, body: bytes, *, reason: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status, reason)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _form(kind: str, body: bytes) -> tuple[dict[str, str], str, bytes]:
    """The fields of an upload form, several of a name as lines, and its file; `email` would change line ends in it."""
    boundary = kind.partition("boundary=")[2].strip('"').encode()
    fields: dict[str, str] = {}
    file, payload = "", b""
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        name = re.search(rb'name="([^"]+)"(?:; filename="([^"]+)")?', head)
        assert name is not None, head
        if name[2] is None:
            before = fields.get(name[1].decode())
            fields[name[1].decode()] = content.decode() if before is None else f"{before}\n{content.decode()}"
        else:
            file, payload = name[2].decode(), content
    return fields, file, payload
