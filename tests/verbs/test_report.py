"""The page of a release, left by the verbs that make it and written again by `wheelyard report`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from fakeindex import Reply, fake_index
from releases import IDENTIFIERS, make_project, make_wheelhouse, wheel_name
from support import MakeRepository
from wheelyard import cli
from wheelyard.errors import Exit


@pytest.fixture
def project(repository: MakeRepository) -> Path:
    root = make_project(repository)
    make_wheelhouse(root / "wheelhouse")
    return root


def run(project: Path, *arguments: str) -> int:
    verb, *rest = arguments
    return cli.main([verb, "-C", str(project), "-q", *rest])


def headline(page: Path) -> str:
    found = re.search(r"<title>(.*?)</title>", page.read_text())
    assert found
    return found[1]


def test_without_anything_asked_it_is_written_into_the_wheelhouse(project: Path) -> None:
    assert run(project, "report") == Exit.DONE
    assert headline(project / "wheelhouse" / "report.html") == "wy_sample 1.0: all 3 wheels built"


def test_a_collected_release_is_shown_as_such(project: Path) -> None:
    run(project, "collect")
    assert run(project, "report", "--output", str(project / "page.html")) == Exit.DONE
    assert headline(project / "page.html") == "wy_sample 1.0: all 3 wheels collected"


def test_a_release_is_shown_by_its_tag_without_a_wheelhouse(project: Path) -> None:
    run(project, "collect")
    page = str(project / "page.html")
    assert run(project, "report", "--tag", "v1.0", "--wheelhouse", str(project / "none"), "--output", page) == Exit.DONE
    assert headline(project / "page.html") == "wy_sample 1.0: all 3 wheels collected"


def test_a_tag_without_a_release_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(project, "report", "--tag", "v9") == Exit.INCOMPLETE
    assert "no release v9" in capsys.readouterr().err


def test_json_has_the_values_and_writes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(project, "report", "--json") == Exit.DONE
    values = json.loads(capsys.readouterr().out)
    assert (values["done"], values["stage"], values["audited"]) == (3, "built", True)
    assert not (project / "wheelhouse" / "report.html").exists()


def test_a_dry_run_writes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(project, "report", "--dry-run") == Exit.DONE
    assert "would write" in capsys.readouterr().out
    assert not (project / "wheelhouse" / "report.html").exists()


def test_what_the_audit_finds_is_on_the_page(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(project, "report", "--json")
    assert {notice["rule"] for notice in json.loads(capsys.readouterr().out)["notices"]} == {"licence-missing"}
    run(project, "report", "--json", "--no-audit")
    assert json.loads(capsys.readouterr().out)["notices"] == []


def test_a_wheel_that_is_gone_is_missing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "wheelhouse" / "linux-x86_64" / wheel_name(IDENTIFIERS[1])).unlink()
    run(project, "report", "--json")
    gaps = json.loads(capsys.readouterr().out)["gaps"]
    assert [(gap["names"], gap["why"]) for gap in gaps] == [
        ([IDENTIFIERS[1]], f"The job reported {wheel_name(IDENTIFIERS[1])}, which is not there.")
    ]


def test_an_index_is_asked_what_it_has(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(project, "collect")
    capsys.readouterr()
    with fake_index() as index:
        assert run(project, "report", "--json", "--index", index.upload) == Exit.DONE
    values = json.loads(capsys.readouterr().out)
    assert (values["stage"], values["done"]) == ("published", 0)
    assert values["gaps"][0]["why"].startswith("not on http")


def test_a_release_of_another_commit_is_left_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(project, "collect")
    plan = project / "wheelhouse" / "plan.json"
    plan.write_text(plan.read_text().replace("c" * 40, "d" * 40))
    capsys.readouterr()
    assert run(project, "report", "--json") == Exit.DONE
    shown = capsys.readouterr()
    assert json.loads(shown.out)["stage"] == "built"
    assert "another commit" in shown.err


def test_planning_leaves_a_page_and_a_summary(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, summary = project / "page.html", project / "summary.md"
    assert run(project, "plan", "--report", str(page), "--summary", str(summary)) == Exit.DONE
    assert "wheels planned" in headline(page)
    assert "wheels planned" in summary.read_text()


def test_collecting_leaves_a_page_and_adds_to_the_summary(project: Path) -> None:
    page, summary = project / "page.html", project / "summary.md"
    summary.write_text("before\n")
    assert run(project, "collect", "--report", str(page), "--summary", str(summary)) == Exit.DONE
    assert headline(page) == "wy_sample 1.0: all 3 wheels collected"
    assert summary.read_text().startswith("before\n### wy_sample 1.0: all 3 wheels collected")


def test_a_release_that_cannot_be_collected_leaves_its_page_all_the_same(project: Path) -> None:
    (project / "wheelhouse" / "linux-x86_64" / wheel_name(IDENTIFIERS[1])).unlink()
    page = project / "page.html"
    assert run(project, "collect", "--report", str(page)) == Exit.INCOMPLETE
    assert headline(page) == "wy_sample 1.0: 2 of 3 wheels built"


def test_a_page_that_cannot_be_written_hides_no_other_mistake(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "wheelhouse" / "linux-x86_64" / wheel_name(IDENTIFIERS[1])).unlink()
    (project / "file").touch()
    assert run(project, "collect", "--report", str(project / "file" / "page.html")) == Exit.INCOMPLETE
    assert IDENTIFIERS[1] in capsys.readouterr().err


@pytest.fixture
def login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that any index takes, and no .pypirc of whoever runs the test."""
    for name, value in {"TWINE_USERNAME": "ada", "TWINE_PASSWORD": "s3cret-token", "HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("login")
def test_publishing_leaves_a_page(project: Path) -> None:
    run(project, "collect")
    page = project / "page.html"
    with fake_index() as index:
        assert run(project, "publish", "--index", index.upload, "--wait", "0", "--report", str(page)) == Exit.DONE
    assert headline(page) == "wy_sample 1.0: all 3 wheels published"


@pytest.mark.usefixtures("login")
def test_a_refused_upload_is_on_the_page_in_the_words_of_the_index(project: Path) -> None:
    run(project, "collect")
    page = project / "page.html"
    with fake_index() as index:
        index.faults = {2: lambda _file: Reply(status=400, reason="Invalid value for classifiers")}
        assert run(project, "publish", "--index", index.upload, "--report", str(page)) == Exit.OUTSIDE
    assert headline(page) != "wy_sample 1.0: all 3 wheels published"
    assert "Invalid value for classifiers" in page.read_text()


@pytest.fixture
def attaching(project: Path) -> Path:
    """A project whose releases have their page with them."""
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace("[tool.wheelyard.release]", "[tool.wheelyard.release]\nreport = true"))
    return project


