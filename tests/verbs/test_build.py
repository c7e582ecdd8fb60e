"""`wheelyard build`: what it refuses at once, and what is left when it is disturbed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from samples import HERE, commit, results, sample, wheelyard
from wheelyard import cli
from wheelyard.errors import Exit

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the host engine works on Linux")


def build(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return wheelyard("build", "-C", str(root), "--engine", "host", "--json", *arguments)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return sample("setuptools_c", tmp_path / "project")


def test_a_dry_run_says_what_would_be_built_and_writes_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["build", "-C", str(project), "--dry-run"]) == Exit.DONE
    said = capsys.readouterr().out
    assert "would build the sdist of wy-setuptools-c" in said
    assert f"would build {HERE}" in said
    assert not (project / "wheelhouse").exists()


def test_a_job_that_is_not_planned_is_answered_with_the_nearest(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["build", "-C", str(project), "linux-x86_46"]) == Exit.USAGE
    assert "Did you mean 'linux-x86_64" in capsys.readouterr().err


def test_a_plan_for_other_machines_names_its_jobs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = sample("setuptools_c", tmp_path / "project")
    file = root / "pyproject.toml"
    file.write_text(file.read_text().replace('targets = ["linux-x86_64"]', 'targets = ["linux-s390x"]'))
    file.write_text(file.read_text().replace(f'build = "{HERE}"', 'build = "cp312-manylinux_s390x"'))
    assert cli.main(["build", "-C", str(root), "--dry-run"]) == Exit.USAGE
    assert "None of the planned jobs is for this machine" in capsys.readouterr().err


def test_a_wheelhouse_that_cannot_be_made_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "file").write_text("")
    assert cli.main(["build", "-C", str(project), "--wheelhouse", str(project / "file" / "below")]) == Exit.OUTSIDE
    assert "cannot be made: Not a directory. Choose another one." in capsys.readouterr().err


def test_a_second_run_at_the_same_time_is_told_of_the_first(project: Path) -> None:
    from wheelyard.building import wheelhouse  # noqa: PLC0415
    from wheelyard.doors import files  # noqa: PLC0415

    with files.alone(project / "wheelhouse" / wheelhouse.LOCK):
        done = build(project)
    assert done.returncode == Exit.USAGE
    assert "Another run works in" in done.stderr


@linux_only
@pytest.mark.integration
class TestWithTheHostEngine:
    """Real builds, disturbed."""

    def test_a_second_run_builds_nothing_again(self, project: Path) -> None:
        first = build(project)
        assert first.returncode == Exit.DONE, first.stderr
        again = build(project)
        assert results(again) == results(first)
        assert "building" not in again.stderr

    def test_it_leaves_a_page_and_a_summary_of_the_jobs_asked_for(self, project: Path) -> None:
        page, summary = project / "page.html", project / "summary.md"
        done = build(project, "sdist", "--report", str(page), "--summary", str(summary))
        assert done.returncode == Exit.DONE, done.stderr
        assert "an sdist built" in page.read_text()
        assert "1 file, " in summary.read_text()
        build(project, "--report", str(page))
        assert "1 wheel built" in page.read_text()

    def test_only_some_leaves_the_others_as_they_are(self, tmp_path: Path) -> None:
        root = sample("setuptools_c", tmp_path / "project")
        first = results(build(root))
        done = build(root, "--only", "cp27-*")
        assert done.returncode == Exit.DONE, done.stderr
        assert len(list((root / "wheelhouse").rglob(str(first[HERE]["file"])))) == 1
        fresh = build(root, "--fresh")
        assert results(fresh)[HERE]["sha256"] == first[HERE]["sha256"], "two builds differ"
        assert f"building {HERE}" in fresh.stderr

    def test_a_folder_with_spaces_and_unicode_is_a_folder(self, tmp_path: Path) -> None:
        root = sample("hostile_name", tmp_path / "naïve $(dir) of 'mine'")
        done = build(root)
        assert done.returncode == Exit.DONE, done.stderr
        assert results(done)[HERE]["tested"]

    def test_a_killed_build_goes_on_where_it_was(self, project: Path) -> None:
        with start(project) as running:
            wait_for(project, f"building {HERE}", running)
            running.kill()
        assert not list((project / "wheelhouse").rglob(f"*{HERE.python}*.whl"))
        done = build(project)
        assert done.returncode == Exit.DONE, done.stderr
        assert "building the sdist" not in done.stderr
        assert results(done)[HERE]["state"] == "built"

    def test_an_interruption_ends_everything_it_started(self, project: Path) -> None:
        running = start(project)
        wait_for(project, f"building {HERE}", running)
        time.sleep(0.5)
        running.terminate()  # as Ctrl-C, which whoever runs tests in the background has ignored
        _, said = running.communicate()
        assert running.returncode == Exit.INTERRUPTED
        assert "Nothing half-written counts" in said
        assert [name for name in processes() if str(project) in name] == []

    def test_a_changed_source_is_built_again(self, project: Path) -> None:
        before = results(build(project))[HERE]["sha256"]
        source = project / "src" / "_core.c"
        source.write_text(source.read_text() + "\nint wy_more(void);\nint wy_more(void) { return 1; }\n")
        commit(project)
        done = build(project)
        assert done.returncode == Exit.DONE, done.stderr
        assert results(done)[HERE]["sha256"] != before

    def test_a_foreign_wheel_is_named(self, project: Path) -> None:
        build(project)
        (wheel,) = (project / "wheelhouse").rglob(f"*{HERE.python}*.whl")
        strange = wheel.with_name("other-1-py3-none-any.whl")
        strange.write_bytes(b"from somewhere else")
        done = build(project)
        assert done.returncode == Exit.USAGE
        assert "other-1-py3-none-any.whl. Move them away" in done.stderr
        assert strange.exists()

    def test_without_a_network_the_cause_is_named(self, project: Path) -> None:
        env = {**os.environ, "PIP_INDEX_URL": "http://127.0.0.1:9/simple/", "PIP_RETRIES": "0", "PIP_FIND_LINKS": ""}
        done = wheelyard("build", "-C", str(project), "--engine", "host", env={**env, "PIP_NO_CACHE_DIR": "1"})
        assert done.returncode in {Exit.BUILD, Exit.OUTSIDE}
        assert "setuptools" in done.stderr
        assert "network" in done.stderr

    def test_a_back_end_that_gives_no_native_code_fails(self, tmp_path: Path) -> None:
        done = build(sample("empty_backend", tmp_path / "project"))
        assert done.returncode == Exit.BUILD
        assert results(done)[HERE]["state"] == "failed"


def start(root: Path) -> subprocess.Popen[str]:
    """The build, running, its talk in a file beside the project."""
    command = (sys.executable, "-m", "wheelyard", "build", "-C", str(root), "--engine", "host")
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def wait_for(root: Path, words: str, running: subprocess.Popen[str]) -> None:
    """Read what a run says until it says `words`."""
    assert running.stderr is not None
    for line in running.stderr:
        if words in line:
            return
    pytest.fail(f"the build of {root} ended without saying {words!r}")


def processes() -> list[str]:
    """The command line of every process on this machine."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return found
