"""`wheelyard status` shows plan, builds, release and index beside one another, and what continues."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from fakegithub import Server
from fakeindex import FakeIndex, Reply, fake_index
from releases import IDENTIFIERS, NAME, built, make_bundle, make_report, make_wheel, write_job
from support import MakeRepository, run_git
from wheelyard import cli, config, documents, stores
from wheelyard.errors import Exit
from wheelyard.locking import lock
from wheelyard.releasing.manifest import Result, State
from wheelyard.status.stages import Status
from wheelyard.targets import Target

NAMES = [*map(str, IDENTIFIERS), "sdist"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A repository whose wheels are built on a GitHub and published to an index."""

    root: Path
    github: Server
    index: FakeIndex

    @property
    def head(self) -> str:
        return run_git(self.root, "rev-parse", "HEAD")

    def status(self, *arguments: str) -> int:
        return cli.main(["status", "-C", str(self.root), *arguments])

    def ran(self, *jobs: dict[str, Any], **run: Any) -> None:
        """Let GitHub know a run of the workflow for this commit."""
        facts = {"id": 7, "head_sha": self.head, "head_branch": "v1.0", **run}
        self.github.rules(runs=[facts], jobs=[{"id": n, "run_id": 7, **job} for n, job in enumerate(jobs)])

    def release(self, folder: Path, **facts: Any) -> dict[str, bytes]:
        """Put a complete draft there; gives its files."""
        bundle = make_bundle(folder)
        files = {path.name: path.read_bytes() for path in bundle.paths.values()}
        self.github.seed("v1.0", {**files, "manifest.json": documents.dump(bundle.manifest)}, **facts)
        return files


def project(repository: MakeRepository, *, store: str, index: str) -> Path:
    """A repository with three identifiers planned, a job each."""
    text = (
        f'[project]\nname = "{NAME}"\nversion = "1.0"\n[tool.wheelyard]\ntargets = ["linux-x86_64"]\n'
        f'split = "identifier"\nrelease.store = "{store}"\npublish.index = "{index}"\n'
    )
    read = config.parse(text, source="pyproject.toml")
    made = lock.made(read, cibuildwheel="4.3.3", identifiers={Target.LINUX_X86_64: IDENTIFIERS})
    return repository({"pyproject.toml": text, lock.FILE: documents.dump(made).decode(), ".gitignore": "wheelhouse\n"})


@pytest.fixture
def index() -> Iterator[FakeIndex]:
    with fake_index() as running:
        yield running


@pytest.fixture
def place(github: Server, index: FakeIndex, repository: MakeRepository) -> Place:
    """A tagged commit that nothing was done for yet."""
    root = project(repository, store="github", index=index.upload)
    run_git(root, "tag", "v1.0")
    return Place(root=root, github=github, index=index)


def seen(place: Place, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = Exit.DONE) -> dict[str, Any]:
    """What `--json` prints, held against its schema."""
    assert place.status("--json", *arguments) == code
    found = json.loads(capsys.readouterr().out)
    Draft202012Validator(documents.schema(Status)).validate(found)
    assert sorted(row["name"] for row in found["rows"]) == sorted(NAMES)
    return {**found, "rows": {row["name"]: row for row in found["rows"]}}


def column(found: dict[str, Any], stage: str) -> list[str]:
    return [found["rows"][name][stage]["words"] for name in NAMES]


def job(name: str, status: str = "completed", conclusion: str | None = "success") -> dict[str, Any]:
    title = "Build the sdist" if name == "sdist" else f"Build {name}"
    return {"name": title, "status": status, "conclusion": conclusion}


ALL = [job(name) for name in NAMES]