def test_the_page_lies_with_its_release_on_wish(attaching: Path) -> None:
    page = attaching / "store" / "v1.0" / "report.html"
    for _ in range(2):
        assert run(attaching, "collect") == Exit.DONE
        assert headline(page) == "wy_sample 1.0: all 3 wheels collected"


def test_the_page_of_a_release_whose_files_left_stays_as_it_is(attaching: Path) -> None:
    run(attaching, "collect")
    page = attaching / "store" / "v1.0" / "report.html"
    (page.parent / ".frozen").touch()
    page.write_text("as it was")
    assert run(attaching, "collect") == Exit.DONE
    assert page.read_text() == "as it was"


@pytest.mark.usefixtures("login")
def test_the_page_of_a_release_says_when_it_is_published(attaching: Path) -> None:
    run(attaching, "collect")
    page = attaching / "store" / "v1.0" / "report.html"
    with fake_index() as index:
        index.faults = {2: lambda _file: Reply(status=400, reason="Invalid value for classifiers")}
        for ended, words in ((Exit.OUTSIDE, "collected"), (Exit.DONE, "published")):
            assert run(attaching, "publish", "--index", index.upload, "--wait", "0") == ended
            assert headline(page) == f"wy_sample 1.0: all 3 wheels {words}"


@pytest.mark.usefixtures("login")
def test_a_page_that_cannot_be_drawn_again_does_not_unmake_a_publication(
    attaching: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(attaching, "collect")
    page = attaching / "store" / "v1.0" / "report.html"
    page.unlink()
    page.mkdir()
    with fake_index() as index:
        assert run(attaching, "publish", "--index", index.upload, "--wait", "0") == Exit.DONE
    assert "stays as it was" in capsys.readouterr().err


def test_without_the_wish_no_page_lies_with_a_release(project: Path) -> None:
    run(project, "collect")
    assert not (project / "store" / "v1.0" / "report.html").exists()


def test_a_run_of_which_some_jobs_failed_has_a_page(project: Path) -> None:
    artifacts, house = project / "artifacts", project / "wheelhouse"
    (artifacts / "made-plan-1").mkdir(parents=True)
    (house / "plan.json").rename(artifacts / "made-plan-1" / "plan.json")
    report = house / "linux-x86_64" / "job.json"
    report.write_text(report.read_text().replace('"built"', '"failed"', 1))
    (house / "linux-x86_64").rename(artifacts / "failed-linux-x86_64-1")
    (house / "sdist").rename(artifacts / "made-sdist-1")
    page = project / "page.html"
    assert run(project, "report", "--artifacts", str(artifacts), "--output", str(page)) == Exit.DONE
    assert headline(page) == "wy_sample 1.0: 2 of 3 wheels built"


def test_a_store_that_cannot_be_looked_at_leaves_the_builds_on_the_page(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "store" / "v1.0").mkdir(parents=True)
    assert run(project, "report") == Exit.DONE
    assert "says nothing of the release" in capsys.readouterr().err
