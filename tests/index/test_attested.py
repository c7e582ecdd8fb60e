"""What was attested and published is verified to the last signature, and what is not quite it is told."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trustme")
pytest.importorskip("pypi_attestations")

from cryptography import x509
from pypi_attestations import Provenance

from attestations import assets, signed_by, sigstore_js
from fakepypi import FakePyPI
from fakesigstore import fake_sigstore
from githubidentity import ISSUER
from publishing import US, WHEEL, hasty, publish, send
from wheelyard.doors import files
from wheelyard.errors import Exit
from wheelyard.index.provenance import UntrueError, Witness
from wheelyard.stores import Bundle

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def real() -> bytes:
    """A provenance that the public Sigstore made, got while the network is the real one."""
    return (assets() / "pypi_attestations-0.0.19.tar.gz.provenance").read_bytes()


@pytest.fixture(scope="module")
def javascript() -> Path:
    return sigstore_js()


def certificate(provenance: bytes) -> x509.Certificate:
    (made,) = Provenance.model_validate_json(provenance).attestation_bundles
    return x509.load_der_x509_certificate(made.attestations[0].verification_material.certificate)


def test_what_was_published_verifies(
    attesting_project: Path, fake: FakePyPI, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(attesting_project)
    assert publish(attesting_project, "--verify", "1.0", *US) == Exit.DONE
    out = capsys.readouterr().out
    assert out.count("as it should be") == out.count("wheels.yml") == len(fake.pypi.index.held)


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


def _commands_for_github(bundle: dict[str, Any]) -> None:
    bundle["publisher"]["repository"] = "eve\n::add-path::/tmp"


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
        pytest.param(_commands_for_github, "by eve ::add-path::/tmp, not", id="commands"),
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
