"""`wheelyard test`: wheels that another machine built, installed and run here."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

import killing
from samples import HERE
from support import MakeRepository
from wheelyard import cli, documents
from wheelyard.doors import files, git
from wheelyard.errors import Exit
from wheelyard.planning.plan import Crossing, Expected, Job, Plan
from wheelyard.releasing import manifest
from wheelyard.releasing.manifest import JobReport, Result, State
from wheelyard.targets import Identifier, Target

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the wheels are for Linux")

PASSES = 'python -c "import wy_try; assert wy_try.VALUE == 1"'
TARGET = HERE.target


def make_wheel(folder: Path, identifier: Identifier, text: str) -> Path:
    """A wheel of one module."""
    tag = f"{identifier.python}-{identifier.python}-manylinux_2_17_{identifier.arch}"
    path = folder / f"wy_try-1.0-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("wy_try.py", text)
        archive.writestr("wy_try-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: wy-try\nVersion: 1.0\n")
        archive.writestr("wy_try-1.0.dist-info/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n")
        archive.writestr("wy_try-1.0.dist-info/RECORD", "wy_try.py,,\n")
    return path


@dataclass(frozen=True, kw_only=True)
class Built:
    """A project whose wheels were cross-built, as a workflow's test job finds them."""

    root: Path
    house: Path

    @property
    def report(self) -> JobReport:
        return manifest.load_job((self.house / TARGET / "job.json").read_bytes())

    @property
    def wheel(self) -> Path:
        return next((self.house / TARGET).glob("*.whl"))

    def test(self, *arguments: str) -> int:
        return cli.main(["test", "-C", str(self.root), "-q", *arguments])


Make = Callable[..., Built]


@pytest.fixture
def built(repository: MakeRepository) -> Make:
    def make(*identifiers: Identifier, text: str = "VALUE = 1\n", options: str = "") -> Built:
        table = f'[project]\nname = "wy-try"\nversion = "1.0"\n[tool.cibuildwheel]\n{options}\n'
        root = repository({"pyproject.toml": f'{table}[tool.wheelyard]\ntargets = ["{TARGET}"]\n'})
        folder = files.folder(files.unversioned(root / "wheelhouse") / TARGET)
        made = Built(root=root, house=folder.parent)
        identifiers = identifiers or (HERE,)
        revision = git.revision(root)
        job = Job(id=TARGET, target=TARGET, runner=("x",), identifiers=identifiers, crossing="cross")
        expected = tuple(Expected(identifiers=(identifier,), pattern="*") for identifier in identifiers)
        plan = Plan(
            name="wy-try",
            version="1.0",
            package=".",
            revision=revision,
            tools={},
            sdist=False,
            pure=False,
            jobs=(job,),
            expected=expected,
            crossings=(Crossing(id="cross", runner=("x",)),),
        )
        (made.house / "plan.json").write_bytes(documents.dump(plan))
        results = tuple(_result(make_wheel(folder, identifier, text), identifier) for identifier in identifiers)
        report = JobReport(
            job=TARGET,
            target=Target(TARGET),
            runner=("x",),
            key="",
            engine="host",
            tools={},
            commit=revision.commit,
            tree=revision.tree,
            source_date=0,
            results=results,
        )
        (folder / "job.json").write_bytes(documents.dump(report))
        return made

    return make


def _result(wheel: Path, identifier: Identifier) -> Result:
    return Result(
        identifier=identifier,
        state=State.BUILT,
        file=wheel.name,
        sha256=files.sha256(wheel),
        size=wheel.stat().st_size,
        minutes=3.0,
        built_on="linux-else",
    )


def test_a_dry_run_says_what_would_be_tested(built: Make, capsys: pytest.CaptureFixture[str]) -> None:
    made = built()
    assert made.test("--dry-run") == Exit.DONE
    assert f"would test the wheels of job {TARGET}: {HERE}" in capsys.readouterr().out
    assert made.report.results[0].tested_on is None


