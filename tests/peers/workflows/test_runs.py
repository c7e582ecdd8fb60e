"""Workflows run on this machine, with the real sessions behind their commands."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

import fakegithub
import goldens
import samples
import validators
from fakegithub import Server
from support import ROOT, run_git
from wheelyard import __version__, resources
from wheelyard.automation import PullRequest
from wheelyard.index import embedded
from wheelyard.releasing import manifest
from wheelyard.releasing.manifest import File

pytestmark = pytest.mark.peers

SHIM = """\
#!/bin/sh
# The real Python, but for what is installed already.
case "$*" in "-m pip install"*) exit 0;; esac
exec {python} "$@"
"""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the runner is asked: an event in a repository, at which attempt, and what is forced or left out.

    `results` are results of jobs that do not run, or several such, to have a report of each; `rows` are the only jobs
    of a matrix that run; `earlier` is the report of the attempt before, of which only what failed runs again. Jobs that
    may write contents have the token `write`, all others `read`; those that may have an identity get the variables of
    `identity`.
    """

    workflow: str
    source: str
    folder: str
    env: Mapping[str, str]
    event: str
    ref: str
    sha: str
    repository: str = "spam/spam"
    payload: Mapping[str, object] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict)
    identity: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, str] | Sequence[Mapping[str, str]] = field(default_factory=dict)
    rows: Sequence[str] | None = None
    attempt: int = 1
    earlier: Mapping[str, object] | None = None
    ignored: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Place:
    """A repository with a workflow, and a folder for its runs."""

    root: Path
    workflow: Path
    folder: Path

    def run(self, event: str, ref: str = "refs/heads/main", **more: Any) -> dict[str, Any]:
        """The report of a run."""
        report: dict[str, Any] = self._played(event, ref, **more)
        return report

    def runs(self, event: str, ref: str, *, results: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
        """The report of a run for each of `results`."""
        reports: list[dict[str, Any]] = self._played(event, ref, results=results)
        return reports

    def _played(self, event: str, ref: str, env: Mapping[str, str] | None = None, **more: Any) -> Any:
        """What the runner prints; `env` is what its machines have beside the usual."""
        self.folder.mkdir(exist_ok=True)
        order = Order(
            workflow=str(self.workflow),
            source=str(self.root),
            folder=str(self.folder),
            env={**self._env(), **(env or {})},
            event=event,
            ref=ref,
            sha=run_git(self.root, "rev-parse", "HEAD"),
            **more,
        )
        file = self.folder / "order.json"
        file.write_text(json.dumps(asdict(order)))
        done = validators.node("runner.mjs", file, env={**os.environ, "NODE_NO_WARNINGS": "1"})
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def _env(self) -> dict[str, str]:
        shims = self.folder / "bin"
        shims.mkdir(exist_ok=True)
        (shims / "python").write_text(SHIM.format(python=sys.executable))
        (shims / "python").chmod(0o755)
        path = f"{shims}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        kept = {
            name: os.environ[name]
            for name in os.environ
            if name.startswith(("PIP_", "UV_", "SSL_", "LD_", "PYTHONPATH"))
        }
        home = os.environ.get("HOME", "/")
        return {**kept, "PATH": path, "HOME": home, "WHEELYARD_CACHE": str(resources.cache()), "LANG": "C.UTF-8"}


def place(root: Path, folder: Path) -> Place:
    """A repository of the user's, with its workflow generated and committed."""
    done = samples.wheelyard("generate", "-C", str(root))
    assert done.returncode == 0, done.stderr
    samples.commit(root)
    run_git(root, "branch", "-M", "main")
    (workflow,) = (root / ".github" / "workflows").iterdir()
    return Place(root=root, workflow=workflow, folder=folder)


def results(report: Mapping[str, Any]) -> dict[str, str]:
    """Each job's result."""
    return {name: job["result"] for name, job in report["jobs"].items()}


