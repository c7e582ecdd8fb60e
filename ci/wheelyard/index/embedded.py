"""Run a package index of our own, on loopback, for as long as it is needed."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

from wheelyard.doors import files, toolbox
from wheelyard.errors import OutsideError
from wheelyard.index.reader import Login

# pypiserver's own wsgi server takes one request at a time, and stores what a broken connection left of a file;
# waitress takes requests in whole, side by side.
REQUIREMENTS = ("pypiserver==2.4.2", "waitress==3.0.2")
LOGIN: Login = ("anyone", "anything")
START_SECONDS = 60

# Runs in the environment of the server. It listens on a port the system chooses, and says which; it ends when its
# standard input does, so that it never outlives the program that started it, however that ends.
_SERVE = """\
import os, sys, threading
import pypiserver, waitress
app = pypiserver.app(roots=[sys.argv[1]], password_file=".", authenticate=[], disable_fallback=True, hash_algo="sha256")
server = waitress.create_server(app, host="127.0.0.1", port=0, max_request_body_size=4 << 30, ident=None)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
print(server.effective_port, flush=True)
server.run()
"""


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running index: where files go, and where installers look. Any user name and password will do."""

    upload: str
    simple: str
    login: Login = LOGIN


@contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """An index over the distributions in `folder`, stopped at the end whatever happens.

    It refuses a file name it has, and knows nothing of any other index. The first call installs pypiserver.
    """
    python = toolbox.environment("pypiserver", REQUIREMENTS)
    command = (str(python), "-c", _SERVE, str(files.folder(folder)))
    with files.scratch("index") as scratch, (scratch / "log").open("w+b") as log:
        server = subprocess.Popen(
            command, cwd=scratch, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            port = _port(server.stdout)
            if not port.strip().isdecimal():
                log.seek(0)
                last = log.read().decode(errors="replace").strip().splitlines()[-5:]
                raise OutsideError("The embedded index did not start: " + "\n".join(last or ["no reason given"]))
            base = f"http://127.0.0.1:{port.strip()}/"
            with _past_proxies():
                yield Served(upload=base, simple=f"{base}simple/")
        finally:
            _stop(server)


@contextmanager
def _past_proxies() -> Iterator[None]:
    """Have requests and pip reach loopback directly where a proxy is set: they take that from the environment only."""
    names = ("NO_PROXY", "no_proxy")
    before = {name: os.environ.get(name) for name in names}
    for name in names:
        os.environ[name] = ",".join(filter(None, (before[name], "127.0.0.1")))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _port(stream: IO[str] | None) -> str:
    """The first line of a program, or nothing where none comes in time."""
    lines: SimpleQueue[str] = SimpleQueue()
    if stream is not None:
        threading.Thread(target=lambda: lines.put(stream.readline()), daemon=True).start()
    with suppress(Empty):
        return lines.get(timeout=START_SECONDS)
    return ""


def _stop(server: subprocess.Popen[str]) -> None:
    server.kill()
    server.wait()
    for stream in (server.stdin, server.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
