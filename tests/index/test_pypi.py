"""The real twine publishes to PyPI's own rules, over TLS, trusted by the identity of a job."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("trustme")
pytest.importorskip("pypi_attestations")

from fakeindex import Reply
from fakepypi import MINT, FakePyPI
from publishing import publish, refusals, released, send
from releases import make_bundle, make_plan, make_project, make_wheelhouse, wheel_name
from support import MakeRepository
from wheelyard import cli
from wheelyard.errors import Exit, OutsideError
from wheelyard.index import account
from wheelyard.index.uploads import Outcome
from wheelyard.stores import Bundle
from wheelyard.targets import Identifier

pytestmark = pytest.mark.peers


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


@pytest.mark.parametrize("body", ["{}", "[]", '{"errors": 3}', "<html>"])
def test_an_index_that_answers_in_no_known_way_gives_no_token(
    project: Path, fake: FakePyPI, capsys: pytest.CaptureFixture[str], body: str
) -> None:
    fake.pypi.index.posts[MINT] = lambda _body: Reply(status=500, body=body)
    assert publish(project) == Exit.OUTSIDE
    assert "token" in capsys.readouterr().err
    assert fake.pypi.index.order == []


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


def test_what_was_published_verifies_by_its_bytes(
    project: Path, fake: FakePyPI, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(project)
    assert publish(project, "--verify", "1.0") == Exit.DONE
    assert capsys.readouterr().out.count("as it should be") == len(released(project))
    fake.pypi.index.held[wheel_name(Identifier("cp311-manylinux_x86_64"))] = b"other"
    assert publish(project, "--verify", "1.0") == Exit.FINDINGS
    assert "The manifest has SHA-256" in capsys.readouterr().err


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