def failures(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The steps that failed, with what they printed."""
    steps = [(step, name) for name, job in report["jobs"].items() for run in job["instances"] for step in run["steps"]]
    return [(f"{name}: {step['name']}", step["output"]) for step, name in steps if step["outcome"] == "failure"]


def release(published: str, *, more: str = "") -> str:
    """The tables of a project that is released to an index on this machine."""
    return f'\n[tool.wheelyard.publish]\nindex = "{published}"\n{more}'


@dataclass(frozen=True, kw_only=True)
class Index:
    """A package index on loopback, and the folder where its files are."""

    served: embedded.Served
    folder: Path

    @property
    def secrets(self) -> dict[str, str]:
        """What the repository's environment holds for it."""
        return {"TWINE_USERNAME": self.served.login[0], "TWINE_PASSWORD": self.served.login[1]}

    def names(self, start: str) -> list[str]:
        """The files it has."""
        return sorted(path.name for path in self.folder.glob(f"{start}*"))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """An empty index."""
    folder = tmp_path / "index"
    folder.mkdir()
    with embedded.serve(folder) as served:
        yield Index(served=served, folder=folder)


def add(root: Path, text: str) -> None:
    """Add tables to the configuration."""
    with (root / "pyproject.toml").open("a") as file:
        file.write(text)


@pytest.fixture
def native(tmp_path: Path, index: Index) -> Place:
    """A C extension."""
    root = samples.sample("setuptools_c", tmp_path / "project")
    add(root, release(index.served.upload))
    return place(root, tmp_path / "run")


PURE = """\
[build-system]
requires = ["setuptools>=77.0.3"]
build-backend = "setuptools.build_meta"

[project]
name = "wy-pure"
version = "1.0"
description = "No native code"
readme = "README.md"
license = "MIT"

[tool.setuptools]
py-modules = ["wy_pure"]

[tool.wheelyard]
pure = true
"""


@pytest.fixture
def pure(tmp_path: Path, index: Index) -> Place:
    """A package without native code, the quickest to release."""
    return pure_with(release(index.served.upload), tmp_path)


def pure_with(tables: str, folder: Path) -> Place:
    """A pure package with more tables in its configuration."""
    root = folder / "project"
    root.mkdir()
    add(root, PURE + tables)
    (root / "README.md").write_text("# Pure\n")
    (root / "wy_pure.py").write_text('"""Nothing."""\n')
    run_git(root, "init", "-q")
    assert samples.wheelyard("lock", "-C", str(root)).returncode == 0
    return place(root, folder / "run")


def test_a_tag_is_built_collected_and_published(native: Place, index: Index) -> None:
    run_git(native.root, "tag", "v1.0.0")
    report = native.run("push", "refs/tags/v1.0.0", secrets=index.secrets)
    assert failures(report) == []
    assert set(results(report).values()) == {"success"}
    assert set(report["jobs"]) == {"plan", "sdist", "build", "collect", "publish", "report"}
    assert [name.rpartition(".")[2] for name in index.names("wy_setuptools_c")] == ["whl", "gz"]


def test_a_pure_package_is_released_by_the_same_workflow(pure: Place, index: Index) -> None:
    run_git(pure.root, "tag", "v1.0")
    report = pure.run("push", "refs/tags/v1.0", secrets=index.secrets)
    assert failures(report) == []
    assert list(results(report)) == ["plan", "sdist", "collect", "publish", "report"]
    assert index.names("wy_pure") == ["wy_pure-1.0-py3-none-any.whl", "wy_pure-1.0.tar.gz"]
    assert "wy-pure" in report["jobs"]["plan"]["instances"][0]["steps"][-2]["summary"]


def test_a_release_is_attested_by_the_identity_of_the_job_that_publishes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("trustme")
    pytest.importorskip("pypi_attestations")
    from fakepypi import fake_pypi  # noqa: PLC0415  # needs what some machines do not have

    here = pure_with('\n[tool.wheelyard.publish]\ntrust-config = "sigstore.json"\n', tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with fake_pypi(tmp_path) as fake:
        fake.sigstore.pose()
        shutil.copy(fake.trusted, here.root)
        samples.commit(here.root)
        run_git(here.root, "tag", "v1.0")
        report = here.run("push", "refs/tags/v1.0", repository="ada/spam", identity=fake.environment)
        assert failures(report) == []
        assert set(fake.pypi.index.held) == {"wy_pure-1.0-py3-none-any.whl", "wy_pure-1.0.tar.gz"}
        assert set(fake.pypi.index.provenance) == set(fake.pypi.index.held)
        verify = ("publish", "-C", str(here.root), "--verify", "1.0", "--repository", "ada/spam")
        verified = samples.wheelyard(*verify, "--workflow", "wheels.yml", env={**os.environ, **fake.environment})
    assert verified.returncode == 0, verified.stderr
    assert verified.stdout.count("wheels.yml") == 2


def test_wheels_are_built_from_the_sdist_and_a_job_in_between_is_waited_for(tmp_path: Path, index: Index) -> None:
    root = samples.sample("setuptools_c", tmp_path / "project")
    job = '{ id = "acceptance", after = "collect", before = "publish", steps = [{ run = "echo accepted" }] }'
    more = f"[tool.wheelyard.workflow]\njobs = [{job}]\n[tool.wheelyard.sdist]\nwheels-from-sdist = true\n"
    add(root, release(index.served.upload, more=more))
    (root / "MANIFEST.in").write_text("graft tests\n")  # the tests must be in the sdist, to be run from it
    here = place(root, tmp_path / "run")
    run_git(root, "tag", "v1.0.0")
    report = here.run("push", "refs/tags/v1.0.0", secrets=index.secrets)
    assert failures(report) == []
    order = list(report["jobs"])
    assert order.index("collect") < order.index("acceptance") < order.index("publish")
    (made,) = (here.folder / "artifacts" / "made-sdist-1").glob("*.tar.gz")
    steps = [step for run in report["jobs"]["build"]["instances"] for step in run["steps"]]
    assert not any("building the sdist" in step.get("output", "") for step in steps)
    assert (index.folder / made.name).read_bytes() == made.read_bytes()


@pytest.mark.parametrize(("labels", "built"), [(["wheels"], "success"), (["other"], "skipped")])
def test_a_pull_request_tries_a_subset_where_it_has_the_label(
    tmp_path: Path, labels: list[str], built: str, index: Index
) -> None:
    root = samples.sample("setuptools_c", tmp_path / "project")
    on = f'[tool.wheelyard.on]\npull-request = {{ label = "wheels", subset = "{samples.HERE}" }}\n'
    add(root, release(index.served.upload, more=on))
    here = place(root, tmp_path / "run")
    pull = {"labels": [{"name": label} for label in labels]}
    report = here.run("pull_request", "refs/pull/1/merge", payload={"action": "synchronize", "pull_request": pull})
    assert failures(report) == []
    found = results(report)
    assert found["subset"] == built
    assert {found[job] for job in ("build", "collect", "publish")} == {"skipped"}
    assert index.names("wy") == []


def test_a_pull_request_plans_and_writes_nothing(pure: Place) -> None:
    report = pure.run("pull_request", "refs/pull/1/merge")
    assert failures(report) == []
    assert {name for name, result in results(report).items() if result == "success"} == {"plan", "report"}


def test_a_pull_request_that_lets_the_workflow_rot_is_red(pure: Place) -> None:
    add(pure.root, "environment = 'other'\n")
    samples.commit(pure.root)
    report = pure.run("pull_request", "refs/pull/1/merge")
    ((step, output),) = failures(report)
    assert step == "plan: Compare the lock and this workflow with what they are made of"
    assert "[tool.wheelyard] in pyproject.toml changed" in output


@pytest.mark.parametrize("tag", ["v2.0", "v1.0.post1", "v1.0-rc$(touch${IFS}pwned)", "v1.0';touch$IFS'pwned"])
def test_a_tag_that_is_not_the_version_builds_nothing(pure: Place, tag: str) -> None:
    run_git(pure.root, "tag", tag)
    report = pure.run("push", f"refs/tags/{tag}")
    assert results(report)["plan"] == "failure"
    assert {result for name, result in results(report).items() if name != "plan"} == {"skipped"}
    assert "cannot be released" in failures(report)[0][1]
    assert not list(pure.folder.rglob("pwned"))


STRANGE = (
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    '"; touch pwned; "',
    "a\ntouch pwned",
    "${{ github.token }}",
)


@pytest.mark.parametrize("text", STRANGE)
def test_text_of_strangers_reaches_no_shell(pure: Place, text: str) -> None:
    user = {"login": text}
    head = {"ref": text, "label": text, "repo": {"full_name": text}}
    pull = {"title": text, "body": text, "head": head, "user": user, "labels": [{"name": text}]}
    payload = {"action": "labeled", "label": {"name": text}, "pull_request": pull, "sender": user}
    report = pure.run("pull_request", "refs/pull/1/merge", payload=payload)
    assert failures(report) == []
    assert not list(pure.folder.rglob("pwned"))
    assert "a-token" not in json.dumps(report)


@pytest.mark.parametrize("text", STRANGE)
def test_the_inputs_of_a_release_by_hand_reach_no_shell(pure: Place, text: str) -> None:
    run_git(pure.root, "tag", "v1.0")
    report = pure.run("workflow_dispatch", inputs={"ref": "v1.0", "only": text})
    assert results(report)["plan"] == "failure"
    assert not list(pure.folder.rglob("pwned"))


DONE = dict.fromkeys(("plan", "preflight", "sdist", "build", "cross", "test"), "success")
GATES = ("collect", "acceptance", "publish-test", "publish", "finish", "nightly")


def empty(folder: Path) -> None:
    """Make a repository of one commit without files."""
    run_git(folder, "init", "-q")
    run_git(folder, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "None", "--allow-empty")


def golden(name: str, folder: Path) -> Place:
    """A golden workflow in a repository without files."""
    empty(folder)
    return Place(root=folder, workflow=goldens.file(name), folder=folder)


def gates(report: Mapping[str, Any]) -> set[str]:
    """The results of all jobs behind the gates."""
    found = results(report)
    assert len(set(found) & set(GATES)) >= 2
    return {found[gate] for gate in GATES if gate in found}


@pytest.mark.parametrize("name", goldens.NAMES)
def test_collect_and_publish_stay_shut_unless_every_job_before_succeeded(name: str, tmp_path: Path) -> None:
    before = [job for job in DONE if f"\n  {job}:\n" in goldens.file(name).read_text()]
    wrong = [(job, result) for job in before for result in ("failure", "cancelled", "skipped")]
    forced = [{**DONE, "report": "skipped", job: result} for job, result in wrong]
    reports = golden(name, tmp_path).runs("push", "refs/tags/v1.0", results=forced)
    opened = [case for case, report in zip(wrong, reports, strict=True) if gates(report) != {"skipped"}]
    assert opened == []


@pytest.mark.parametrize("name", goldens.NAMES)
def test_the_gate_opens_when_they_did(name: str, tmp_path: Path) -> None:
    report = golden(name, tmp_path).run("push", "refs/tags/v1.0", results=DONE, rows=[])
    assert "failure" in gates(report)  # for there is nothing to collect


@pytest.mark.parametrize("name", goldens.NAMES)
def test_in_a_fork_nothing_is_released(name: str, tmp_path: Path) -> None:
    fork = {"repository": {"fork": True, "full_name": "fork/spam"}}
    here = golden(name, tmp_path)
    report = here.run("push", "refs/tags/v1.0", results=DONE, payload=fork, repository="fork/spam")
    assert gates(report) == {"skipped"}


def test_text_of_the_configuration_arrives_as_it_is(tmp_path: Path) -> None:
    here = Place(root=tmp_path, workflow=goldens.file("hostile"), folder=tmp_path / "run")
    empty(tmp_path)
    pull = goldens.parsed("hostile").tool.on.pull_request
    assert isinstance(pull, PullRequest)
    labels = {"labels": [{"name": pull.label}]}
    payload = {"action": "labeled", "label": {"name": pull.label}, "pull_request": labels}
    found = results(here.run("pull_request", "refs/pull/1/merge", payload=payload, results={"plan": "success"}))
    assert found["subset"] == "failure"  # it ran, with nothing to check out
    report = here.run("push", "refs/tags/v1.0", results=DONE)
    assert report["jobs"]["no"]["instances"][0]["environment"] == "${{ secrets.X }}"
    (step,) = report["jobs"]["no"]["instances"][0]["steps"]
    assert step["output"].startswith("${{ secrets.X }} and\n3.10\n'\"#\n🛞\n")
    assert step["name"] == "- 🛞 ${{ secrets.X }} '\"#\n"


def test_failed_jobs_that_run_again_complete_the_release(tmp_path: Path, index: Index) -> None:
    root = samples.sample("abi3", tmp_path / "project")
    step = '[[tool.wheelyard.steps]]\nwhen = "before"\nrun = "test ! -e \\"$RUNNER_TEMP/../../../broken\\""\n'
    add(root, release(index.served.upload) + step)
    here = place(root, tmp_path / "run")
    run_git(root, "tag", "v1.0.0")
    here.folder.mkdir()
    (here.folder / "broken").touch()
    first = here.run("push", "refs/tags/v1.0.0", secrets=index.secrets)
    assert results(first)["build"] == "failure"
    assert {results(first)[job] for job in ("collect", "publish")} == {"skipped"}
    assert "its job has left nothing yet" in (here.folder / "artifacts" / "report-1" / "report.html").read_text()
    (here.folder / "broken").unlink()
    second = here.run("push", "refs/tags/v1.0.0", secrets=index.secrets, attempt=2, earlier=first)
    assert failures(second) == []
    assert set(results(second).values()) == {"success"}


def crossed(folder: Path, published: str, *, target: str = "linux-x86_64", command: str = "") -> Place:
    """A C extension whose wheel one machine builds and another tests."""
    root = samples.sample("setuptools_c", folder / "project")
    build = f"{samples.HERE.python}-manylinux_{target.partition('-')[2]}"
    text = (root / "pyproject.toml").read_text().replace(f'build = "{samples.HERE}"', f'build = "{build}"')
    text = text.replace('targets = ["linux-x86_64"]', f'targets = ["{target}"]\ncross = ["{target}"]')
    text = re.sub("(?m)^test-command = .*$", lambda found: f"test-command = '{command}'" if command else found[0], text)
    (root / "pyproject.toml").write_text(text)
    add(root, release(published))
    assert samples.wheelyard("lock", "-C", str(root)).returncode == 0
    return place(root, folder / "run")


def wheel_of(here: Place, *, attempt: int = 1) -> File:
    """The one wheel that the run released."""
    (file,) = (here.folder / "artifacts" / f"release-{attempt}").rglob("manifest.json")
    (wheel,) = [each for each in manifest.load(file.read_bytes()).files if each.file.endswith(".whl")]
    return wheel


@pytest.mark.skipif(platform.machine() != "x86_64", reason="this machine would build it natively")
@pytest.mark.skipif(not shutil.which("qemu-aarch64-static"), reason="qemu-user-static is the machine that tests")
def test_what_one_job_cross_builds_another_tests_before_it_is_released(tmp_path: Path, index: Index) -> None:
    here = crossed(tmp_path, index.served.upload, target="linux-aarch64")
    run_git(here.root, "tag", "v1.0.0")
    report = here.run("push", "refs/tags/v1.0.0", secrets=index.secrets)
    assert failures(report) == []
    assert list(results(report)) == ["plan", "sdist", "cross", "test", "collect", "publish", "report"]
    wheel = wheel_of(here)
    assert (wheel.tested, wheel.built_on) == (True, "linux-x86_64")
    assert (wheel.tested_on or "").startswith("qemu-aarch64")
    assert wheel.file in index.names("wy_setuptools_c")


def test_a_failed_test_of_what_was_cross_built_stops_the_release_until_it_passes(tmp_path: Path, index: Index) -> None:
    marker = tmp_path / "tested once"
    here = crossed(tmp_path, index.served.upload, command=f'mkdir "{marker}"')  # which the second test cannot
    run_git(here.root, "tag", "v1.0.0")
    first = here.run("push", "refs/tags/v1.0.0", secrets=index.secrets)
    assert results(first)["cross"] == "success"
    assert {results(first)[job] for job in ("collect", "publish")} == {"skipped"}
    ((step, output),) = failures(first)
    assert step == "test: Test it here"
    assert "The tests of these wheels failed: wy_setuptools_c-1.0.0" in output
    assert "test-command failed" in (here.folder / "artifacts" / "report-1" / "report.html").read_text()
    marker.rmdir()
    second = here.run("push", "refs/tags/v1.0.0", secrets=index.secrets, attempt=2, earlier=first)
    assert failures(second) == []
    assert set(results(second).values()) == {"success"}
    assert wheel_of(here, attempt=2).tested_on == "linux-x86_64"
    assert len(index.names("wy_setuptools_c")) == 2


def test_what_could_not_be_cross_built_is_on_the_page_with_its_log(tmp_path: Path, index: Index) -> None:
    here = crossed(tmp_path, index.served.upload, command="echo broken; false")
    run_git(here.root, "tag", "v1.0.0")
    report = here.run("push", "refs/tags/v1.0.0")
    assert [step for step, _ in failures(report)] == ["cross: Build for other machines, and audit"]
    assert {results(report)[job] for job in ("test", "collect", "publish")} == {"skipped"}
    assert "broken" in (here.folder / "artifacts" / "report-1" / "report.html").read_text()


def test_of_all_jobs_that_run_again_the_newest_count(pure: Place, index: Index) -> None:
    run_git(pure.root, "tag", "v1.0")
    first = pure.run("push", "refs/tags/v1.0", results={"publish": "failure"})
    assert failures(first) == []
    second = pure.run("push", "refs/tags/v1.0", secrets=index.secrets, attempt=2)
    assert failures(second) == []
    (made,) = (pure.folder / "artifacts" / "made-sdist-2").glob("*.whl")
    assert (index.folder / made.name).read_bytes() == made.read_bytes()


def test_this_repository_collects_its_own_release(tmp_path: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout: an sdist has no history")
    root = tmp_path / "project"
    run_git(ROOT, "clone", "-q", str(ROOT), str(root))
    run_git(root, "tag", f"v{__version__}")
    here = Place(root=root, workflow=root / ".github" / "workflows" / "wheels.yml", folder=tmp_path / "run")
    report = here.run("push", f"refs/tags/v{__version__}", results={"publish": "success"})
    assert failures(report) == []
    names = [path.name for path in (here.folder / "artifacts" / "release-1").rglob("wheelyard-*")]
    assert sorted(names) == [f"wheelyard-{__version__}-py3-none-any.whl", f"wheelyard-{__version__}.tar.gz"]


def test_a_schedule_uploads_a_nightly_and_releases_nothing(tmp_path: Path, index: Index) -> None:
    tables = '[tool.wheelyard.publish.nightly]\nindex = "{}"\n[tool.wheelyard.on]\nschedule = "42 1 * * *"\n'
    report = pure_with(tables.format(index.served.upload), tmp_path).run("schedule", secrets=index.secrets)
    assert failures(report) == []
    found = results(report)
    assert (found["nightly"], found["collect"], found["publish"]) == ("success", "skipped", "skipped")
    assert index.names("wy_pure") == ["wy_pure-1.0-py3-none-any.whl", "wy_pure-1.0.tar.gz"]


@pytest.fixture
def github(tmp_path: Path) -> Iterator[Server]:
    """A GitHub whose repository is the runner's."""
    with fakegithub.serve(tmp_path / "github") as server:
        server.rules(repository="spam/spam")
        yield server


@pytest.fixture
def on_github(tmp_path: Path, index: Index) -> Place:
    """A pure package whose releases live there."""
    return pure_with(release(index.served.upload, more='[tool.wheelyard.release]\nstore = "github"\n'), tmp_path)


def push(here: Place, server: Server, secrets: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """A run for the tag v1.0, with GitHub's own tokens."""
    env = {"GITHUB_API_URL": server.url, "NO_PROXY": "127.0.0.1"}
    tokens = {"write": server.token, "read": server.reader}
    return here.run("push", "refs/tags/v1.0", env=env, tokens=tokens, secrets=secrets, **more)


def test_a_release_on_github_is_a_draft_until_the_index_has_it(on_github: Place, github: Server, index: Index) -> None:
    run_git(on_github.root, "tag", "v1.0")
    report = push(on_github, github, index.secrets)
    assert failures(report) == []
    assert list(results(report)) == ["plan", "preflight", "sdist", "collect", "publish", "finish", "report"]
    (found,) = github.releases()
    assert not found["draft"]
    assert {"manifest.json", "SHA256SUMS", *index.names("wy_pure")} == set(found["assets"])


def test_a_release_that_is_published_already_stops_before_anything_is_built(
    on_github: Place, github: Server, index: Index
) -> None:
    github.seed("v1.0", draft=False)
    run_git(on_github.root, "tag", "v1.0")
    found = results(push(on_github, github, index.secrets))
    assert found["preflight"] == "failure"
    assert {found[job] for job in ("sdist", "collect", "publish", "finish")} == {"skipped"}
    assert index.names("wy_pure") == []


def test_a_release_goes_on_where_publishing_failed(on_github: Place, github: Server, index: Index) -> None:
    run_git(on_github.root, "tag", "v1.0")
    strange = index.folder / "wy_pure-1.0.tar.gz"
    strange.write_bytes(b"other bytes under that name")
    first = push(on_github, github, index.secrets)
    assert [step.partition(":")[0] for step, _ in failures(first)] == ["publish"]
    assert results(first)["finish"] == "skipped"
    assert github.releases()[0]["draft"]
    strange.unlink()
    second = push(on_github, github, index.secrets, attempt=2, earlier=first)
    assert failures(second) == []
    assert results(second)["publish"] == results(second)["finish"] == "success"
    assert not github.releases()[0]["draft"]
