"""PyPI and TestPyPI as the real twine sees them: TLS, their own host names, trusted publishing, and their rules.

A CONNECT proxy maps the host names that twine knows to servers on loopback; a Sigstore beside them attests to the same
jobs. The answers follow the chapters "Upload API" and "Trusted Publishers" of PyPI's documentation.
"""

from __future__ import annotations

import base64
import hashlib
import json
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import trustme
from twine import repository, utils

from attestations import mistake
from fakeindex import FakeIndex, Reply, Upload, fake_index
from fakesigstore import FakeSigstore, fake_sigstore
from githubidentity import Issuer, workflow_file

CLAIM = {"repository": "ada/spam", "workflow": "wheels.yml", "environment": "pypi"}
MOST_BYTES = 1 << 20
MINT = "/_/oidc/mint-token"
AUDIENCE = "/_/oidc/audience"


def host(url: str) -> str:
    return urlsplit(url).netloc


UPLOAD, TEST, WEB = host(utils.DEFAULT_REPOSITORY), host(utils.TEST_REPOSITORY), host(repository.WAREHOUSE_WEB)


@dataclass(kw_only=True)
class Site:
    """One of the two indexes, its rules and its tokens."""

    index: FakeIndex
    identities: Issuer
    publisher: dict[str, str] = field(default_factory=lambda: dict(CLAIM))
    tokens: dict[str, int] = field(default_factory=dict)
    uses: int = 1_000_000
    quota: int = 1 << 30
    owner: str | None = None

    def gate(self, upload: Upload) -> Reply | None:
        """What PyPI says before it takes a file, or None."""
        scheme, _, encoded = upload.authorization.partition(" ")
        user, _, token = base64.b64decode(encoded).decode().partition(":") if scheme == "Basic" else ("", "", "")
        left = self.tokens.get(token, 0)
        if user != "__token__" or left < 1:
            return Reply(status=403, reason="Invalid or non-existent authentication information.")
        self.tokens[token] = left - 1
        return self._rules(upload) or self._attested(upload, trusted=token.startswith("pypi-minted"))

    def _rules(self, upload: Upload) -> Reply | None:
        if self.owner is not None:
            words = f"The user 'ada' isn't allowed to upload to project 'wy-sample', which {self.owner} has."
            return Reply(status=403, reason=words)
        if self.index.status.get("status") in {"archived", "quarantined"}:  # whoever it is loses the permission
            return Reply(status=403, reason="The user 'ada' isn't allowed to upload to project 'wy-sample'.")
        size = sum(map(len, self.index.held.values())) + len(upload.content)
        rules = (
            ("-linux_" in upload.file, f"Binary wheel {upload.file!r} has an unsupported platform tag 'linux_x86_64'."),
            ("+" in upload.fields.get("version", ""), "The use of local versions in <Version> is not allowed."),
            (
                "Nonsense" in upload.fields.get("classifiers", ""),
                "Invalid value for classifiers. Error: Classifier 'Nonsense' is not a valid classifier.",
            ),
            (
                len(upload.content) > MOST_BYTES,
                f"File too large. Limit for project 'wy-sample' is {MOST_BYTES >> 20} MB.",
            ),
            (size > self.quota, "Project size too large. Limit for project 'wy-sample' total size is 10 GB."),
        )
        return next((_refused(words) for broken, words in rules if broken), None)

    def _attested(self, upload: Upload, *, trusted: bool) -> Reply | None:
        """Keep the provenance of an upload, or refuse its attestations."""
        attestations = upload.fields.get("attestations")
        if attestations is None:
            return None
        words = None if trusted else "Attestations are only supported when using Trusted Publishing"
        sha256 = hashlib.sha256(upload.content).hexdigest()
        words = words or mistake(attestations, publisher=self.publisher, file=upload.file, sha256=sha256)
        if words:
            return _refused(f"Invalid attestations supplied during upload: {words}")
        if upload.file not in self.index.held:
            bundle = {"publisher": {"kind": "GitHub", **self.publisher}, "attestations": json.loads(attestations)}
            self.index.provenance[upload.file] = json.dumps({"version": 1, "attestation_bundles": [bundle]}).encode()
        return None

    def mint(self, body: bytes) -> Reply:
        """A token for an identity of the right workflow."""
        try:
            claims = self.identities.read(json.loads(body)["token"], audience="pypi")
        except jwt.InvalidTokenError:
            return _unminted("invalid-token", "malformed or invalid token")
        if not _matches(self.publisher, claims):
            return _unminted("invalid-publisher", "valid token, but no corresponding publisher")
        token = f"pypi-minted-{len(self.tokens)}"
        self.tokens[token] = self.uses
        return Reply(body=json.dumps({"success": True, "token": token}), kind="application/json")


