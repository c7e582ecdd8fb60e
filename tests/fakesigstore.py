"""A Sigstore of our own that the real client signs with: Fulcio and the first version of Rekor, over real HTTP.

Nothing is skipped: a token is verified, a certificate request too, certificates come with word from a log, entries with
promise, proof and checkpoint, and whoever trusts `configuration` verifies all of it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

import jwt
import platformdirs
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from sigstore._internal.tuf import DEFAULT_TUF_URL
from sigstore.models import ClientTrustConfig

from fakeindex import Reply
from githubidentity import Issuer
from sigstoreca import ORGANIZATION, Authority, spki
from sigstorelog import Log, Unfit

FULCIO, REKOR = "/api/v2/signingCert", "/api/v1/log/entries"
_BEGIN = {"start": "2020-01-01T00:00:00Z"}


@dataclass(kw_only=True)
class FakeSigstore:
    """Both services. `faults` are asked, by the path, before an answer is made; `lives` are seconds of certificates."""

    identities: Issuer
    url: str = ""
    authority: Authority = field(default_factory=Authority)
    log: Log = field(default_factory=Log)
    lives: list[int] = field(default_factory=list)
    faults: dict[str, Callable[[], Reply | None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)
    most_at_once: int = 0
    now: int = 0

    @property
    def certificates(self) -> int:
        """How many certificates were asked for."""
        return self.asked.count(FULCIO)

    def configuration(self) -> str:
        """The client trust configuration of this instance, as JSON."""
        document = {
            "mediaType": ClientTrustConfig.ClientTrustConfigType.CONFIG_0_1.value,
            "trustedRoot": self.root(),
            "signingConfig": {
                "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
                "caUrls": [_service(self.url)],
                "rekorTlogUrls": [_service(self.url)],
                "rekorTlogConfig": {"selector": "ANY"},
            },
        }
        return json.dumps(document)

    def root(self) -> dict[str, Any]:
        """Whom to trust: the authority, its log, and the log of signatures."""
        chain = [{"rawBytes": _base64(each.public_bytes(Encoding.DER))} for each in self.authority.chain]
        authority = {
            "subject": {"organization": ORGANIZATION, "commonName": "root"},
            "uri": self.url,
            "certChain": {"certificates": chain},
            "validFor": _BEGIN,
        }
        return {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [_log(self.url, self.log.key)],
            "certificateAuthorities": [authority],
            "ctlogs": [_log(f"{self.url}/ct", self.authority.log)],
        }

    def pose(self) -> None:
        """Stand in for the public instance in the real client's cache, which is all that it looks at offline."""
        cache = platformdirs.user_cache_path("sigstore-python", "sigstore")
        folder = cache / "tuf" / quote(DEFAULT_TUF_URL, safe="")
        folder.mkdir(parents=True)
        (folder / "trusted_root.json").write_text(json.dumps(self.root()))

    def answer(self, path: str, body: dict[str, Any], authorization: str) -> Reply:
        """What Fulcio or Rekor says."""
        if path == REKOR:
            try:
                return _json(201, self.log.add(body))
            except Unfit as error:
                return _json(400, {"code": 400, "message": str(error)})
        try:
            claims = self.identities.read(authorization.removeprefix("Bearer "), audience="sigstore")
        except jwt.InvalidTokenError as error:
            return _json(401, {"code": 16, "message": f"There was an error processing the identity token: {error}"})
        request = x509.load_pem_x509_csr(base64.b64decode(body["certificateSigningRequest"]))
        key = request.public_key()
        if not request.is_signature_valid or not isinstance(key, ec.EllipticCurvePublicKey):
            return _json(400, {"code": 3, "message": "The signature supplied in the request could not be verified"})
        seconds = self.lives.pop(0) if self.lives else 600
        chain = (self.authority.certify(key, claims, seconds=seconds), *self.authority.chain)
        pem = [each.public_bytes(Encoding.PEM).decode() for each in chain]
        return _json(201, {"signedCertificateEmbeddedSct": {"chain": {"certificates": pem}}})


@contextmanager
def fake_sigstore(identities: Issuer) -> Iterator[FakeSigstore]:
    """A running Sigstore that believes the tokens of `identities`."""
    fake = FakeSigstore(identities=identities)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": fake}))
    server.daemon_threads = True
    fake.log.name = f"127.0.0.1:{server.server_address[1]}"
    fake.url = f"http://{fake.log.name}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    fake: FakeSigstore
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body in one piece: apart, each answer takes 40 ms

    def log_message(self, *_: object) -> None:
        """Be quiet."""

    def do_POST(self) -> None:
        fake = self.fake
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with fake.guard:
            fake.asked.append(self.path)
            fake.now += 1
            fake.most_at_once = max(fake.most_at_once, fake.now)
        try:
            fault = fake.faults.get(self.path)
            reply = fault() if fault else None
            self._send(reply or fake.answer(self.path, body, self.headers.get("Authorization", "")))
        finally:
            with fake.guard:
                fake.now -= 1

    def _send(self, reply: Reply) -> None:
        if reply.drop:
            self.close_connection = True
            self.connection.shutdown(2)
            return
        body = reply.body.encode()
        self.send_response(reply.status, reply.reason)
        for name, value in {"Content-Type": reply.kind, "Content-Length": str(len(body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _json(status: int, document: dict[str, Any]) -> Reply:
    return Reply(status=status, kind="application/json", body=json.dumps(document))


def _service(url: str) -> dict[str, Any]:
    return {"url": url, "majorApiVersion": 1, "validFor": _BEGIN, "operator": ORGANIZATION}


def _log(url: str, key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    public = spki(key.public_key())
    return {
        "baseUrl": url,
        "hashAlgorithm": "SHA2_256",
        "publicKey": {"rawBytes": _base64(public), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": _BEGIN},
        "logId": {"keyId": _base64(hashlib.sha256(public).digest())},
    }


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
