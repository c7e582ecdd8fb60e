"""Traffic that others recorded at the real GitHub, played to a client over real HTTP."""

from __future__ import annotations

import ast
import base64
import gzip
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

API, UPLOADS = "api.github.com", "uploads.github.com"
_KEPT = {"link", "location", "retry-after", "date", "content-type"}


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A recorded request and its answer."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def host(self) -> str:
        """The host that was asked."""
        return urlsplit(self.url).hostname or ""


@dataclass(kw_only=True)
class Player:
    """Plays exchanges, each once; `asked` are the host, the request and whether it had a token, as they came."""

    exchanges: list[Exchange]
    servers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, bool]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the API is."""
        return self.servers[API]

    def answer(self, host: str, method: str, path: str) -> Exchange | None:
        """The next answer that was recorded for this path, whatever its query."""
        for exchange in self.exchanges:
            if (exchange.host, exchange.method, urlsplit(exchange.url).path) == (host, method, urlsplit(path).path):
                self.exchanges.remove(exchange)
                return exchange
        return None

    def here(self, text: str) -> str:
        """A text with the addresses of GitHub's hosts turned to ours."""
        for host, url in self.servers.items():
            text = text.replace(f"https://{host}", url)
        return text


@contextmanager
def play(exchanges: Iterable[Exchange]) -> Iterator[Player]:
    """A server for each host that was recorded; GitHub's own two are one name, all others another."""
    player = Player(exchanges=list(exchanges))
    running = []
    for host in {API, UPLOADS, *(exchange.host for exchange in player.exchanges)}:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Host", (_Host,), {"player": player, "host": host}))
        server.daemon_threads = True
        name = "127.0.0.1" if host in {API, UPLOADS} else "localhost"
        player.servers[host] = f"http://{name}:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        running.append(server)
    try:
        yield player
    finally:
        for server in running:
            server.shutdown()
            server.server_close()


class _Host(BaseHTTPRequestHandler):
    player: Player
    host: str

    def log_message(self, *_: object) -> None:
        """Be quiet."""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.player.asked.append((self.host, f"{self.command} {self.path}", "Authorization" in self.headers))
        exchange = self.player.answer(self.host, self.command, self.path)
        if exchange is None:
            self.send_error(599, "nobody recorded this")
            return
        text = exchange.headers.get("content-type", "").startswith("application/json")
        body = self.player.here(exchange.body.decode()).encode() if text else exchange.body
        self.send_response_only(exchange.status)
        for name, value in exchange.headers.items():
            self.send_header(name, self.player.here(value))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815  # the names http.server looks for


def octokit(scenario: Path) -> list[Exchange]:
    """A scenario of @octokit/fixtures."""
    found = json.loads((scenario / "normalized-fixture.json").read_text())
    return [
        Exchange(
            method=each["method"].upper(),
            url=f"{each['scope'].removesuffix(':443')}{each['path']}",
            status=each["status"],
            headers=_headers(each["headers"].items()),
            body=json.dumps(each["response"]).encode() if each["response"] else b"",
        )
        for each in found
    ]


def betamax(cassette: Path) -> list[Exchange]:
    """A cassette of github3.py."""
    found = json.loads(cassette.read_text())["http_interactions"]
    return [
        Exchange(
            method=each["request"]["method"],
            url=each["request"]["uri"],
            status=each["response"]["status"]["code"],
            headers=_headers(each["response"]["headers"].items()),
            body=_unpacked(each["response"]["body"]),
        )
        for each in found
    ]


def replay(file: Path) -> list[Exchange]:
    """A file of PyGithub's ReplayData: ten lines an exchange, where a body of bytes is many lines of base64."""
    found = []
    lines = iter(file.read_text().splitlines())
    for scheme in lines:
        if not scheme:
            continue
        method, host, _, path, _, _, status, headers = (next(lines) for _ in range(8))
        kept = _headers(ast.literal_eval(headers))
        body = list(iter(lambda: next(lines, ""), ""))
        text = kept.get("content-type", "").startswith("application/json")
        content = "\n".join(body).encode() if text else b"".join(base64.b64decode(line) for line in body)
        url = f"{scheme}://{host}{path}"
        found.append(Exchange(method=method, url=url, status=int(status), headers=kept, body=content))
    return found


def _headers(given: Iterable[tuple[str, object]]) -> dict[str, str]:
    """The headers that a client goes by."""
    named = {name.lower(): value[0] if isinstance(value, list) else str(value) for name, value in given}
    return {name: value for name, value in named.items() if name in _KEPT or name.startswith("x-ratelimit")}


def _unpacked(body: Mapping[str, str]) -> bytes:
    content = base64.b64decode(body["base64_string"]) if "base64_string" in body else body["string"].encode()
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
