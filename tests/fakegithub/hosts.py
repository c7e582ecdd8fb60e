"""The process of a fake GitHub: three hosts on loopback, bytes to and from disk, faults where they are due."""

from __future__ import annotations

import hashlib
import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fakegithub import routes
from fakegithub.answers import NAMES, Answer, Request, refusal
from fakegithub.documents import ENTERPRISE, ENTERPRISE_UPLOADS
from fakegithub.faults import Fault
from fakegithub.site import CONTROL, EXCHANGES, Site
from fakegithub.world import Asset, Refused, Release

PROXIED = {url: name for name, url in NAMES.items()}
_CHUNK = 1 << 16
_DRAINED = 1 << 26  # bytes of a refused upload that are read before it is told


class Gone(Exception):  # noqa: N818  # the connection is
    """The connection ends here, without an answer."""


class Handler(BaseHTTPRequestHandler):
    """One connection to one host."""

    site: Site
    name: str
    protocol_version = "HTTP/1.1"
    received = 0
    fault: Fault | None = None

    def log_message(self, *_: object) -> None:
        """Be quiet."""

    def do_GET(self) -> None:
        """Answer, break off, or do what a test asks for behind the scenes."""
        self.received, self.fault = 0, None
        address = urlsplit(self.path)  # absolute where a client takes this host for a proxy
        self.host = PROXIED.get(f"{address.scheme}://{address.netloc}", self.name)
        if address.path.startswith(ENTERPRISE_UPLOADS):
            self.host = "uploads"
        self.where = address.path.removeprefix(ENTERPRISE).removeprefix(ENTERPRISE_UPLOADS)
        self.query = dict(parse_qsl(address.query, keep_blank_values=True))
        try:
            if self.where.startswith(CONTROL):
                self._control(self.where.removeprefix(CONTROL))
            else:
                self._serve()
        except Gone:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset
            self.connection.close()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_POST = do_PATCH = do_DELETE = do_PUT = do_HEAD = do_GET  # noqa: N815  # the names http.server looks for

    def _control(self, name: str) -> None:
        with self.site.lock:
            done = getattr(self.site, name)(json.loads(b"".join(self._body())))
        self._send(Answer(body={"done": done}))

    def _serve(self) -> None:
        site = self.site
        time.sleep(site.door.world.rules.latency)
        with site.lock:
            self.fault = site.faults.next(f"{self.host} {self.command} {self.where}")
        kind, seconds = (self.fault.kind, self.fault.seconds) if self.fault else ("", 0.0)
        if kind == "slow":
            time.sleep(seconds)
        elif kind == "clock":
            with site.lock:
                site.door.world.rules.skew += seconds
        {"api": self._api, "uploads": self._upload, "storage": self._storage}[self.host](kind)

    def _api(self, kind: str) -> None:
        request = self._request(b"".join(self._body()))
        if kind == "reset":
            self._note(request, Answer(status=0))
            raise Gone
        if kind.isdigit():
            answer = self._failed(kind)
        else:
            with self.site.lock:
                answer = routes.answer(self.site.door, request)
        self._reply(request, answer)

    def _upload(self, kind: str) -> None:
        """An upload is in state `starter` until its last byte has come."""
        request, site = self._request(b""), self.site
        if kind in {"403", "429"}:
            self._refuse(request, self._failed(kind))
            return
        try:
            with site.lock:
                release, asset = site.door.begin_upload(request)
        except Refused as refused:
            self._refuse(request, refusal(refused))
            return
        size, sha256 = self._keep(asset, most=(request.size or 0) // 2 if kind == "reset" else None)
        if kind == "reset" or size != request.size:
            self._note(request, Answer(status=0))
            raise Gone
        self._reply(request, self._taken(release, asset, kind, size=size, sha256=sha256))

    def _taken(self, release: Release, asset: Asset, kind: str, *, size: int, sha256: str) -> Answer:
        if kind.isdigit() and kind != "422":
            return self._failed(kind)
        try:
            with self.site.lock:
                answer = self.site.door.end_upload(release, asset, size=size, sha256=sha256)
        except Refused as refused:
            return refusal(refused)
        error = {"resource": "ReleaseAsset", "code": "already_exists", "field": "name"}
        return refusal(Refused(422, "Validation Failed", error)) if kind == "422" else answer

    def _keep(self, asset: Asset, *, most: int | None) -> tuple[int, str]:
        """Write what comes to disk; its size and digest."""
        size, digest = 0, hashlib.sha256()
        with self.site.door.world.bytes_of(asset).open("wb") as file:
            for chunk in self._body():
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                if most is not None and size >= most:
                    break
        return size, digest.hexdigest()

    def _storage(self, kind: str) -> None:
        request = self._request(b"".join(self._body()))
        with self.site.lock:
            answer = self.site.door.stored(self.where, self.query, authorized="Authorization" in self.headers)
        self._reply(request, self._failed(kind) if kind.isdigit() else answer, half=kind == "truncated")

    def _request(self, body: bytes) -> Request:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        length = self.headers.get("Content-Length")
        return Request(
            method=self.command,
            path=self.where,
            query=self.query,
            token=(token.strip() if scheme.lower() in {"bearer", "token"} else "") if scheme else None,
            accept=self.headers.get("Accept", ""),
            content_type=self.headers.get("Content-Type", ""),
            size=int(length) if length and length.isdigit() else None,
            body=body,
        )

    def _body(self, most: int = sys.maxsize) -> Iterator[bytes]:
        """The body in pieces; it just ends where the sender went away."""
        left = min(int(self.headers.get("Content-Length") or 0), most)
        while left:
            chunk = self.rfile.read1(min(left, _CHUNK))
            if not chunk:
                return
            left -= len(chunk)
            self.received += len(chunk)
            yield chunk

    def _failed(self, status: str) -> Answer:
        """A failure of GitHub's own making."""
        if status in {"403", "429"} and self.fault is not None:
            wait = {"Retry-After": str(int(self.fault.seconds))}
            return refusal(Refused(int(status), "You have exceeded a secondary rate limit.", headers=wait))
        return Answer(status=int(status), body={"message": "Server Error"})

    def _refuse(self, request: Request, answer: Answer) -> None:
        """Say no to an upload once its bytes are read, so that the sender hears it."""
        for _ in self._body(_DRAINED):
            pass
        self.close_connection = self.received != request.size
        self._reply(request, answer)

    def _reply(self, request: Request, answer: Answer, *, half: bool = False) -> None:
        self._note(request, answer)
        if self.fault is not None and self.fault.kind == "lost":
            raise Gone
        self._send(answer, half=half)

    def _send(self, answer: Answer, *, half: bool = False) -> None:
        body = answer.body.read_bytes() if isinstance(answer.body, Path) else _encoded(answer.body)
        self.send_response_only(answer.status)
        self.send_header("Date", formatdate(self.site.door.world.now(), usegmt=True))
        kind = "application/octet-stream" if isinstance(answer.body, Path) else "application/json; charset=utf-8"
        limits = self.site.door.headers() if self.host != "storage" else {}
        for name, value in {**limits, "Content-Type": kind, "Content-Length": str(len(body)), **answer.headers}.items():
            if answer.status != 204 or name not in {"Content-Type", "Content-Length"}:
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if half else body)
        if half:
            self.close_connection = True

    def _note(self, request: Request, answer: Answer) -> None:
        """Write down what was asked and answered, and never a token."""
        known = isinstance(answer.body, dict | list)
        size = answer.body.stat().st_size if isinstance(answer.body, Path) else len(_encoded(answer.body))
        line = {
            "host": self.host,
            "method": request.method,
            "path": urlsplit(self.path)._replace(scheme="", netloc="").geturl(),
            "status": answer.status,
            "authorized": request.token is not None,
            "received": self.received,
            "sent": size,
            "agent": self.headers.get("User-Agent", ""),
            "fault": self.fault.kind if self.fault else None,
            "request": json.loads(request.body) if request.body[:1] == b"{" else None,
            "answer": answer.body if known else None,
            "content_type": request.content_type,
            "headers": dict(answer.headers),
        }
        with self.site.lock, (self.site.folder / EXCHANGES).open("a") as file:
            file.write(json.dumps(line) + "\n")


def _encoded(body: Any) -> bytes:
    return b"" if body is None or isinstance(body, Path) else json.dumps(body).encode()


class _Host(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that were killed: tests have them be."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def main(folder: Path) -> None:
    """Print where the hosts are, as one line of JSON, and serve until the input ends."""
    servers = {name: _Host(("127.0.0.1", 0), Handler) for name in ("api", "uploads", "storage")}
    names = {"api": "127.0.0.1", "uploads": "127.0.0.1", "storage": "localhost"}
    hosts = {name: f"http://{names[name]}:{server.server_address[1]}" for name, server in servers.items()}
    site = Site(folder=folder, hosts=hosts)
    for name, server in servers.items():
        server.RequestHandlerClass = type("Handler", (Handler,), {"site": site, "name": name})
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    print(json.dumps(hosts), flush=True)
    sys.stdin.read()
