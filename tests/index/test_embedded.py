"""The embedded index is the real pypiserver: it serves what it was given, and never outlives its user."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import killing
from releases import make_bundle, make_project, make_wheelhouse
from support import MakeRepository
from wheelyard import cli
from wheelyard.errors import Exit, FindingsError
from wheelyard.index import account, embedded
from wheelyard.index.embedded import Served
from wheelyard.index.publishing import Publishing
from wheelyard.index.uploads import Outcome, Sent
from wheelyard.releasing.manifest import File
from wheelyard.stores import Bundle

pytestmark = pytest.mark.peers


class Nobody:
    """Watches without a word."""

    def progress(self, file: File, done: int) -> None:
        """Hear of bytes."""

    def ended(self, report: Sent) -> None:
        """Hear of files."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with embedded.serve(tmp_path / "index") as running:
        yield running


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return make_bundle(tmp_path / "made", data=os.urandom(400_000))


def publish(served: Served, bundle: Bundle) -> set[Outcome]:
    chosen = account.resolve(served.upload, login=served.login)
    task = Publishing(made=bundle.manifest, account=chosen, reader=chosen.reader())
    reports = task.send(task.compare(), bundle.paths, parallel=4, watch=Nobody(), wait=10)
    return {report.outcome for report in reports}


def answers(url: str) -> bool:
    try:
        socket.create_connection((urlsplit(url).hostname or "", urlsplit(url).port or 0), timeout=1).close()
    except OSError:
        return False
    return True


def test_a_release_goes_in_and_is_shown_with_its_digests(served: Served, bundle: Bundle, tmp_path: Path) -> None:
    assert publish(served, bundle) == {Outcome.UPLOADED}
    assert {path.name for path in (tmp_path / "index").iterdir()} == set(bundle.paths)
    assert publish(served, bundle) == {Outcome.THERE}


def test_other_bytes_under_a_name_are_refused(served: Served, bundle: Bundle, tmp_path: Path) -> None:
    publish(served, bundle)
    with pytest.raises(FindingsError, match="never be used again"):
        publish(served, make_bundle(tmp_path / "other", data=b"other"))


def test_a_connection_that_breaks_off_leaves_nothing(served: Served, bundle: Bundle, tmp_path: Path) -> None:
    name, path = next(iter(bundle.paths.items()))
    disposition = f'form-data; name="content"; filename="{name}"'
    head = (
        '--b\r\nContent-Disposition: form-data; name=":action"\r\n\r\nfile_upload\r\n'
        f"--b\r\nContent-Disposition: {disposition}\r\n\r\n"
    )
    connection = http.client.HTTPConnection(urlsplit(served.upload).netloc, timeout=60)
    connection.putrequest("POST", "/")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    connection.putheader("Content-Length", str(len(head) + path.stat().st_size + 9))
    connection.endheaders(head.encode() + path.read_bytes()[:200_000])
    connection.close()
    assert publish(served, bundle) == {Outcome.UPLOADED}
    assert (tmp_path / "index" / name).read_bytes() == path.read_bytes()


def test_it_is_stopped_when_its_user_is_done(tmp_path: Path) -> None:
    with embedded.serve(tmp_path / "index") as served:
        assert answers(served.simple)
    assert not answers(served.simple)


def test_it_is_stopped_when_its_user_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, time\nfrom wheelyard.index import embedded\n"
        "with embedded.serve(pathlib.Path(sys.argv[1])) as served:\n"
        "    print(served.simple, flush=True)\n    time.sleep(60)"
    )
    command = (sys.executable, "-c", code, str(tmp_path / "index"))
    user = subprocess.Popen(command, env=killing.environment(), stdout=subprocess.PIPE, text=True)
    assert user.stdout is not None
    url = user.stdout.readline().strip()
    assert answers(url)
    user.send_signal(signal.SIGKILL)
    user.communicate()
    deadline = time.monotonic() + 60
    while answers(url) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not answers(url)


def test_a_proxy_is_not_asked_for_loopback(tmp_path: Path, bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with embedded.serve(tmp_path / "index") as served:
        assert publish(served, bundle) == {Outcome.UPLOADED}
    assert "NO_PROXY" not in os.environ


def test_a_rehearsal_publishes_installs_and_imports(
    repository: MakeRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    root = make_project(repository)
    make_wheelhouse(root / "wheelhouse")
    assert cli.main(["collect", "-C", str(root)]) == Exit.DONE
    assert cli.main(["publish", "-C", str(root), "--rehearse"]) == Exit.DONE
    assert "imported wy_sample" in capsys.readouterr().err
    assert not (root / "store" / "v1.0" / ".frozen").exists()