def test_a_job_that_is_not_planned_is_answered_with_the_nearest(
    built: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    assert built().test("linux-x86_46") == Exit.USAGE
    assert "Did you mean 'linux-x86_64" in capsys.readouterr().err


def test_without_a_plan_there_is_nothing_to_test(
    repository: MakeRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    table = '[project]\nname = "wy-try"\n[tool.wheelyard]\ntargets = ["linux-x86_64"]\n'
    root = repository({"pyproject.toml": table})
    assert cli.main(["test", "-C", str(root)]) == Exit.USAGE
    assert "Run `wheelyard build`, or say with --wheelhouse" in capsys.readouterr().err


def test_a_wheel_that_is_not_the_one_that_was_built_is_refused(built: Make, capsys: pytest.CaptureFixture[str]) -> None:
    made = built()
    with made.wheel.open("ab") as stream:
        stream.write(b"more")
    assert made.test() == Exit.FINDINGS
    assert "is not the file that was built" in capsys.readouterr().err
    assert made.report.results[0].tested_on is None


def test_another_source_is_refused(built: Make, capsys: pytest.CaptureFixture[str]) -> None:
    made = built()
    (made.root / "new.py").write_text("")
    assert made.test() == Exit.USAGE
    assert "were built of another source" in capsys.readouterr().err


def test_a_python_that_is_not_here_is_named_with_the_way_to_it(built: Make, capsys: pytest.CaptureFixture[str]) -> None:
    made = built(Identifier(f"cp399t-manylinux_{HERE.arch}"))
    assert made.test() == Exit.INCOMPLETE
    said = capsys.readouterr().err
    assert f"there is no cp399t for {TARGET}. Install it" in said
    assert "setup-python" in said
    assert made.report.results[0].state is State.BUILT


def test_a_wheel_that_was_never_built_is_missing(built: Make, capsys: pytest.CaptureFixture[str]) -> None:
    made = built()
    made.wheel.unlink()
    assert made.test() == Exit.INCOMPLETE
    assert f"There are no wheels of {HERE}: build them first." in capsys.readouterr().err


@pytest.mark.integration
def test_a_wheel_that_passes_says_where_and_is_not_tested_twice(built: Make) -> None:
    made = built(options=f"test-command = '{PASSES}'")
    before = made.report.results[0]
    assert made.test() == Exit.DONE
    (result,) = made.report.results
    assert result == msgspec.structs.replace(before, tested=True, tested_on=str(TARGET))
    log = made.house / TARGET / "logs" / f"test-{HERE}.log"
    log.write_text("kept")
    assert made.test() == Exit.DONE
    assert log.read_text() == "kept"
    assert made.test("--fresh") == Exit.DONE
    assert log.read_text() != "kept"


@pytest.mark.integration
def test_a_failed_test_names_wheel_and_log_and_can_be_repeated(built: Make, capsys: pytest.CaptureFixture[str]) -> None:
    made = built(options="test-command = 'test -e $HOME/mended || { echo broken; exit 3; }'")
    assert made.test() == Exit.BUILD
    said = capsys.readouterr().err
    assert made.wheel.name in said
    assert str(made.house / TARGET / "logs" / f"test-{HERE}.log") in said
    (result,) = made.report.results
    assert (result.state, result.tested, result.file) == (State.FAILED, False, made.wheel.name)
    assert "broken" in (result.message or "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(made.root.parent))
        (made.root.parent / "mended").touch()
        assert made.test() == Exit.DONE
    assert made.report.results[0].tested_on == TARGET


@pytest.mark.integration
@pytest.mark.parametrize("options", ["", f'test-command = "false"\ntest-skip = "{HERE}"'], ids=["no tests", "skipped"])
@pytest.mark.parametrize(("text", "code"), [("VALUE = 1\n", Exit.DONE), ("import nothing_there\n", Exit.BUILD)])
def test_where_no_tests_run_the_modules_are_imported(built: Make, options: str, text: str, code: Exit) -> None:
    made = built(text=text, options=options)
    assert made.test() == code
    (result,) = made.report.results
    assert result.tested is (code is Exit.DONE)
    says = f"Installed and imported on {HERE}" if code is Exit.DONE else "nothing_there"
    assert says in (result.message or "")


@pytest.mark.integration
def test_a_run_that_is_killed_anywhere_leaves_a_report_that_a_second_one_goes_on_from(built: Make) -> None:
    made = built(options=f"test-command = '{PASSES}'")
    arguments = ("test", "-C", made.root, "-q", "--fresh")
    writes = killing.run(*arguments).writes
    for at in (writes // 2, writes - 2, writes):
        assert killing.run(*arguments, at=at).killed
        assert made.report.results[0].file == made.wheel.name
    assert made.test() == Exit.DONE
    assert made.report.results[0].tested_on == TARGET


def test_json_is_the_reports(built: Make, capsys: pytest.CaptureFixture[str]) -> None:
    made = built(Identifier(f"cp399-manylinux_{HERE.arch}"))
    made.test("--json")
    (report,) = json.loads(capsys.readouterr().out)
    assert report["job"] == TARGET
