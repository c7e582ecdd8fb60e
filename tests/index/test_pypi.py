"""The real twine publishes to PyPI's own rules, over TLS, trusted by the identity of a job."""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("trustme")
pytest.importorskip("pypi_attestations")

from attestations import untrusted
from fakeindex import Reply
from fakepypi import TEST, UPLOAD, WEB, FakePyPI, fake_pypi
from releases import make_bundle, make_plan, make_project, make_wheelhouse, tree, wheel_name
from support import MakeRepository
from wheelyard import cli
from wheelyard.errors import Exit, OutsideError
from wheelyard.index import account
from wheelyard.index.attesting import Attester, Sigstore
from wheelyard.index.publishing import Publishing
from wheelyard.index.uploads import Outcome, Sent
from wheelyard.releasing.manifest import File
from wheelyard.stores import Bundle
from wheelyard.targets import Identifier

pytestmark = pytest.mark.peers


class Nobody:
    """Watches without a word."""

    def progress(self, file: File, done: int) -> None:
        """Hear of bytes."""

    def ended(self, report: Sent) -> None:
        """Hear of files."""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePyPI]:
    with fake_pypi(tmp_path) as running:
        for name in [name for name in os.environ if name.startswith("TWINE_")]:
            monkeypatch.delenv(name)
        for name, value in {**running.environment, "HOME": str(tmp_path)}.items():
            monkeypatch.setenv(name, value)
        yield running
        assert running.reached <= {UPLOAD, TEST, WEB}


@pytest.fixture
def project(repository: MakeRepository) -> Path:
    root = make_project(repository)
    make_wheelhouse(root / "wheelhouse")
    assert cli.main(["collect", "-C", str(root), "-q"]) == Exit.DONE
    return root


def released(project: Path) -> dict[str, bytes]:
    files = tree(project / "store" / "v1.0")
    return {name: content for name, content in files.items() if name.endswith((".whl", ".tar.gz"))}


def publish(project: Path, *more: str) -> int:
    return cli.main(["publish", "-C", str(project), "-q", "--wait", "0", *more])


def send(bundle: Bundle, *, parallel: int = 4, index: str = "pypi", attester: Attester | None = None) -> Sequence[Sent]:
    chosen = account.resolve(index)
    task = Publishing(
        made=bundle.manifest, account=chosen, reader=chosen.reader(), attester=attester, pause=lambda _seconds: None
    )
    return task.send(task.compare(), bundle.paths, parallel=parallel, watch=Nobody(), wait=0)


def refusals(bundle: Bundle) -> list[str]:
    return [report.words for report in send(bundle) if report.outcome is Outcome.REFUSED]


def test_a_job_with_the_right_identity_publishes(project: Path, fake: FakePyPI) -> None:
    assert publish(project) == Exit.DONE
    assert fake.pypi.index.held == released(project)
    assert len(fake.pypi.tokens) == 1


def test_the_test_site_is_another_index(project: Path, fake: FakePyPI) -> None:
    assert publish(project, "--index", "testpypi") == Exit.DONE
    assert fake.test.index.held == released(project)
    assert fake.pypi.index.held == {}


def test_a_release_goes_to_the_test_site_first_and_then_to_the_real_one(project: Path, fake: FakePyPI) -> None:
    assert [publish(project, "--index", name) for name in ("testpypi", "pypi")] == [Exit.DONE, Exit.DONE]
    assert fake.test.index.held == fake.pypi.index.held == released(project)


def test_what_is_there_needs_no_token(project: Path, fake: FakePyPI) -> None:
    fake.pypi.index.held = released(project)
    assert publish(project) == Exit.DONE
    assert fake.pypi.tokens == {}


