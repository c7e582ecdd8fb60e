"""Attestations from end to end: the real client signs with a Sigstore of our own, and everything is verified."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytest.importorskip("trustme")
pytest.importorskip("pypi_attestations")

from cryptography import x509
from pypi_attestations import Provenance

from attestations import assets, signed_by, sigstore_js
from fakeindex import Reply, Upload, fake_index
from fakepypi import FakePyPI
from fakesigstore import FULCIO, REKOR, fake_sigstore
from githubidentity import ISSUER, Issuer
from killing import environment
from publishing import publish, refusals, released, send
from releases import make_bundle, make_plan, wheel_name
from wheelyard.doors import files
from wheelyard.errors import Exit, OutsideError
from wheelyard.index import attesting
from wheelyard.index.attesting import Sigstore, attester
from wheelyard.index.provenance import UntrueError, Witness
from wheelyard.index.uploads import Outcome
from wheelyard.releasing.manifest import File
from wheelyard.stores import Bundle
from wheelyard.targets import Identifier

pytestmark = pytest.mark.peers
WHEEL = wheel_name(Identifier("cp311-manylinux_x86_64"))
US = ("--repository", "ada/spam", "--workflow", "wheels.yml")


@pytest.fixture
def attesting_project(project: Path, fake: FakePyPI) -> Path:
    table = (project / "pyproject.toml").read_text()
    (project / "sigstore.json").write_bytes(fake.trusted.read_bytes())
    (project / "pyproject.toml").write_text(table.replace("attest = false", 'trust-config = "sigstore.json"'))
    return project


@pytest.fixture(scope="module")
def real() -> bytes:
    """A provenance that the public Sigstore made, got while the network is the real one."""
    return (assets() / "pypi_attestations-0.0.19.tar.gz.provenance").read_bytes()


@pytest.fixture(scope="module")
def javascript() -> Path:
    return sigstore_js()


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return make_bundle(tmp_path / "made")


def hasty(fake: FakePyPI, *, seconds: float = 60) -> Sigstore:
    """What attests, without pauses."""
    return Sigstore(partial(attesting._signer, fake.trusted), seconds=seconds, pause=lambda _seconds: None)


def certificate(provenance: bytes) -> x509.Certificate:
    (made,) = Provenance.model_validate_json(provenance).attestation_bundles
    return x509.load_der_x509_certificate(made.attestations[0].verification_material.certificate)


def times(count: int, reply: Reply) -> Callable[[], Reply | None]:
    """The same answer so many times, and then the usual ones."""
    left = [reply] * count
    return lambda: left.pop() if left else None


def test_a_job_attests_every_file_it_publishes_with_one_certificate(attesting_project: Path, fake: FakePyPI) -> None:
    assert publish(attesting_project) == Exit.DONE
    made = released(attesting_project)
    assert fake.pypi.index.held == made
    assert set(fake.pypi.index.provenance) == set(made)
    assert (fake.sigstore.certificates, fake.sigstore.log.size) == (1, len(made))


def test_nothing_lies_beside_the_files(attesting_project: Path, fake: FakePyPI) -> None:
    before = released(attesting_project)
    publish(attesting_project)
    assert released(attesting_project) == before
    assert fake.pypi.index.provenance


def test_certificates_are_like_those_of_the_public_fulcio(real: bytes, bundle: Bundle, fake: FakePyPI) -> None:
    send(bundle, attester=hasty(fake))
    ours = certificate(fake.pypi.index.provenance[WHEEL])
    shapes = [{(each.oid.dotted_string, each.critical) for each in one.extensions} for one in (ours, certificate(real))]
    assert shapes[0] == shapes[1]


def test_another_implementation_verifies_what_was_published(
    javascript: Path, bundle: Bundle, tmp_path: Path, fake: FakePyPI
) -> None:
    shutil.copytree(javascript, folder := tmp_path / "javascript")
    send(bundle, attester=hasty(fake))
    (made,) = Provenance.model_validate_json(fake.pypi.index.provenance[WHEEL]).attestation_bundles
    (attestation,) = made.attestations
    workflow = "https://github.com/ada/spam/.github/workflows/wheels.yml@refs/tags/v1.0"
    assert signed_by(attestation, fake.sigstore.root(), folder=folder) == f"{ISSUER} {workflow}"
    with fake_sigstore(fake.identities) as other:
        assert signed_by(attestation, other.root(), folder=folder) == ""


def test_what_was_published_verifies(
    attesting_project: Path, fake: FakePyPI, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(attesting_project)
    assert publish(attesting_project, "--verify", "1.0", *US) == Exit.DONE
    out = capsys.readouterr().out
    assert out.count("as it should be") == out.count("wheels.yml") == len(fake.pypi.index.held)


def _other_signature(bundle: dict[str, Any]) -> None:
    envelope = bundle["attestations"][0]["envelope"]
    envelope["signature"] = envelope["signature"][:20] + "AAAA" + envelope["signature"][24:]


def _other_promise(bundle: dict[str, Any]) -> None:
    (entry,) = bundle["attestations"][0]["verification_material"]["transparency_entries"]
    entry["integratedTime"] = str(int(entry["integratedTime"]) + 1)


def _other_place_in_the_log(bundle: dict[str, Any]) -> None:
    (entry,) = bundle["attestations"][0]["verification_material"]["transparency_entries"]
    entry["inclusionProof"]["rootHash"] = "A" * 43 + "="


def _other_repository(bundle: dict[str, Any]) -> None:
    bundle["publisher"]["repository"] = "eve/spam"


def _other_workflow(bundle: dict[str, Any]) -> None:
    bundle["publisher"]["workflow"] = "evil.yml"


def _changed(document: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    changed = json.loads(document)
    change(changed["attestation_bundles"][0])
    return json.dumps(changed).encode()


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        pytest.param(_other_signature, "signature", id="signature"),
        pytest.param(_other_promise, "invalid inclusion promise", id="promise"),
        pytest.param(_other_place_in_the_log, "inclusion proof", id="proof"),
        pytest.param(_other_repository, "by eve/spam, not by ada/spam", id="repository"),
        pytest.param(_other_workflow, r"names evil\.yml, and its certificate is for \S+/wheels\.yml@", id="workflow"),
    ],
)
def test_a_provenance_that_was_tampered_with_proves_nothing(
    bundle: Bundle, fake: FakePyPI, tamper: Callable[[dict[str, Any]], None], says: str
) -> None:
    send(bundle, attester=hasty(fake))
    document, sha256 = fake.pypi.index.provenance[WHEEL], files.sha256(bundle.paths[WHEEL])
    witness = Witness("ada/spam", trusted=fake.trusted, offline=True)
    assert witness(document, file=WHEEL, sha256=sha256) == "wheels.yml"
    with pytest.raises(UntrueError, match=says):
        witness(_changed(document, tamper), file=WHEEL, sha256=sha256)


def test_what_is_not_as_it_was_published_is_told(
    attesting_project: Path, fake: FakePyPI, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(attesting_project)
    index, (first, second, third, last) = fake.pypi.index, sorted(fake.pypi.index.held)
    index.held[first] = b"other"
    del index.provenance[second]
    index.provenance[third] = index.provenance[last]
    index.provenance[last] = _changed(index.provenance[last], _other_workflow)
    assert publish(attesting_project, "--verify", "1.0", *US) == Exit.FINDINGS
    said = capsys.readouterr().err
    assert "4 of 4 files" in said
    assert f"{first}: The manifest has SHA-256" in said
    assert f"{second}: It has no provenance." in said
    assert f"{third}: Its provenance does not hold: it is for another name, {last}." in said
    assert "published by the workflow evil.yml, not by wheels.yml" in said


def test_who_else_published_is_refused(
    attesting_project: Path, fake: FakePyPI, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(attesting_project)
    for option, value in (("--repository", "eve/spam"), ("--workflow", "other.yml")):
        asked = ("--verify", "1.0", *US, option, value)
        assert publish(attesting_project, *asked) == Exit.FINDINGS
        assert f"not by {value}" in capsys.readouterr().err
    assert fake.sigstore.log.size == len(fake.pypi.index.held)


def test_a_folder_verifies_with_the_documents_beside_its_files(
    attesting_project: Path, tmp_path: Path, fake: FakePyPI, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(attesting_project)
    folder = tmp_path / "downloads"
    folder.mkdir()
    for name, content in fake.pypi.index.held.items():
        (folder / name).write_bytes(content)
        (folder / f"{name}.provenance").write_bytes(fake.pypi.index.provenance[name])
    asked = ("--verify", "1.0", "--offline", str(folder), *US)
    assert publish(attesting_project, *asked) == Exit.DONE
    (folder / f"{WHEEL}.provenance").unlink()
    (folder / "wy_sample-1.0.tar.gz").write_bytes(b"other")
    assert publish(attesting_project, *asked) == Exit.FINDINGS
    said = capsys.readouterr().err
    assert f"{WHEEL}: It has no provenance." in said
    assert "wy_sample-1.0.tar.gz: The manifest has SHA-256" in said


def test_the_public_sigstore_knows_nothing_of_a_private_one(
    bundle: Bundle, fake: FakePyPI, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(bundle, attester=hasty(fake))
    for name, document in fake.pypi.index.provenance.items():
        (tmp_path / "made" / f"{name}.provenance").write_bytes(document)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
    asked = ("--verify", "1.0", "--offline", str(tmp_path / "made"), "--repository", "ada/spam")
    assert publish(project, *asked) == Exit.FINDINGS


def test_each_index_gets_attestations_of_its_own(attesting_project: Path, fake: FakePyPI) -> None:
    assert [publish(attesting_project, "--index", name) for name in ("testpypi", "pypi")] == [Exit.DONE] * 2
    rehearsed, real = fake.test.index.provenance, fake.pypi.index.provenance
    assert set(rehearsed) == set(real) == set(released(attesting_project))
    assert all(rehearsed[name] != real[name] for name in real)


def test_a_set_that_is_half_there_is_attested_to_its_end(attesting_project: Path, fake: FakePyPI) -> None:
    index = fake.pypi.index
    index.faults = {3: lambda _file: Reply(status=400, reason="No more today")}
    assert publish(attesting_project, "--parallel", "1") == Exit.OUTSIDE
    first, index.faults = dict(index.provenance), {}
    assert len(first) == 2
    assert publish(attesting_project) == Exit.DONE
    assert index.provenance.items() > first.items()
    assert publish(attesting_project, "--verify", "1.0", *US) == Exit.DONE


def test_files_that_are_there_without_attestation_are_told_and_left(
    attesting_project: Path, fake: FakePyPI, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.pypi.index.held = {WHEEL: released(attesting_project)[WHEEL]}
    assert publish(attesting_project) == Exit.DONE
    assert f"1 files are on {'https'}" in (said := capsys.readouterr().err)
    assert "without an attestation, which an index takes only together with the file" in said
    assert set(fake.pypi.index.provenance) == set(released(attesting_project)) - {WHEEL}
    assert publish(attesting_project, "--verify", "1.0", *US) == Exit.FINDINGS
    assert f"{WHEEL}: It has no provenance." in capsys.readouterr().err


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
    fake.sigstore.lives = [-1]
    send(bundle, attester=attester(fake.trusted))
    assert set(fake.pypi.index.provenance) == set(bundle.paths)
    assert fake.sigstore.certificates == 2


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


def test_a_second_identity_is_got_when_the_first_certificate_ends_in_the_middle(fake: FakePyPI, bundle: Bundle) -> None:
    signs, made = hasty(fake), bundle.manifest.files
    before = signs.attest(made[0])
    fake.sigstore.lives = [-1]
    signs._signer = None
    assert before != signs.attest(made[1])
    assert fake.sigstore.certificates == 3


def test_files_are_attested_side_by_side(fake: FakePyPI, tmp_path: Path) -> None:
    plan = make_plan(identifiers=[Identifier(f"cp3{minor}-manylinux_x86_64") for minor in range(8, 20)])
    together = threading.Barrier(4, timeout=30)
    first = threading.Event()

    def meet() -> None:
        if first.is_set() and fake.sigstore.log.size < 9:
            together.wait()
        first.set()

    fake.sigstore.faults[REKOR] = meet
    send(make_bundle(tmp_path / "made", plan=plan), attester=attester(fake.trusted), parallel=4)
    assert fake.sigstore.most_at_once == 4
    assert len(fake.pypi.index.provenance) == 13


def test_without_an_identity_a_private_sigstore_is_not_asked_and_it_is_said(
    attesting_project: Path, fake: FakePyPI, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.pypi.tokens["pypi-long-lived"] = 100
    monkeypatch.setenv("TWINE_PASSWORD", "pypi-long-lived")
    monkeypatch.delenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    assert publish(attesting_project) == Exit.DONE
    assert "`permissions: id-token: write`" in capsys.readouterr().err
    assert (fake.sigstore.asked, fake.pypi.index.provenance) == ([], {})


def test_an_index_of_ones_own_gets_attestations_of_a_sigstore_of_ones_own(
    attesting_project: Path, fake: FakePyPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    took: dict[str, str | None] = {}

    def gate(upload: Upload) -> None:
        took[upload.file] = upload.fields.get("attestations")

    monkeypatch.setenv("TWINE_USERNAME", "ada")
    monkeypatch.setenv("TWINE_PASSWORD", "s3cret")
    with fake_index(gate=gate) as index:
        assert publish(attesting_project, "--index", index.upload) == Exit.DONE
    assert set(took) == set(released(attesting_project))
    assert all(took.values())
    assert fake.sigstore.certificates == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(None, "No such file", id="absent"),
        pytest.param("{}", "Sigstore: mediaType: Field required; trustedRoot: Field required", id="empty"),
        pytest.param("\0", "no client trust configuration", id="garbage"),
        pytest.param('{"mediaType": "\\ud800"}', "no client trust configuration", id="half-a-character"),
    ],
)
def test_a_trust_configuration_that_is_none_is_told(
    attesting_project: Path, fake: FakePyPI, text: str | None, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (attesting_project / "sigstore.json").unlink()
    if text is not None:
        (attesting_project / "sigstore.json").write_text(text)
    assert publish(attesting_project) == Exit.USAGE
    assert says in capsys.readouterr().err
    assert fake.pypi.index.requests == []


def test_an_attestation_that_is_refused_is_told_with_what_to_do(bundle: Bundle, fake: FakePyPI) -> None:
    class Confused(Sigstore):
        def attest(self, file: File) -> str:
            return super().attest(msgspec.structs.replace(file, sha256="0" * 64))

    (said,) = refusals(bundle, attester=Confused(partial(attesting._signer, fake.trusted)))
    assert "400 Invalid attestations supplied during upload: Could not verify" in said
    assert "subject does not match distribution digest" in said
    assert "attest = false" in said
    assert fake.pypi.index.held == {}


def test_an_index_refuses_attestations_of_a_sigstore_that_it_does_not_trust(
    bundle: Bundle, fake: FakePyPI, tmp_path: Path
) -> None:
    with fake_sigstore(fake.sigstore.identities) as other:
        (tmp_path / "other.json").write_text(other.configuration())
        (said,) = refusals(bundle, attester=attester(tmp_path / "other.json"))
    assert "Could not verify the uploaded artifact using the included attestation" in said
    assert fake.pypi.index.held == {}


def test_a_sigstore_refuses_the_identity_of_an_issuer_that_it_does_not_know(bundle: Bundle, fake: FakePyPI) -> None:
    fake.sigstore.identities = Issuer()
    with pytest.raises(OutsideError, match="401 There was an error processing the identity token"):
        send(bundle, attester=hasty(fake))
    assert fake.pypi.index.order == []


def test_where_nothing_can_attest_it_is_said_what_to_install(
    attesting_project: Path, fake: FakePyPI, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pypi_attestations", None)  # as where it is not installed
    assert publish(attesting_project) == Exit.USAGE
    assert "Install wheelyard[attest]" in capsys.readouterr().err
    assert fake.pypi.index.requests == []


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
        done.wait(60)

    fake.sigstore.faults[REKOR] = silent
    command = (sys.executable, "-m", "wheelyard", "publish", "-C", str(attesting_project), "-q")
    surroundings = environment(**fake.environment, HOME=os.environ["HOME"])
    child = subprocess.Popen(command, env=surroundings, stderr=subprocess.PIPE, text=True)
    assert asked.wait(60)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    done.set()
    assert child.returncode == Exit.INTERRUPTED, said
    assert "Traceback" not in said
    assert fake.pypi.index.order == []
    fake.sigstore.faults.clear()
    assert publish(attesting_project) == Exit.DONE
    assert set(fake.pypi.index.provenance) == set(released(attesting_project))
