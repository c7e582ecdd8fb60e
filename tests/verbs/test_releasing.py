"""From wheelhouses to a published release, in both stores, in one go and in parts."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import fakegithub
from fakegithub import Server
from releases import IDENTIFIERS, VERSION, make_plan, make_project, make_wheelhouse, wheel_name
from support import MakeRepository
from wheelyard import cli, stores
from wheelyard.errors import Exit
from wheelyard.planning.plan import Plan
from wheelyard.releasing import guards
from wheelyard.stores import Stage, Store

pytestmark = pytest.mark.integration

INDEX = "https://index.example/"
Run = Callable[..., int]


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with fakegithub.serve(tmp_path_factory.mktemp("github")) as running:
        yield running


@pytest.fixture
def server(_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    for name in [name for name in os.environ if name.startswith(("GITHUB_", "GH_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("GITHUB_API_URL", _server.url)
    monkeypatch.setenv("GITHUB_TOKEN", _server.token)
    _server.reset()
    return _server


@pytest.fixture(params=["directory:store", "github:ada/spam"], ids=["directory", "github"])
def spec(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    if chosen.startswith("github"):
        request.getfixturevalue("server")
    return chosen


@pytest.fixture
def project(repository: MakeRepository, spec: str) -> Path:
    root = make_project(repository, store=spec)
    make_wheelhouse(root / "wheelhouse")
    return root


@pytest.fixture
def on_github(repository: MakeRepository, server: Server) -> Path:
    root = make_project(repository, store="github:ada/spam")
    make_wheelhouse(root / "wheelhouse")
    return root


def run(verb: str, project: Path, *more: str) -> int:
    return cli.main([verb, "-C", str(project), *more])


def store_of(project: Path, spec: str) -> Store:
    return stores.choose(spec, root=project)


def stage(project: Path, spec: str, tag: str = "v1.0") -> Stage:
    found = store_of(project, spec).find(tag)
    assert found is not None
    return found.stage


def sent(project: Path, spec: str, *, wholly: bool = True) -> None:
    """Do what publishing does to the store."""
    store = store_of(project, spec)
    found = store.find("v1.0")
    assert found is not None
    store.freeze(found, index=INDEX)
    if wholly:
        store.freeze(found, index=INDEX, sent=True)


def house(project: Path, plan: Plan, *, data: bytes = b"") -> None:
    """Put a wheelhouse of another plan in the place of the one there is."""
    shutil.rmtree(project / "wheelhouse", ignore_errors=True)
    make_wheelhouse(project / "wheelhouse", plan=plan, data=data)


def wheels(project: Path, spec: str) -> set[str]:
    found = store_of(project, spec).find("v1.0")
    assert found is not None
    return {file.file for file in found.manifest.files if file.file.endswith(".whl")}


EVERY = {wheel_name(identifier) for identifier in IDENTIFIERS}


def test_a_release_that_went_nowhere_is_not_finished(
    project: Path, spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("collect", project)
    assert run("finish", project) == Exit.INCOMPLETE
    assert "wheelyard publish" in capsys.readouterr().err
    assert stage(project, spec) is Stage.DRAFT


def test_a_release_that_went_half_way_is_not_finished(
    project: Path, spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("collect", project)
    sent(project, spec, wholly=False)
    assert run("finish", project) == Exit.INCOMPLETE
    assert "Not all files of v1.0" in capsys.readouterr().err


def test_a_release_that_was_sent_is_finished_once(project: Path, spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    run("collect", project)
    sent(project, spec)
    assert run("finish", project, "--tag", "v1.0") == Exit.DONE
    assert "published, latest" in capsys.readouterr().err
    assert stage(project, spec) is Stage.PUBLISHED
    assert run("finish", project) == Exit.DONE
    assert "published already" in capsys.readouterr().err


def test_a_project_without_an_index_is_finished_when_asked(project: Path, spec: str) -> None:
    run("collect", project)
    assert run("finish", project, "--without-publish") == Exit.DONE
    assert stage(project, spec) is Stage.PUBLISHED


def test_a_dry_run_of_finish_publishes_nothing(project: Path, spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    run("collect", project)
    capsys.readouterr()
    assert run("finish", project, "--without-publish", "--dry-run", "--json") == Exit.DONE
    printed = json.loads(capsys.readouterr().out)
    assert (printed["tag"], printed["latest"], printed["changed"]) == ("v1.0", True, True)
    assert stage(project, spec) is Stage.DRAFT


def test_there_has_to_be_a_release_to_finish(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("finish", project) == Exit.INCOMPLETE
    assert "wheelyard collect" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("version", "others", "latest"),
    [
        pytest.param("1.10", ["v1.9"], "v1.10", id="newer"),
        pytest.param("1.9.1", ["v1.10", "v1.9"], "v1.10", id="older-branch"),
        pytest.param("2.0rc1", ["v1.9"], "v1.9", id="prerelease"),
        pytest.param("2.0", ["v2.1.dev1", "nightly"], "v2.0", id="beside-others"),
    ],
)
def test_the_latest_release_is_that_of_the_newest_version(
    repository: MakeRepository, server: Server, version: str, others: list[str], latest: str
) -> None:
    for tag in reversed(others):
        server.seed(tag, {"a": b"a"}, draft=False, prerelease="dev" in tag)
    root = make_project(repository, store="github:ada/spam", version=version)
    make_wheelhouse(root / "wheelhouse", plan=make_plan(version=version))
    assert run("collect", root) == Exit.DONE
    assert run("finish", root, "--without-publish") == Exit.DONE
    assert server.latest() == latest
    (made,) = (each for each in server.releases() if each["tag"] == f"v{version}")
    assert made["prerelease"] is ("rc" in version)


def test_a_part_is_kept_without_opening_the_gate_and_completed_later(
    project: Path, spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *rest = IDENTIFIERS
    lost = project / "wheelhouse" / "linux-x86_64" / wheel_name(first)
    content = lost.read_bytes()
    lost.unlink()
    assert run("collect", project, "--partial") == Exit.INCOMPLETE
    assert f"is kept and incomplete; missing: {first}" in capsys.readouterr().err
    assert wheels(project, spec) == EVERY - {wheel_name(first)}
    assert run("finish", project, "--without-publish") == Exit.INCOMPLETE
    for identifier in rest:
        (project / "wheelhouse" / "linux-x86_64" / wheel_name(identifier)).unlink()
    lost.write_bytes(content)
    assert run("collect", project) == Exit.DONE
    assert wheels(project, spec) == EVERY
    assert run("finish", project, "--without-publish") == Exit.DONE


def test_a_part_never_takes_the_place_of_a_whole(project: Path, spec: str) -> None:
    run("collect", project)
    (project / "wheelhouse" / "linux-x86_64" / wheel_name(IDENTIFIERS[0])).unlink()
    assert run("collect", project, "--partial") == Exit.FINDINGS
    assert wheels(project, spec) == EVERY


def test_a_part_with_defects_of_another_kind_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "wheelhouse" / "linux-x86_64" / wheel_name(IDENTIFIERS[0])
    path.write_bytes(path.read_bytes() + b"rot")
    assert run("collect", project, "--partial") == Exit.FINDINGS
    assert "changed since" in capsys.readouterr().err


@pytest.mark.parametrize("how", [Stage.DRAFT, Stage.FROZEN, Stage.SENT, Stage.PUBLISHED])
def test_a_part_built_for_a_release_is_added_to_it(project: Path, spec: str, how: Stage) -> None:
    house(project, make_plan(identifiers=IDENTIFIERS[:2]))
    run("collect", project)
    if how is not Stage.DRAFT:
        sent(project, spec, wholly=how is not Stage.FROZEN)
    if how is Stage.PUBLISHED:
        run("finish", project)
    house(project, guards.only(make_plan(), IDENTIFIERS[2]))
    assert run("collect", project) == Exit.DONE
    assert wheels(project, spec) == EVERY
    assert stage(project, spec) is (Stage.FROZEN if how is Stage.SENT else how)  # the new files were not sent
    assert run("collect", project) == Exit.DONE


def test_a_part_changes_no_file_of_the_release(project: Path, spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    run("collect", project)
    sent(project, spec)
    house(project, guards.only(make_plan(), IDENTIFIERS[2]), data=b"built again")
    assert run("collect", project, "--replace") == Exit.FINDINGS
    assert wheel_name(IDENTIFIERS[2]) in capsys.readouterr().err


def test_a_part_added_to_an_incomplete_release_leaves_the_rest_missing(
    project: Path, spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = make_plan()
    for identifier in IDENTIFIERS[1:]:
        (project / "wheelhouse" / "linux-x86_64" / wheel_name(identifier)).unlink()
    shutil.rmtree(project / "wheelhouse" / "sdist")
    assert run("collect", project, "--partial") == Exit.INCOMPLETE
    house(project, guards.only(whole, IDENTIFIERS[1]))
    capsys.readouterr()
    assert run("collect", project) == Exit.INCOMPLETE
    assert f"missing: {IDENTIFIERS[2]}, the sdist." in capsys.readouterr().err
    assert wheels(project, spec) == EVERY - {wheel_name(IDENTIFIERS[2])}


def test_a_part_alone_is_no_release(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    house(project, guards.only(make_plan(), IDENTIFIERS[2]))
    assert run("collect", project) == Exit.INCOMPLETE
    assert "no release 1.0 that it could complete" in capsys.readouterr().err


def test_a_part_of_another_commit_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("collect", project)
    path = project / "wheelhouse" / "plan.json"
    house(project, guards.only(make_plan(), IDENTIFIERS[2]))
    for file in (path, *project.glob("wheelhouse/*/job.json")):
        file.write_text(file.read_text().replace("c" * 40, "d" * 40))
    assert run("collect", project) == Exit.FINDINGS
    assert f"is of commit {'c' * 40}" in capsys.readouterr().err


def test_a_wheel_that_grew_is_warned_of(
    project: Path, repository: MakeRepository, spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("collect", project)
    later = repository(
        {"pyproject.toml": (project / "pyproject.toml").read_text().replace(VERSION, "1.1")}, name="later"
    )
    if spec.startswith("directory"):
        shutil.copytree(project / "store", later / "store")
    make_wheelhouse(later / "wheelhouse", plan=make_plan(version="1.1"), data=os.urandom(2 << 20))
    capsys.readouterr()
    assert run("collect", later) == Exit.DONE
    assert "size-growth" in capsys.readouterr().err


def test_nothing_stands_in_the_way_of_a_new_release(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(project / "wheelhouse")
    assert run("collect", project, "--preflight", "--tag", "v1.0") == Exit.DONE
    assert "v1.0 can be made" in capsys.readouterr().err


def test_a_published_release_is_seen_before_anything_is_built(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("collect", project)
    run("finish", project, "--without-publish")
    assert run("collect", project, "--preflight", "--tag", "v1.0") == Exit.FINDINGS
    assert "published already" in capsys.readouterr().err
    assert run("collect", project, "--preflight", "--tag", "v1.0", "--only", IDENTIFIERS[2]) == Exit.DONE


def test_a_release_that_was_sent_is_warned_of(project: Path, spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    run("collect", project)
    sent(project, spec)
    assert run("collect", project, "--preflight") == Exit.DONE
    assert "byte for byte" in capsys.readouterr().err


def test_a_tag_that_is_none_is_refused(project: Path) -> None:
    assert run("collect", project, "--preflight", "--tag", "../v1 $(x)") == Exit.USAGE


def test_preflight_writes_nothing(on_github: Path, server: Server) -> None:
    run("collect", on_github, "--preflight")
    assert server.releases() == []


def test_a_token_that_may_only_read_is_seen_before_anything_is_built(
    on_github: Path, server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", server.reader)
    assert run("collect", on_github, "--preflight") == Exit.USAGE
    assert "contents: write" in capsys.readouterr().err


def test_an_immutable_release_is_seen_before_anything_is_built(on_github: Path, server: Server) -> None:
    server.rules(immutable=True)
    run("collect", on_github)
    run("finish", on_github, "--without-publish")
    assert run("collect", on_github, "--preflight", "--only", "*") == Exit.FINDINGS


def test_an_environment_that_nobody_made_is_warned_of(
    on_github: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    run("collect", on_github, "--preflight")
    assert "no environment 'pypi'" in capsys.readouterr().err
    server.rules(environments=[{"name": "pypi"}])
    run("collect", on_github, "--preflight")
    assert "environment" not in capsys.readouterr().err


def test_an_environment_that_the_token_may_not_see_is_not_taken_for_one_that_is_there(
    on_github: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.rules(actions=False, environments=[{"name": "pypi"}])
    assert run("collect", on_github, "--preflight") == Exit.DONE
    said = capsys.readouterr().err
    assert "Whether there is an environment 'pypi' could not be seen" in said
    assert "actions: read" in said


@pytest.mark.parametrize("verb", ["collect", "publish", "finish"])
def test_an_expired_token_is_told_and_never_shown(
    on_github: Path, server: Server, verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_nobodys")
    assert run(verb, on_github) == Exit.USAGE
    shown = capsys.readouterr()
    assert "expired" in shown.err
    assert "ghp_nobodys" not in shown.err + shown.out


def test_only_is_for_preflight(project: Path) -> None:
    assert run("collect", project, "--only", "*") == Exit.USAGE


def test_a_dry_run_on_github_writes_nothing(on_github: Path, server: Server) -> None:
    assert run("collect", on_github, "--dry-run") == Exit.DONE
    assert server.releases() == []