def test_other_bytes_need_no_token_either(project: Path, fake: FakePyPI) -> None:
    fake.pypi.index.held = dict.fromkeys(released(project), b"other")
    assert publish(project) == Exit.FINDINGS
    assert fake.pypi.tokens == {}


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        pytest.param("workflow", "other.yml", "(Workflow name: other.yml)", id="workflow"),
        pytest.param("environment", "", "environment          (none)  (Environment name: empty", id="environment"),
        pytest.param("repository", "eve/spam", "repository_owner     eve  (Owner: eve)", id="repository"),
    ],
)
def test_a_job_that_nobody_configured_is_told_its_exact_claims(
    project: Path, fake: FakePyPI, capsys: pytest.CaptureFixture[str], *, key: str, value: str, line: str
) -> None:
    fake.identity[key] = value
    assert publish(project) == Exit.OUTSIDE
    said = capsys.readouterr().err
    assert "invalid-publisher" in said
    assert line in said
    assert "e30." not in said  # how tokens of the tests begin
    assert fake.pypi.index.order == []


@pytest.mark.usefixtures("fake")
def test_a_job_without_an_identity_is_told_which_permission(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    assert publish(project) == Exit.OUTSIDE
    assert "id-token: write" in capsys.readouterr().err


def test_a_token_that_ends_between_uploads_is_got_anew(tmp_path: Path, fake: FakePyPI) -> None:
    fake.pypi.uses = 3
    identifiers = [Identifier(f"cp3{minor}-manylinux_x86_64") for minor in range(4, 14)]
    bundle = make_bundle(tmp_path / "made", plan=make_plan(identifiers=identifiers))
    assert {report.outcome for report in send(bundle, parallel=1)} == {Outcome.UPLOADED}
    assert len(fake.pypi.tokens) >= 4
    assert set(fake.pypi.index.accepted.values()) == {1}


def test_a_long_lived_token_works_too_and_is_warned_of(
    project: Path, fake: FakePyPI, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.pypi.tokens["pypi-long-lived"] = 100
    monkeypatch.setenv("TWINE_PASSWORD", "pypi-long-lived")
    assert publish(project) == Exit.DONE
    said = capsys.readouterr().err
    assert "trusted publishing" in said
    assert "pypi-long-lived" not in said


def test_a_wrong_token_is_told_in_the_indexs_words(
    project: Path, fake: FakePyPI, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TWINE_PASSWORD", "pypi-wrong")
    assert publish(project) == Exit.OUTSIDE
    said = capsys.readouterr().err
    assert "403 Invalid or non-existent authentication information." in said
    assert "pypi-wrong" not in said
    assert len(fake.pypi.index.order) == 1


def test_a_raw_linux_tag_is_refused_with_what_to_do(tmp_path: Path, fake: FakePyPI) -> None:
    bundle = make_bundle(tmp_path / "made", plan=make_plan(sdist=False))
    name = wheel_name(Identifier("cp311-manylinux_x86_64"))
    raw = name.replace("manylinux_2_17_x86_64", "linux_x86_64")
    path = bundle.paths[name].rename(tmp_path / raw)
    files = tuple(msgspec.structs.replace(file, file=raw) for file in bundle.manifest.files if file.file == name)
    made = msgspec.structs.replace(bundle.manifest, files=files)
    (said,) = refusals(Bundle(tag="v1.0", manifest=made, paths={raw: path}))
    assert "unsupported platform tag" in said
    assert "no raw linux tag" in said
    assert fake.pypi.index.held == {}


@pytest.mark.usefixtures("fake")
def test_a_bad_classifier_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (said,) = refusals(make_bundle(tmp_path / "made", fields="Classifier: Nonsense\n"))
    assert "Classifier 'Nonsense' is not a valid classifier" in said
    assert "pyproject.toml" in said


@pytest.mark.usefixtures("fake")
def test_a_file_that_is_too_large_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (said,) = refusals(make_bundle(tmp_path / "made", data=os.urandom(1_200_000)))
    assert "File too large. Limit" in said
    assert "ask the index for a higher limit" in said


def test_a_project_that_is_full_is_told(tmp_path: Path, fake: FakePyPI) -> None:
    fake.pypi.quota = 5_000
    assert any("Project size too large" in said for said in refusals(make_bundle(tmp_path / "made")))


@pytest.mark.usefixtures("fake")
def test_a_local_version_is_refused_before_the_first_byte(repository: MakeRepository) -> None:
    root = make_project(repository, name="local")
    make_wheelhouse(root / "wheelhouse", plan=make_plan(version="1.0+g12"))
    assert cli.main(["collect", "-C", str(root), "-q"]) == Exit.DONE
    assert publish(root) == Exit.FINDINGS


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_in_the_middle_is_waited_for(project: Path, fake: FakePyPI, status: int) -> None:
    fake.pypi.index.faults = {2: lambda _file: Reply(status=status, headers={"Retry-After": "0"})}
    assert publish(project) == Exit.DONE
    assert fake.pypi.index.held == released(project)


def test_every_file_goes_with_its_attestation(tmp_path: Path, fake: FakePyPI) -> None:
    bundle = make_bundle(tmp_path / "made")
    assert {report.outcome for report in send(bundle, attester=Sigstore(untrusted))} == {Outcome.UPLOADED}
    assert set(fake.pypi.index.provenance) == set(bundle.paths)
    assert {path.name for path in (tmp_path / "made").iterdir()} == set(bundle.paths)


def test_attestations_are_made_anew_for_each_index(tmp_path: Path, fake: FakePyPI) -> None:
    bundle = make_bundle(tmp_path / "made")
    for index in ("testpypi", "pypi"):
        send(bundle, index=index, attester=Sigstore(untrusted))
    rehearsed, real = fake.test.index.provenance, fake.pypi.index.provenance
    assert set(rehearsed) == set(real) == set(bundle.paths)
    assert all(rehearsed[name] != real[name] for name in real)


def test_a_certificate_that_expired_is_got_anew(tmp_path: Path, fake: FakePyPI) -> None:
    late = iter([untrusted(expired=1), untrusted()])
    bundle = make_bundle(tmp_path / "made")
    assert {report.outcome for report in send(bundle, attester=Sigstore(lambda: next(late)))} == {Outcome.UPLOADED}
    assert len(fake.pypi.index.provenance) == len(bundle.paths)


def test_where_one_file_cannot_be_attested_nothing_is_sent(tmp_path: Path, fake: FakePyPI) -> None:
    with pytest.raises(OutsideError, match=r"cannot be attested.*attest = false"):
        send(make_bundle(tmp_path / "made"), attester=Sigstore(lambda: untrusted(expired=9)))
    assert fake.pypi.index.order == []


def test_a_set_that_is_half_there_is_attested_to_its_end(tmp_path: Path, fake: FakePyPI) -> None:
    bundle, index = make_bundle(tmp_path / "made"), fake.pypi.index
    index.faults = {3: lambda _file: Reply(status=400, reason="No more today")}
    send(bundle, parallel=1, attester=Sigstore(untrusted))
    first, index.faults = dict(index.provenance), {}
    send(bundle, attester=Sigstore(untrusted))
    assert set(index.provenance) == set(bundle.paths)
    assert index.provenance.items() >= first.items()


def test_a_file_that_is_there_without_attestation_is_told_and_left(
    project: Path, fake: FakePyPI, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.pypi.index.held = released(project)
    table = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(table.replace("attest = false\n", ""))
    assert publish(project) == Exit.DONE
    assert "without an attestation, which an index takes only together with the file" in capsys.readouterr().err


def test_what_was_published_verifies_by_its_bytes(
    project: Path, fake: FakePyPI, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(project)
    assert publish(project, "--verify", "1.0") == Exit.DONE
    assert capsys.readouterr().out.count("as it should be") == len(released(project))
    fake.pypi.index.held[wheel_name(Identifier("cp311-manylinux_x86_64"))] = b"other"
    assert publish(project, "--verify", "1.0") == Exit.FINDINGS
    assert "The manifest has SHA-256" in capsys.readouterr().err


def test_a_signature_of_nobody_does_not_verify(
    project: Path, tmp_path: Path, fake: FakePyPI, capsys: pytest.CaptureFixture[str]
) -> None:
    send(make_bundle(tmp_path / "made"), attester=Sigstore(untrusted))
    folder = tmp_path / "made"
    for name, document in fake.pypi.index.provenance.items():
        (folder / f"{name}.provenance").write_bytes(document)
    asked = ("--verify", "1.0", "--offline", str(folder), "--repository", "ada/spam")
    assert publish(project, *asked) == Exit.FINDINGS
    said = capsys.readouterr().err
    assert f"{len(fake.pypi.index.provenance)} of {len(fake.pypi.index.provenance)} files" in said
    assert "Its provenance does not hold: Verification failed" in said


def test_an_attestation_that_is_refused_is_told_with_what_to_do(tmp_path: Path, fake: FakePyPI) -> None:
    class Confused(Sigstore):
        def attest(self, file: File) -> str:
            return super().attest(msgspec.structs.replace(file, sha256="0" * 64))

    reports = send(make_bundle(tmp_path / "made"), attester=Confused(untrusted))
    (said,) = [report.words for report in reports if report.outcome is Outcome.REFUSED]
    assert "400 Invalid attestations supplied during upload: subject does not match" in said
    assert "attest = false" in said
    assert fake.pypi.index.held == {}


def test_where_nothing_can_attest_it_is_said_what_to_install(
    project: Path, fake: FakePyPI, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(table.replace("attest = false\n", ""))
    monkeypatch.setitem(sys.modules, "pypi_attestations", None)  # as where it is not installed
    assert publish(project) == Exit.USAGE
    assert "Install wheelyard[attest]" in capsys.readouterr().err
    assert fake.pypi.index.requests == []


def test_without_sigstore_nothing_is_sent_unattested(
    project: Path, fake: FakePyPI, capsys: pytest.CaptureFixture[str]
) -> None:
    table = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(table.replace("attest = false\n", ""))
    assert publish(project) == Exit.OUTSIDE
    assert "cannot be attested" in capsys.readouterr().err
    assert fake.pypi.index.order == []
    fake.reached.clear()


def test_sixty_files_through_a_connection_that_dies_at_the_seventeenth(tmp_path: Path, fake: FakePyPI) -> None:
    identifiers = [Identifier(f"cp3{minor}-manylinux_x86_64") for minor in range(59)]
    bundle = make_bundle(tmp_path / "made", plan=make_plan(identifiers=identifiers))
    index = fake.pypi.index
    index.faults = {number: lambda _file: Reply(drop=True) for number in range(17, 200)}
    first = send(bundle)
    assert sum(report.outcome is Outcome.UPLOADED for report in first) == 16
    index.faults, index.order = {}, []
    second = send(bundle)
    assert len(index.order) == 44
    assert {report.outcome for report in second} == {Outcome.UPLOADED, Outcome.THERE}
    assert set(index.accepted.values()) == {1}


def test_an_index_behind_a_certificate_that_nobody_trusts_is_told(
    fake: FakePyPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fake
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with pytest.raises(OutsideError, match=r"not trusted.*REQUESTS_CA_BUNDLE"):
        account.resolve("pypi").reader().page("spam")


def test_a_project_of_somebody_else_is_told_with_what_to_do(tmp_path: Path, fake: FakePyPI) -> None:
    fake.pypi.owner = "eve"
    (said,) = refusals(make_bundle(tmp_path / "made"))
    assert "isn't allowed to upload to project 'wy-sample'" in said
    assert "have its owner add you" in said


def test_a_proxy_that_wants_a_password_is_told_and_then_given_one(
    project: Path, fake: FakePyPI, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.proxy_login = "Basic " + base64.b64encode(b"ada:s3cret").decode()
    assert publish(project) == Exit.OUTSIDE
    assert "Check HTTPS_PROXY, its user name and its password" in capsys.readouterr().err
    proxy = fake.environment["HTTPS_PROXY"].replace("http://", "http://ada:s3cret@")
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    assert publish(project) == Exit.DONE
    assert "s3cret" not in "".join(capsys.readouterr())
    assert fake.pypi.index.held == released(project)


def test_a_proxy_that_lets_nothing_through_is_told(fake: FakePyPI, monkeypatch: pytest.MonkeyPatch) -> None:
    del fake
    monkeypatch.setenv("HTTPS_PROXY", "http://ada:s3cret@127.0.0.1:9")
    with pytest.raises(OutsideError, match="proxy") as caught:
        account.resolve("pypi").reader().page("spam")
    assert "s3cret" not in str(caught.value)
