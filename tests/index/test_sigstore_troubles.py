"""Whatever a Sigstore does, nothing is sent unattested, and what happened is told."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("trustme")
pytest.importorskip("pypi_attestations")

from cryptography import x509
from pypi_attestations import Attestation

from fakeindex import Reply
from fakepypi import FakePyPI
from fakesigstore import FULCIO, REKOR
from githubidentity import Issuer
from killing import environment
from publishing import hasty, publish, released, send
from wheelyard.errors import Exit, OutsideError
from wheelyard.index import attesting
from wheelyard.index.attesting import Sigstore, attester
from wheelyard.index.uploads import Outcome
from wheelyard.stores import Bundle

pytestmark = pytest.mark.peers


def times(count: int, reply: Reply) -> Callable[[], Reply | None]:
    """The same answer so many times, and then the usual ones."""
    left = [reply] * count
    return lambda: left.pop() if left else None


def leaf(attestation: str) -> x509.Certificate:
    made = Attestation.model_validate_json(attestation)
    return x509.load_der_x509_certificate(made.verification_material.certificate)


@pytest.mark.parametrize("service", [FULCIO, REKOR])
@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(status=503), id="503"),
        pytest.param(Reply(status=429, headers={"Retry-After": "0"}), id="429"),
        pytest.param(Reply(drop=True), id="dropped"),
    ],
)
def test_what_passes_is_waited_for(bundle: Bundle, fake: FakePyPI, service: str, reply: Reply) -> None:
    fake.sigstore.faults[service] = times(3, reply)
    send(bundle, attester=hasty(fake))
    assert set(fake.pypi.index.provenance) == set(bundle.paths)


@pytest.mark.parametrize("service", [FULCIO, REKOR])
@pytest.mark.parametrize(
    ("reply", "says"),
    [
        pytest.param(Reply(status=500), r"answered 500 Internal Server Error \(4 attempts\).*later", id="500"),
        pytest.param(Reply(drop=True), r"127\.0\.0\.1.*\(4 attempts\).*later", id="dropped"),
        pytest.param(
            Reply(status=403, body='{"code": 7, "message": "issuer not known"}'), "403 issuer not known.*has", id="403"
        ),
        pytest.param(Reply(status=201, body="<html>Welcome!</html>"), "answer is no JSON", id="page"),
    ],
)
def test_where_sigstore_does_not_answer_nothing_is_sent(
    bundle: Bundle, fake: FakePyPI, service: str, reply: Reply, says: str
) -> None:
    fake.sigstore.faults[service] = lambda: reply
    with pytest.raises(OutsideError, match=rf"cannot be attested: .*{says}.*attest = false"):
        send(bundle, attester=hasty(fake))
    assert fake.pypi.index.order == []


def test_a_sigstore_that_is_silent_is_given_up(bundle: Bundle, fake: FakePyPI) -> None:
    released = threading.Event()

    def silent() -> None:
        released.wait(60)

    fake.sigstore.faults[REKOR] = silent
    with pytest.raises(OutsideError, match=r"no answer in time \(4 attempts\)"):
        send(bundle, attester=hasty(fake, seconds=0.2))
    released.set()
    assert fake.pypi.index.order == []


def test_a_sigstore_that_is_not_there_is_told_and_nothing_is_sent(
    bundle: Bundle, fake: FakePyPI, tmp_path: Path
) -> None:
    gone = fake.trusted.read_text().replace(fake.sigstore.url, "http://127.0.0.1:9")
    (tmp_path / "gone.json").write_text(gone)
    signs = Sigstore(partial(attesting._signer, tmp_path / "gone.json"), pause=lambda _seconds: None)
    with pytest.raises(OutsideError, match=r"127\.0\.0\.1:9: .*efused \(4 attempts\)"):
        send(bundle, attester=signs)
    assert fake.pypi.index.order == []


def test_a_certificate_that_expired_is_got_anew(bundle: Bundle, fake: FakePyPI) -> None:
    fake.sigstore.lives, heard = [-1], list[str]()
    send(bundle, attester=attester(fake.trusted, say=heard.append))
    assert set(fake.pypi.index.provenance) == set(bundle.paths)
    assert fake.sigstore.certificates == 2
    assert heard == [f"attesting {bundle.manifest.files[0].file} again: the certificate for it expired"]


def test_an_identity_that_expired_is_got_anew(bundle: Bundle, fake: FakePyPI) -> None:
    fake.identities.lives = [300, -60]  # PyPI's comes first
    reports = send(bundle, attester=hasty(fake))
    assert {report.outcome for report in reports} == {Outcome.UPLOADED}


def test_an_issuer_that_gives_no_identity_is_told(
    bundle: Bundle, fake: FakePyPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "wrong")
    with pytest.raises(OutsideError, match=r"no valid identity: .*code=401.* \(4 attempts\)"):
        hasty(fake).attest(bundle.manifest.files[0])


def test_a_second_certificate_is_got_when_the_first_one_ends_in_the_middle(fake: FakePyPI, bundle: Bundle) -> None:
    fake.sigstore.lives, signs = [3], hasty(fake)
    first = leaf(signs.attest(bundle.manifest.files[0]))
    left = first.not_valid_after_utc - dt.datetime.now(dt.UTC)
    time.sleep(max(left.total_seconds(), 0) + 0.1)  # the client asks the clock
    assert first != leaf(signs.attest(bundle.manifest.files[1]))
    assert fake.sigstore.certificates == 2


def test_a_sigstore_refuses_the_identity_of_an_issuer_that_it_does_not_know(bundle: Bundle, fake: FakePyPI) -> None:
    fake.sigstore.identities = Issuer()
    with pytest.raises(OutsideError, match="401 There was an error processing the identity token"):
        send(bundle, attester=hasty(fake))
    assert fake.pypi.index.order == []


def test_without_the_public_sigstore_nothing_is_sent_unattested(
    project: Path, fake: FakePyPI, capsys: pytest.CaptureFixture[str]
) -> None:
    table = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(table.replace("attest = false\n", ""))
    assert publish(project) == Exit.OUTSIDE
    assert "The keys of the public Sigstore cannot be got" in capsys.readouterr().err
    assert fake.pypi.index.order == []
    fake.reached.clear()


def test_an_interruption_while_attesting_sends_nothing_and_the_same_command_goes_on(
    attesting_project: Path, fake: FakePyPI
) -> None:
    asked, done = threading.Event(), threading.Event()

    def silent() -> None:
        asked.set()
        done.wait(120)

    fake.sigstore.faults[REKOR] = silent
    command = (sys.executable, "-m", "wheelyard", "publish", "-C", str(attesting_project), "-q")
    surroundings = environment(**fake.environment, HOME=os.environ["HOME"])
    child = subprocess.Popen(command, env=surroundings, stderr=subprocess.PIPE, text=True)
    assert asked.wait(120)
    child.send_signal(signal.SIGTERM)  # as Ctrl-C, which whoever runs tests in the background has ignored
    _, said = child.communicate(timeout=60)
    done.set()
    assert child.returncode == Exit.INTERRUPTED, said
    assert "Traceback" not in said
    assert fake.pypi.index.order == []
    fake.sigstore.faults.clear()
    assert publish(attesting_project) == Exit.DONE
    assert set(fake.pypi.index.provenance) == set(released(attesting_project))
