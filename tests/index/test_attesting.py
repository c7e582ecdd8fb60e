"""The real client attests what is published, with a Sigstore of our own, and the index verifies every signature."""

from __future__ import annotations

import sys
import threading
from functools import partial
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("trustme")
pytest.importorskip("pypi_attestations")

from fakeindex import Reply, Upload, fake_index
from fakepypi import FakePyPI
from fakesigstore import REKOR, fake_sigstore
from publishing import US, WHEEL, publish, refusals, released, send
from releases import make_bundle, make_plan
from wheelyard.errors import Exit
from wheelyard.index import attesting
from wheelyard.index.attesting import Sigstore, attester
from wheelyard.releasing.manifest import File
from wheelyard.stores import Bundle
from wheelyard.targets import Identifier

pytestmark = pytest.mark.peers


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
    assert "without an attestation, which an index takes only together with the file" in capsys.readouterr().err
    assert set(fake.pypi.index.provenance) == set(released(attesting_project)) - {WHEEL}
    assert publish(attesting_project, "--verify", "1.0", *US) == Exit.FINDINGS
    assert f"{WHEEL}: It has no provenance." in capsys.readouterr().err


def test_files_are_attested_side_by_side(fake: FakePyPI, tmp_path: Path) -> None:
    plan = make_plan(identifiers=[Identifier(f"cp3{minor}-manylinux_x86_64") for minor in range(8, 20)])
    together = threading.Barrier(4, timeout=30)
    first = threading.Event()

    def meet() -> None:
        if first.is_set() and fake.sigstore.log.size < 9:
            together.wait()
        first.set()

    fake.sigstore.faults[REKOR] = meet
    send(make_bundle(tmp_path / "made", plan=plan), attester=attester(fake.trusted, say=print), parallel=4)
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


def test_nightlies_are_not_attested(attesting_project: Path, fake: FakePyPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINE_USERNAME", "ada")
    monkeypatch.setenv("TWINE_PASSWORD", "s3cret")
    with fake_index() as index, (attesting_project / "pyproject.toml").open("a") as table:
        table.write(f'[tool.wheelyard.publish.nightly]\nindex = "{index.upload}"\n')
        table.flush()
        assert publish(attesting_project, "--nightly") == Exit.DONE
        assert index.held == released(attesting_project)
    assert fake.sigstore.asked == []


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
        (said,) = refusals(bundle, attester=attester(tmp_path / "other.json", say=print))
    assert "Could not verify the uploaded artifact using the included attestation" in said
    assert fake.pypi.index.held == {}


def test_where_nothing_can_attest_it_is_said_what_to_install(
    attesting_project: Path, fake: FakePyPI, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pypi_attestations", None)  # as where it is not installed
    assert publish(attesting_project) == Exit.USAGE
    assert "Install wheelyard[attest]" in capsys.readouterr().err
    assert fake.pypi.index.requests == []
