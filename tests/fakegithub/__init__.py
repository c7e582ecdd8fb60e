"""A GitHub of our own: a process with three hosts (API, uploads, storage) that keeps real bytes in a folder.

In a test: `with fakegithub.serve(folder) as server:`, and `server.url`, `server.token`. Alone:
`cd tests; python -m fakegithub FOLDER` prints where it is.

How it is set up is in `rules`, what it knows in `world`, what it answers in `routes`, and what goes wrong in `faults`.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fakegithub.documents import ENTERPRISE, Json
from fakegithub.rules import READER, WRITER
from fakegithub.site import CONTROL, EXCHANGES

_TESTS = str(Path(__file__).parent.parent)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and its answer, as the server saw them; bodies only where they are JSON."""

    host: str
    method: str
    path: str
    status: int
    authorized: bool
    received: int
    sent: int
    agent: str = ""
    fault: str | None = None
    request: Any = None
    answer: Any = None
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running fake: where its hosts are, tokens to give to clients, and a look behind the scenes."""

    url: str
    uploads: str
    storage: str
    folder: Path
    token: str = WRITER
    reader: str = READER
    repository: str = "ada/spam"

    def rules(self, **changes: Any) -> None:
        """Change some of `rules.Rules`."""
        self._control("rules", changes)

    def fault(self, kind: str, on: str = "", *, skip: int = 0, times: int = 1, seconds: float = 0.0) -> None:
        """Let one of `faults.KINDS`, or a status, befall the requests that `on` is found in."""
        self._control("fault", {"kind": kind, "on": on, "skip": skip, "times": times, "seconds": seconds})

    def chaos(self, seed: int, *, rate: float, kinds: tuple[str, ...] = ()) -> None:
        """Let any fault, or one of `kinds`, befall this share of requests; a rate of 0 ends it."""
        self._control("chaos", {"seed": seed, "rate": rate, "kinds": kinds})

    def reset(self) -> None:
        """Forget all: releases, rules, faults, exchanges."""
        self._control("reset", {})

    def seed(self, tag: str, files: Mapping[str, bytes] | None = None, **facts: Any) -> int:
        """Put a release there, a draft unless `draft=False`; a file whose name ends in `!` is in `starter`."""
        encoded = {name: base64.b64encode(content).decode() for name, content in (files or {}).items()}
        number: int = self._control("seed", {"release": {"tag_name": tag, "draft": True, **facts}, "files": encoded})
        return number

    def releases(self) -> list[Json]:
        """Every release with its assets, as they are kept: `assets` maps names to their facts."""
        found: list[Json] = self._control("state", {})["releases"]
        return found

    def latest(self) -> str | None:
        """The tag of the release that is marked as the latest."""
        tag: str | None = self._control("state", {})["latest"]
        return tag

    def content(self, tag: str, name: str) -> bytes:
        """The bytes of an asset."""
        (release,) = (each for each in self.releases() if each["tag"] == tag)
        return (self.folder / str(release["assets"][name]["id"])).read_bytes()

    def exchanges(self) -> list[Exchange]:
        """All that was asked and answered, oldest first."""
        lines = (self.folder / EXCHANGES).read_text().splitlines()
        return [Exchange(**json.loads(line)) for line in lines]

    def _control(self, name: str, body: Json) -> Any:
        import requests  # noqa: PLC0415  # the process that serves needs none of it

        answer = requests.post(f"{self.url}{CONTROL}{name}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()["done"]


@contextmanager
def serve(folder: Path, **rules: Any) -> Iterator[Server]:
    """A running fake, stopped at the end; `rules` are those of `rules.Rules`."""
    folder.mkdir(parents=True, exist_ok=True)
    command, env = (sys.executable, "-m", __name__, folder), {**os.environ, "PYTHONPATH": _TESTS}
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        hosts = json.loads(process.stdout.readline())
        server = Server(url=hosts["api"], uploads=hosts["uploads"], storage=hosts["storage"], folder=folder)
        try:
            if rules:
                server.rules(**rules)
            if rules.get("enterprise"):
                server = replace(server, url=f"{server.url}{ENTERPRISE}")
            yield server
        finally:
            process.stdin.close()