def test_a_version_that_is_not_tagged_is_tagged_first(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    run_git(place.root, "tag", "--delete", "v1.0")
    found = seen(place, capsys)
    assert (found["next"]["step"], found["next"]["command"]) == ("tag", "wheelyard tag")


def test_a_tag_without_a_run_has_its_workflow_started(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    found = seen(place, capsys)
    assert column(found, "build") == ["", "", "", ""]
    assert found["next"]["command"] == "gh workflow run wheels.yml --field ref=v1.0"


def test_without_a_token_the_index_is_shown_and_the_rest_is_not_known(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.setenv("GH_CONFIG_DIR", str(tmp_path))  # where `gh` is installed, it is not logged in
    found = seen(place, capsys, code=Exit.USAGE)
    assert column(found, "build") == column(found, "release") == ["?"] * 4
    assert column(found, "index") == [""] * 4
    assert "no token" in found["builds"]["trouble"]
    assert found["next"]["command"] == "wheelyard status v1.0"


def test_a_token_that_sees_no_drafts_does_not_take_them_for_none(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place.release(tmp_path)
    monkeypatch.setenv("GITHUB_TOKEN", place.github.reader)
    found = seen(place, capsys, code=Exit.USAGE)
    assert column(found, "release") == ["?"] * 4
    assert "contents: write" in found["release"]["trouble"]


def test_jobs_at_work_are_told_apart(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    jobs = (job(NAMES[0]), job(NAMES[1], "in_progress", None), job(NAMES[2], "queued", None))
    place.ran(*jobs, status="in_progress", conclusion=None)
    found = seen(place, capsys)
    assert column(found, "build") == ["built", "running", "queued", "not begun"]
    assert found["moving"]
    assert found["next"]["command"] == "wheelyard status v1.0 --watch"


@pytest.mark.parametrize(
    ("conclusion", "words"), [("failure", "failed"), ("cancelled", "cancelled"), ("timed_out", "timed out")]
)
def test_a_run_that_failed_is_run_again_where_it_failed(
    place: Place, capsys: pytest.CaptureFixture[str], conclusion: str, words: str
) -> None:
    place.ran(*ALL[:2], job(NAMES[2], conclusion=conclusion), ALL[3], conclusion="failure")
    found = seen(place, capsys)
    assert column(found, "build") == ["built", "built", words, "built"]
    assert found["next"]["step"] == "build"
    assert found["next"]["words"] == f"not built: {NAMES[2]}"
    assert found["next"]["command"] == "gh run rerun 7 --failed"


def test_of_several_runs_the_newest_of_this_commit_counts(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    runs = [
        {"id": 1, "head_sha": place.head, "conclusion": "failure", "created_at": "2026-01-01T00:00:00Z"},
        {"id": 2, "head_sha": place.head, "created_at": "2026-01-02T00:00:00Z"},
        {"id": 3, "head_sha": place.head, "created_at": "2026-01-03T00:00:00Z", "event": "pull_request"},
        {"id": 4, "head_sha": "d" * 40, "created_at": "2026-01-04T00:00:00Z"},
    ]
    place.github.rules(runs=runs, jobs=[{"id": n, "run_id": 2, **each} for n, each in enumerate(ALL)])
    found = seen(place, capsys)
    assert found["builds"]["where"].endswith("/actions/runs/2")
    assert column(found, "build") == ["built"] * 4


def test_a_draft_is_published(place: Place, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    place.ran(*ALL, conclusion="failure")
    place.release(tmp_path / "made")
    found = seen(place, capsys)
    assert column(found, "release") == ["draft"] * 4
    assert (found["next"]["step"], found["next"]["command"]) == ("publish", "gh run rerun 7 --failed")
    place.ran(*ALL)
    assert seen(place, capsys)["next"]["command"] == "wheelyard publish --tag v1.0"


def test_a_release_with_half_its_files_names_the_others(
    place: Place, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    place.ran(*ALL, conclusion="failure")
    made = make_bundle(tmp_path / "made").manifest
    half = documents.builtins(made) | {"files": documents.builtins(made.files[:2]), "missing": [NAMES[2]]}
    place.github.seed("v1.0", {"manifest.json": documents.dump(half)})
    found = seen(place, capsys)
    assert column(found, "release") == ["draft", "draft", "", ""]
    assert found["next"]["step"] == "collect"
    assert found["next"]["words"] == f"built, and not in the release: {NAMES[2]}, sdist"


def test_what_is_on_the_index_is_compared_by_its_digest(
    place: Place, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    files = place.release(tmp_path / "made")
    first, second, *_ = sorted(files)
    place.index.held.update({first: files[first], second: b"other bytes"})
    found = seen(place, capsys)
    assert column(found, "index") == ["there", "other bytes", "", ""]


def test_a_release_that_is_on_the_index_is_finished(
    place: Place, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    place.index.held.update(place.release(tmp_path / "made"))
    found = seen(place, capsys)
    assert (found["next"]["step"], found["next"]["command"]) == ("finish", "wheelyard finish --tag v1.0")


def test_of_a_finished_release_nothing_is_left_to_do(
    place: Place, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    place.index.held.update(place.release(tmp_path / "made", draft=False))
    assert seen(place, capsys)["next"] is None
    assert place.status("v1.0") == Exit.DONE
    assert capsys.readouterr().out.endswith("All is done.\n")


def test_an_index_without_a_release_is_read_by_names(
    place: Place, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    files = {path.name: path.read_bytes() for path in make_bundle(tmp_path / "made").paths.values()}
    place.index.held.update({**files, f"{NAME}-0.9.tar.gz": b"older"})
    found = seen(place, capsys)
    assert column(found, "index") == ["there"] * 4
    assert found["next"] is None


def test_an_api_that_answers_403_is_unknown_and_not_nothing(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.github.fault("403", "/actions/", times=100)
    found = seen(place, capsys, code=Exit.USAGE)
    assert column(found, "build") == ["?"] * 4
    assert "actions: read" in found["builds"]["trouble"]
    assert column(found, "release") == [""] * 4


def test_an_index_that_does_not_answer_is_unknown(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.index.pages["/simple/wy-sample/"] = [Reply(status=400)]
    found = seen(place, capsys, code=Exit.OUTSIDE)
    assert column(found, "index") == ["?"] * 4
    assert place.status() == Exit.OUTSIDE
    assert "index: not known" in capsys.readouterr().out


def test_a_manifest_that_was_cut_off_is_unknown(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.github.seed("v1.0", {"manifest.json": b'{"schema": 1, "name": "wy_'})
    found = seen(place, capsys, code=Exit.USAGE)
    assert column(found, "release") == ["?"] * 4
    assert "is not JSON" in found["release"]["trouble"]
    assert found["next"]["command"] == "wheelyard status v1.0"


def test_the_plan_is_that_of_the_tag(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    tagged = place.head
    text = (
        f'[project]\nname = "x"\nversion = "2"\n[tool.wheelyard]\npure = true\npublish.index = "{place.index.upload}"\n'
    )
    (place.root / "pyproject.toml").write_text(text)
    run_git(place.root, "commit", "--quiet", "--all", "--message", "Go on")
    assert seen(place, capsys, "v1.0")["commit"] == tagged


def test_the_plan_of_a_tag_may_be_in_another_folder(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    inner = place.root / "inner"
    inner.mkdir()
    text = (place.root / "pyproject.toml").read_text()
    (inner / "pyproject.toml").write_text(text.partition("[tool")[0])
    (place.root / "pyproject.toml").write_text(f'{text}package = "inner"\n'.replace(NAME, "other"))
    run_git(place.root, "add", "--all")
    run_git(place.root, "commit", "--quiet", "--message", "Move it")
    run_git(place.root, "tag", "--force", "v1.0")
    (place.root / "pyproject.toml").write_text(text)
    run_git(place.root, "commit", "--quiet", "--all", "--message", "Move it back")
    assert seen(place, capsys, "v1.0")["name"] == NAME


@pytest.mark.parametrize("tag", ["1.0", "v1.0; touch owned", "--version=1", "v", "v$(id)"])
def test_what_is_no_tag_of_a_release_is_refused(place: Place, capsys: pytest.CaptureFixture[str], tag: str) -> None:
    assert place.status("--", tag) == Exit.USAGE
    assert "is no tag of a release" in capsys.readouterr().err


def test_watching_ends_when_nothing_moves_any_more(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.ran(ALL[0], status="in_progress", conclusion=None)
    looked = threading.Event()

    def go_on() -> None:
        while not any("/jobs" in exchange.path for exchange in place.github.exchanges()):
            pass
        place.ran(*ALL)
        looked.set()

    other = threading.Thread(target=go_on)
    other.start()
    assert place.status("--watch", "--every", "0.05") == Exit.DONE
    other.join()
    ended = capsys.readouterr()
    assert looked.is_set()
    lines = [line for line in ended.err.splitlines() if line.startswith("build:")]
    assert (lines[0], lines[-1]) == ("build: 1 of 4, 3 not begun", "build: 4 of 4")
    assert "build: 4 of 4" in ended.out


def test_watching_what_refuses_to_answer_ends_at_once(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.ran(*ALL, status="in_progress", conclusion=None)
    place.github.fault("403", "/actions/", times=100)
    assert place.status("--watch", "--every", "0") == Exit.USAGE


def local(repository: MakeRepository, index: FakeIndex, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return project(repository, store="directory:dist", index=index.upload)


def run(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert cli.main(["status", "-C", str(root), "--json", *arguments]) == Exit.DONE
    found = json.loads(capsys.readouterr().out)
    return {**found, "rows": {row["name"]: row for row in found["rows"]}}


def test_builds_of_this_machine_are_read_from_the_wheelhouse(
    repository: MakeRepository, index: FakeIndex, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = local(repository, index, monkeypatch)
    assert run(root, capsys)["next"]["command"] == "wheelyard build"
    house, head = root / "wheelhouse", run_git(root, "rev-parse", "HEAD")
    jobs = [row["job"] for name, row in run(root, capsys)["rows"].items() if name != "sdist"]
    done = built(make_wheel(house / jobs[0], IDENTIFIERS[0]), IDENTIFIERS[0])
    failed = Result(identifier=IDENTIFIERS[1], state=State.FAILED, message="no compiler")
    write_job(house, make_report(jobs[0], [done], commit=head))
    write_job(house, make_report(jobs[1], [failed], commit=head))
    write_job(house, make_report(jobs[2], [built(house / jobs[0] / str(done.file), IDENTIFIERS[2])], commit="d" * 40))
    found = run(root, capsys)
    assert column(found, "build") == ["built", "failed", "", ""]
    assert found["next"]["command"] == f"wheelyard build {jobs[1]} {jobs[2]} sdist"


def test_a_release_in_a_directory_goes_on_to_the_index(
    repository: MakeRepository,
    index: FakeIndex,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    root = local(repository, index, monkeypatch)
    bundle = make_bundle(tmp_path / "made")
    stores.choose("directory:dist", root=root).save(bundle)
    found = run(root, capsys)
    assert column(found, "release") == ["draft"] * 4
    assert found["next"]["command"] == "wheelyard publish --tag v1.0"
    assert found["release"]["where"] == str(root / "dist" / "v1.0")


@pytest.mark.parametrize(
    "surroundings",
    [
        pytest.param({"PYTHONIOENCODING": "ascii"}, id="a locale without Unicode"),
        pytest.param({"NO_COLOR": "1", "COLUMNS": "60"}, id="narrow, no colour"),
    ],
)
def test_any_terminal_will_do(place: Place, surroundings: dict[str, str], tmp_path: Path) -> None:
    named = place.root.rename(place.root.with_name("naïve"))
    (named / "pyproject.toml").write_text((named / "pyproject.toml").read_text().replace("github", "directory:ü"))
    env = {**os.environ, **surroundings}
    command = (sys.executable, "-m", "wheelyard", "status", "-C", str(named))
    done = subprocess.run(command, env=env, check=False, capture_output=True)
    assert (done.returncode, done.stderr) == (Exit.DONE, b"")
    assert b"\033" not in done.stdout
    assert all(name.encode() in done.stdout for name in NAMES)