def _matches(publisher: dict[str, str], claims: dict[str, Any]) -> bool:
    """Whether a job is the configured one; a publisher without an environment is for jobs of every one."""
    wanted = (publisher["repository"].lower(), publisher["workflow"])
    environments = {"", claims.get("environment", "").lower()}
    return wanted == (claims["repository"].lower(), workflow_file(claims)) and publisher["environment"] in environments


@dataclass(kw_only=True)
class FakePyPI:
    """Both sites, and the surroundings of a job on GitHub Actions to find them; `trusted` is Sigstore's file."""

    pypi: Site
    test: Site
    identities: Issuer
    sigstore: FakeSigstore
    trusted: Path
    environment: dict[str, str]
    identity: dict[str, str] = field(default_factory=lambda: dict(CLAIM))
    reached: set[str] = field(default_factory=set)
    proxy_login: str | None = None


@contextmanager
def fake_pypi(folder: Path) -> Iterator[FakePyPI]:
    """Both sites, running, with the certificate in `folder`."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(UPLOAD, TEST, WEB).configure_cert(context)
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    with ExitStack() as stack:
        identities = Issuer()
        sites = [Site(index=stack.enter_context(fake_index(tls=context)), identities=identities) for _ in range(2)]
        for site in sites:
            site.index.gate = site.gate
            site.index.pages[AUDIENCE] = [Reply(body='{"audience": "pypi"}', kind="application/json")]
            site.index.posts[MINT] = site.mint
        sigstore = stack.enter_context(fake_sigstore(identities))
        trusted = folder / "sigstore.json"
        trusted.write_text(sigstore.configuration())
        pypi, test = sites
        fake = FakePyPI(pypi=pypi, test=test, identities=identities, sigstore=sigstore, trusted=trusted, environment={})
        where = {UPLOAD: pypi, WEB: pypi, TEST: test}
        ports = {name: urlsplit(site.index.url).port or 0 for name, site in where.items()}
        proxy = stack.enter_context(_serve(_Proxy, fake=fake, ports=ports))
        issuer = stack.enter_context(_serve(_Issuer, fake=fake))
        fake.environment.update(
            HTTPS_PROXY=proxy,
            NO_PROXY="127.0.0.1",
            REQUESTS_CA_BUNDLE=str(folder / "ca.pem"),
            GITHUB_ACTIONS="true",
            GITHUB_REPOSITORY=CLAIM["repository"],
            GITHUB_WORKFLOW_REF=f"{CLAIM['repository']}/.github/workflows/{CLAIM['workflow']}@refs/tags/v1.0",
            ACTIONS_ID_TOKEN_REQUEST_URL=f"{issuer}/token?api-version=2",
            ACTIONS_ID_TOKEN_REQUEST_TOKEN="request-token",  # noqa: S106  # of nobody
            PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring",
        )
        yield fake


def _unminted(code: str, description: str) -> Reply:
    errors = [{"code": code, "description": description}]
    return Reply(status=422, body=json.dumps({"message": "Token request failed", "errors": errors}))


def _refused(words: str) -> Reply:
    page = f"<html><head><title>400 Bad Request</title></head><body><h1>400 Bad Request</h1>{words}</body></html>"
    return Reply(status=400, reason=words, kind="text/html; charset=UTF-8", body=page)


@contextmanager
def _serve(handler: type[BaseHTTPRequestHandler], **attributes: Any) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (handler,), attributes))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(BaseHTTPRequestHandler):
    fake: FakePyPI

    def log_message(self, *_: object) -> None:
        """Be quiet."""


class _Issuer(_Quiet):
    """Gives identities to jobs that may ask for them."""

    def do_GET(self) -> None:
        if self.headers.get("Authorization") != "bearer request-token":
            self.send_error(401)
            return
        audience = parse_qs(urlsplit(self.path).query)["audience"][0]
        token = self.fake.identities.token(**self.fake.identity, audience=audience)
        body = json.dumps({"value": token}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Proxy(_Quiet):
    """Lets connections through to the hosts there are, each to its server."""

    ports: dict[str, int]

    def do_CONNECT(self) -> None:
        name = self.path.partition(":")[0]
        wanted = self.fake.proxy_login
        if wanted is not None and self.headers.get("Proxy-Authorization") != wanted:
            self.send_error(407)
            return
        self.fake.reached.add(name)
        if name not in self.ports:
            self.send_error(403)
            return
        with socket.create_connection(("127.0.0.1", self.ports[name])) as inside:
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            _relay(self.connection, inside)
        self.close_connection = True


def _relay(one: socket.socket, other: socket.socket) -> None:
    peers = {one: other, other: one}
    while True:
        ready, _, _ = select.select((one, other), (), (), 60)
        for each in ready:
            try:
                data = each.recv(1 << 16)
                if not data:
                    return
                peers[each].sendall(data)
            except OSError:
                return
        if not ready:
            return
