"""`wheelyard publish` brings an index to hold the release, by its bytes, however often it is interrupted."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import killing
from fakeindex import FakeIndex, Reply, fake_index
from releases import IDENTIFIERS, make_plan, make_project, make_wheel, make_wheelhouse, tree, wheel_name
from support import MakeRepository
from wheelyard import cli
from wheelyard.errors import Exit
from wheelyard.targets import Identifier

PASSWORD = "s3cret-token"  # noqa: S105  # of nobody
KILLS = int(os.environ.get("WHEELYARD_CHAOS", "6"))  # 100 take some minutes
LOGIN = {"TWINE_USERNAME": "ada", "TWINE_PASSWORD": PASSWORD}


@pytest.fixture(autouse=True)
def _login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TWINE_")]:
        monkeypatch.delenv(name)
    own = {"HOME": str(tmp_path), "WHEELYARD_CACHE": str(tmp_path / "cache")}
    for name, value in {**LOGIN, **own, "NO_PROXY": "127.0.0.1"}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def index() -> Iterator[FakeIndex]:
    with fake_index() as running:
        yield running


@pytest.fixture
def project(repository: MakeRepository, index: FakeIndex) -> Path:
    root = make_project(repository, index=index.upload)
    make_wheelhouse(root / "wheelhouse")
    assert cli.main(["collect", "-C", str(root), "-q", "--json"]) == Exit.DONE
    return root


def publish(project: Path, *more: str) -> int:
    return cli.main(["publish", "-C", str(project), "-q", "--wait", "0", *more])


def released(project: Path) -> dict[str, bytes]:
    files = tree(project / "store" / "v1.0")
    return {name: content for name, content in files.items() if name.endswith((".whl", ".tar.gz"))}


def test_the_index_holds_the_release(project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]) -> None:
    assert publish(project) == Exit.DONE
    assert index.held == released(project)
    assert capsys.readouterr().out.count("uploaded") == len(index.held)


def imported(project: Path, *arguments: str) -> set[str]:
    """What a run of its own brings in, of what is slow to import."""
    code = (
        "import sys; from wheelyard import cli\n"
        "try: cli.main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "heavy = {'docutils', 'requests', 'rich', 'twine', 'wheelyard.audit', 'wheelyard.planning.planner'}\n"
        "print(*heavy & set(sys.modules))"
    )
    command = (sys.executable, "-c", code, "publish", "-C", str(project), *arguments)
    return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [("--help",), ("--tag", "v2.0")], ids=["help", "no such release"])
def test_what_only_an_upload_needs_is_not_imported_before(project: Path, arguments: tuple[str, ...]) -> None:
    assert imported(project, *arguments) == set()


def test_what_was_collected_on_this_machine_is_not_audited_again(project: Path, tmp_path: Path) -> None:
    assert "wheelyard.audit" not in imported(project, "--dry-run")
    shutil.rmtree(tmp_path / "cache")
    assert "wheelyard.audit" in imported(project, "--dry-run")
    assert "wheelyard.audit" not in imported(project, "--dry-run")


def test_json_tells_what_became_of_each_file(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert publish(project, "--json") == Exit.DONE
    printed = json.loads(capsys.readouterr().out)
    assert (printed["schema"], printed["version"], printed["index"]) == (1, "1.0", index.upload)
    assert {entry["file"]: entry["outcome"] for entry in printed["files"]} == dict.fromkeys(index.held, "uploaded")


def test_a_second_run_finds_everything_there(project: Path, index: FakeIndex) -> None:
    publish(project)
    index.order = []
    assert publish(project) == Exit.DONE
    assert index.order == []


def test_a_dry_run_compares_and_sends_nothing(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    name = wheel_name(IDENTIFIERS[0])
    index.held = {name: released(project)[name]}
    assert publish(project, "--dry-run") == Exit.DONE
    shown = capsys.readouterr().out
    assert f"already there: {name}" in shown
    assert f"would upload {wheel_name(IDENTIFIERS[1])}" in shown
    assert index.order == []


def test_a_dry_run_is_data_too(project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]) -> None:
    name = wheel_name(IDENTIFIERS[0])
    index.held = {name: released(project)[name]}
    capsys.readouterr()
    assert publish(project, "--dry-run", "--json") == Exit.DONE
    outcomes = {entry["file"]: entry["outcome"] for entry in json.loads(capsys.readouterr().out)["files"]}
    assert outcomes.pop(name) == "already there"
    assert set(outcomes.values()) == {"not sent"}


def test_what_was_published_can_no_longer_be_collected_anew(project: Path) -> None:
    publish(project)
    shutil.rmtree(project / "wheelhouse")
    make_wheelhouse(project / "wheelhouse", data=b"built again")
    assert cli.main(["collect", "-C", str(project), "--replace"]) == Exit.FINDINGS


def test_only_what_went_to_the_index_in_full_is_finished(project: Path, index: FakeIndex) -> None:
    index.faults = {2: lambda _file: Reply(status=400, reason="Invalid value for classifiers")}
    assert publish(project) == Exit.OUTSIDE
    assert cli.main(["finish", "-C", str(project)]) == Exit.INCOMPLETE
    index.faults = {}
    assert publish(project) == Exit.DONE
    assert cli.main(["finish", "-C", str(project)]) == Exit.DONE


def test_a_release_in_another_store_is_published_and_finished_there(project: Path) -> None:
    (project / "store").rename(project / "elsewhere")
    store = ("--store", "directory:elsewhere")
    assert publish(project, *store) == Exit.DONE
    assert cli.main(["finish", "-C", str(project), *store]) == Exit.DONE
    assert (project / "elsewhere" / "v1.0" / ".published").exists()


def test_a_lost_mark_is_set_again(project: Path) -> None:
    publish(project)
    for name in (".frozen", ".sent"):
        (project / "store" / "v1.0" / name).unlink()
    assert publish(project) == Exit.DONE
    assert cli.main(["finish", "-C", str(project)]) == Exit.DONE


def test_what_is_incomplete_is_never_published(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(project / "store")
    (project / "wheelhouse" / "linux-x86_64" / wheel_name(IDENTIFIERS[0])).unlink()
    assert cli.main(["collect", "-C", str(project), "--partial"]) == Exit.INCOMPLETE
    assert publish(project) == Exit.INCOMPLETE
    assert f"incomplete; missing: {IDENTIFIERS[0]}" in capsys.readouterr().err
    assert index.held == {}


def test_what_never_left_can_still_be_replaced(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINE_PASSWORD", f"{PASSWORD}\n")
    assert publish(project) == Exit.USAGE
    shutil.rmtree(project / "wheelhouse")
    make_wheelhouse(project / "wheelhouse", data=b"built again")
    assert cli.main(["collect", "-C", str(project), "--replace"]) == Exit.DONE


def test_without_a_release_it_says_what_to_run(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert publish(project, "--version", "9.9") == Exit.INCOMPLETE
    said = capsys.readouterr().err
    assert "no release v9.9. There are v1.0" in said
    assert "wheelyard collect" in said


def test_a_release_is_found_by_its_tag(project: Path, index: FakeIndex) -> None:
    shutil.rmtree(project / "wheelhouse")
    assert publish(project, "--tag", "v1.0") == Exit.DONE
    assert index.held


def test_the_only_release_is_found_where_the_build_backend_makes_the_version(project: Path, index: FakeIndex) -> None:
    shutil.rmtree(project / "wheelhouse")
    table = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(table.replace('version = "1.0"\n', 'dynamic = ["version"]\n'))
    assert publish(project) == Exit.DONE
    assert index.held == released(project)


def test_a_version_is_verified_against_the_release(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(project)
    capsys.readouterr()
    assert publish(project, "--verify", "1.0", "--json") == Exit.DONE
    assert {file["file"] for file in json.loads(capsys.readouterr().out)["files"]} == set(index.held)
    index.held.pop(wheel_name(IDENTIFIERS[0]))
    assert publish(project, "--verify", "1.0") == Exit.FINDINGS
    assert "it is not there" in capsys.readouterr().err


def test_offline_a_store_that_cannot_be_asked_is_told_and_done_without(
    project: Path, tmp_path: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    index.held = released(project)
    table = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(table.replace('"directory:store"', '"github:nowhere"'))
    shutil.copytree(project / "store" / "v1.0", tmp_path / "copies")
    assert publish(project, "--verify", "1.0", "--offline", str(tmp_path / "copies")) == Exit.DONE
    assert "The store cannot be asked" in capsys.readouterr().err
    assert publish(project, "--verify", "1.0") == Exit.USAGE


def test_what_is_no_version_is_not_verified(project: Path) -> None:
    with pytest.raises(SystemExit):
        publish(project, "--verify", "one")


def test_a_release_that_rotted_is_not_published(project: Path, index: FakeIndex) -> None:
    (project / "store" / "v1.0" / wheel_name(IDENTIFIERS[0])).write_bytes(b"rot")
    assert publish(project) == Exit.FINDINGS
    assert index.order == []


def test_other_bytes_on_the_index_stop_everything(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    index.held = {wheel_name(IDENTIFIERS[0]): b"other"}
    assert publish(project) == Exit.FINDINGS
    assert "can never be used again" in capsys.readouterr().err
    assert index.order == []


def test_a_refusal_is_told_in_the_indexs_words(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    index.faults = {1: lambda _file: Reply(status=400, reason="Invalid value for classifiers")}
    assert publish(project) == Exit.OUTSIDE
    said = capsys.readouterr().err
    assert "4 of 4 files did not get to" in said
    assert "400 Invalid value for classifiers" in said


def test_an_index_that_answers_with_an_error_page_is_told(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    index.pages = {"/simple/wy-sample/": [Reply(kind="text/html", body="<title>Oops</title>")]}
    assert publish(project) == Exit.OUTSIDE
    assert "lists no files of a project. Its title is 'Oops'" in capsys.readouterr().err
    assert index.order == []


def test_an_index_without_simple_pages_needs_to_be_told_so(project: Path, index: FakeIndex) -> None:
    index.pages = {path: [Reply(status=404)] for path in ("/simple/wy-sample/", "/simple/")}
    assert publish(project) == Exit.OUTSIDE
    assert index.order == []
    assert publish(project, "--simple", "none") == Exit.DONE
    assert len(index.order) == 4


def test_simple_pages_may_be_elsewhere(project: Path, index: FakeIndex) -> None:
    index.pages = {path: [Reply(status=404)] for path in ("/simple/wy-sample/", "/simple/")}
    with fake_index(held=released(project)) as mirror:
        assert publish(project, "--simple", mirror.simple) == Exit.DONE
    assert index.order == []


def test_files_that_do_not_show_yet_are_a_warning_only(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    index.shows = lambda _file: False
    assert publish(project) == Exit.DONE
    assert "does not show them yet" in capsys.readouterr().err


def test_what_does_not_show_yet_is_told_with_the_edition_of_the_page(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    index.held = {"wy_sample-0.9.tar.gz": b"earlier"}
    index.serial, index.cache = 100, {"Age": "35", "Cache-Control": "max-age=600, public"}
    index.lag = lambda: len(index.held) - 1
    assert publish(project, "--json") == Exit.DONE
    entries = json.loads(capsys.readouterr().out)["files"]
    assert {entry["outcome"] for entry in entries} == {"uploaded, not yet visible"}
    assert {entry["words"] for entry in entries} == {"Its newest page: serial 101, 35 s old, kept for up to 600 s."}


def test_what_an_older_page_does_not_show_is_sent_again_and_said(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    index.serial = 100
    publish(project)
    nodes = iter([2])
    index.lag = lambda: next(nodes, 0)
    capsys.readouterr()
    assert cli.main(["publish", "-C", str(project), "--wait", "0"]) == Exit.DONE
    assert "2 of 4 files are there already (serial 102). Those an older page" in capsys.readouterr().err
    assert len(index.resent) == 2
    assert set(index.accepted.values()) == {1}


@pytest.mark.parametrize("html", [pytest.param(False, id="json"), pytest.param(True, id="html")])
@pytest.mark.parametrize(
    ("status", "advice"),
    [
        pytest.param({"status": "archived", "reason": "moved to eggs"}, "Its owners can unarchive it", id="archived"),
        pytest.param({"status": "quarantined"}, "ask its administrators why", id="quarantined"),
    ],
)
def test_a_project_that_takes_no_files_stops_before_the_first_byte(
    project: Path,
    index: FakeIndex,
    status: dict[str, str],
    advice: str,
    capsys: pytest.CaptureFixture[str],
    *,
    html: bool,
) -> None:
    index.status, index.html = status, html
    assert publish(project) == Exit.FINDINGS
    said = capsys.readouterr().err
    assert f"The project is {status['status']}" in said
    assert status.get("reason", "") in said
    assert advice in said
    assert index.order == []
    assert not (project / "store" / "v1.0" / ".frozen").exists()


def test_a_deprecated_project_is_told_and_published(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    index.status = {"status": "deprecated", "reason": "use eggs"}
    assert publish(project) == Exit.DONE
    assert "The project is deprecated (use eggs) on" in capsys.readouterr().err


def test_an_archived_project_that_has_all_files_is_as_it_should_be(project: Path, index: FakeIndex) -> None:
    publish(project)
    index.status = {"status": "archived"}
    assert publish(project) == Exit.DONE


def test_a_project_known_to_be_full_stops_before_the_first_byte(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    table = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(f"{table}project-limit = 1\n")
    links = {"filename": "wy_sample-0.9.zip", "url": "x", "size": 1 << 30}
    page = json.dumps({"meta": {}, "name": "wy-sample", "files": [links]})
    index.pages = {"/simple/wy-sample/": [Reply(kind="application/json", body=page)]}
    assert publish(project) == Exit.FINDINGS
    assert "project-limit in [tool.wheelyard.publish] is 1 GB" in capsys.readouterr().err
    assert index.order == []


def test_a_version_with_a_local_part_is_refused_for_pypi(
    repository: MakeRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    root = make_project(repository, name="local")
    make_wheelhouse(root / "wheelhouse", plan=make_plan(version="1.0+g12"))
    assert cli.main(["collect", "-C", str(root), "-q"]) == Exit.DONE
    assert publish(root, "--index", "pypi") == Exit.FINDINGS
    assert "1.0+g12" in capsys.readouterr().err


def test_a_platform_of_the_version_before_is_not_lost_without_a_word(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    index.held = {"wy_sample-0.9-cp312-cp312-win32.whl": b"earlier"}
    assert publish(project) == Exit.FINDINGS
    assert 'drop = ["*-win32"]' in capsys.readouterr().err
    assert index.order == []
    table = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(f'{table}drop = ["*-win32"]\n')
    assert publish(project) == Exit.DONE


def earlier(folder: Path, *, fields: str = "") -> dict[str, bytes]:
    """A wheel of the version before."""
    path = make_wheel(folder, IDENTIFIERS[0], version="0.9", fields=fields)
    return {path.name: path.read_bytes()}


def test_what_the_version_before_allowed_is_known_without_its_wheels(
    project: Path, tmp_path: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    index.held = earlier(tmp_path, fields="Provides-Extra: fast\n")
    assert publish(project) == Exit.DONE
    assert "Extras that 0.9 had are gone: fast." in capsys.readouterr().err
    assert [request for request in index.requests if request.endswith(".whl")] == []


def test_what_the_version_before_asked_for_is_not_taken_from_an_index_that_lies(
    project: Path, tmp_path: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    index.held = earlier(tmp_path, fields="Provides-Extra: fast\n")
    path = f"/files/{next(iter(index.held))}.metadata"
    index.pages = {path: [Reply(body="Provides-Extra: other\n")]}
    assert publish(project) == Exit.DONE
    said = capsys.readouterr().err
    assert "is not compared with 0.9" in said
    assert "its page states" in said
    assert "gone: other" not in said


def test_metadata_that_the_index_changed_is_a_finding(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    index.offers = lambda metadata: metadata.replace(b"sample", b"other")
    assert publish(project, "--json") == Exit.FINDINGS
    out, err = capsys.readouterr()
    outcomes = [entry["outcome"] for entry in json.loads(out)["files"]]
    assert outcomes.count("shown as something else") == len(IDENTIFIERS)
    assert "3 of 4 files are not on" in err
    assert index.held == released(project)


def test_bytes_that_the_index_changed_are_a_finding_in_the_report(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    index.shown_digest = lambda _file, _digest: "0" * 64
    assert publish(project) == Exit.FINDINGS
    out, err = capsys.readouterr()
    assert out.count("shown as something else") == len(index.held)
    assert f"It is shown with SHA-256 {'0' * 64}; what was sent has" in err


def test_a_nightly_goes_to_its_own_index(project: Path, index: FakeIndex) -> None:
    table = (project / "pyproject.toml").read_text()
    with fake_index() as other:
        (project / "pyproject.toml").write_text(f'{table}nightly = {{ index = "{other.upload}" }}\n')
        assert publish(project, "--nightly") == Exit.DONE
        assert other.held == released(project)
    assert index.held == {}


def test_a_night_without_a_commit_changes_nothing(project: Path, index: FakeIndex) -> None:
    table = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(f'{table}nightly = {{ index = "{index.upload}" }}\n')
    index.held = dict.fromkeys(released(project), b"built on another night")
    assert publish(project, "--nightly") == Exit.DONE
    assert index.order == []
    del index.held[wheel_name(IDENTIFIERS[0])]
    assert publish(project, "--nightly") == Exit.FINDINGS


def test_a_nightly_without_an_index_says_where_to_name_one(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert publish(project, "--nightly") == Exit.USAGE
    assert "[tool.wheelyard.publish.nightly]" in capsys.readouterr().err


def test_files_of_this_version_that_are_not_ours_are_told(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    index.held = {"wy_sample-1.0-py3-none-any.whl": b"of somebody", "wy_sample-0.9.tar.gz": b"earlier"}
    assert publish(project) == Exit.DONE
    said = capsys.readouterr().err
    assert "not in the release: wy_sample-1.0-py3-none-any.whl. Find out whose." in said


def test_a_yanked_version_is_told_and_its_files_count_as_there(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in released(project).items()}
    links = "".join(f'<a href="{name}#sha256={digest}" data-yanked="">x</a>' for name, digest in digests.items())
    index.pages = {"/simple/wy-sample/": [Reply(kind="text/html", body=links)]}
    assert publish(project) == Exit.DONE
    said = capsys.readouterr().err
    assert f"Yanked on {index.upload}: {', '.join(digests)}." in said
    assert "Unyank it there" in said
    assert index.order == []


def test_an_empty_release_is_never_published(
    project: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = project / "store" / "v1.0" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "files": []}))
    assert publish(project) == Exit.INCOMPLETE
    assert "An empty release is never published" in capsys.readouterr().err
    assert index.requests == []


@pytest.mark.integration  # for its pauses between attempts
def test_an_index_that_is_down_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert publish(project, "--index", f"http://127.0.0.1:{port}/legacy/") == Exit.OUTSIDE
    assert "Connection refused" in capsys.readouterr().err


def test_a_malformed_pypirc_is_told(
    project: Path, tmp_path: Path, index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".pypirc").write_text("password = s3cret-of-pypirc\n")
    assert publish(project, "--index", "testpypi") == Exit.USAGE
    said = capsys.readouterr().err
    assert "Malformed configuration in ~/.pypirc" in said
    assert "s3cret-of-pypirc" not in said
    assert index.requests == []


def test_an_unknown_index_is_told_with_the_nearest(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert publish(project, "--index", "testpipy") == Exit.USAGE
    assert "Did you mean 'testpypi'" in capsys.readouterr().err


def test_a_variable_that_names_another_index_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TWINE_REPOSITORY_URL", "https://other.example/")
    assert publish(project) == Exit.DONE
    assert "TWINE_REPOSITORY_URL is set and not used" in capsys.readouterr().err


def test_the_token_is_in_no_output_and_no_file(project: Path, index: FakeIndex) -> None:
    index.faults = {2: lambda _file: Reply(status=403, reason=f"no such token {PASSWORD}")}
    run = killing.run("publish", "-C", project, "--wait", "0", env=killing.environment(**LOGIN))
    assert run.code == Exit.OUTSIDE
    written = [content for content in tree(project).values() if PASSWORD.encode() in content]
    assert PASSWORD not in run.out + run.err
    assert not written


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal for one process")
def test_an_interruption_does_not_wait_for_a_silent_index(project: Path, index: FakeIndex) -> None:
    silent = threading.Event()
    reached = threading.Event()

    def say_nothing(_file: str) -> None:
        reached.set()
        silent.wait(120)

    index.faults = {2: say_nothing}
    command = (sys.executable, "-m", "wheelyard", "publish", "-C", str(project), "-q")
    run = subprocess.Popen(command, env=killing.environment(**LOGIN), stdout=-3, stderr=subprocess.PIPE, text=True)
    assert reached.wait(120)
    run.terminate()  # as Ctrl-C, which whoever runs tests in the background has ignored
    _, err = run.communicate(timeout=60)
    silent.set()
    assert run.returncode == Exit.INTERRUPTED
    assert "run the same command to go on" in err


def killed_at(index: FakeIndex, root: Path, at: int) -> None:
    """Publish in a process that the index kills when it has received so many bytes."""
    begun = threading.Event()
    process: list[subprocess.Popen[bytes]] = []

    def on_bytes(received: int) -> None:
        if received >= at:
            begun.wait(60)
            process[0].send_signal(signal.SIGKILL)

    index.on_bytes = on_bytes
    command = (sys.executable, "-m", "wheelyard", "publish", "-C", str(root), "-q", "--wait", "0")
    process.append(subprocess.Popen(command, env=killing.environment(**LOGIN), stdout=-3, stderr=-3))
    begun.set()
    assert process[0].wait() == -signal.SIGKILL
    index.on_bytes = lambda _count: None
    index.settle()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal for one process")
@pytest.mark.peers
def test_killed_at_any_byte_the_next_run_sends_only_what_is_missing(
    repository: MakeRepository, index: FakeIndex
) -> None:
    root = make_project(repository, index=index.upload, name="chaos")
    identifiers = [Identifier(f"cp3{minor}-manylinux_x86_64") for minor in range(39)]
    make_wheelhouse(root / "wheelhouse", plan=make_plan(identifiers=identifiers), data=os.urandom(20_000))
    assert cli.main(["collect", "-C", str(root), "-q", "--json"]) == Exit.DONE
    expected = released(root)
    total = sum(map(len, expected.values()))
    for at in random.Random(7).sample(range(1, total), KILLS):  # noqa: S311  # the seed is the point
        index.held, index.received, index.resent = {}, 0, []
        index.accepted.clear()
        killed_at(index, root, at)
        assert publish(root) == Exit.DONE, f"killed at byte {at}"
        assert index.held == expected, f"killed at byte {at}"
        assert set(index.accepted.values()) == {1}, f"killed at byte {at}"
        assert index.resent == [], f"killed at byte {at}"
