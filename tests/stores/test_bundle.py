"""What jobs made is the planned release, or every difference is named."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from releases import (
    COMMIT,
    IDENTIFIERS,
    built,
    make_plan,
    make_pure_wheel,
    make_report,
    make_sdist,
    make_wheel,
    piece,
    wheel_name,
)
from wheelyard.errors import Exit, FindingsError, WheelyardError
from wheelyard.releasing.manifest import JobReport, Result, State
from wheelyard.stores import bundle, shortfalls
from wheelyard.stores.bundle import Piece
from wheelyard.targets import Identifier

FIRST, SECOND, THIRD = IDENTIFIERS


def pieces_of(folder: Path, report: JobReport) -> list[Piece]:
    return [
        piece(folder / result.file, report, result)
        for result in report.results
        if result.file and (folder / result.file).exists()
    ]


def job(folder: Path, *identifiers: Identifier, more: tuple[Result, ...] = (), commit: str = COMMIT) -> JobReport:
    results = [built(make_wheel(folder, identifier), identifier) for identifier in identifiers]
    return make_report("linux-x86_64", (*results, *more), commit=commit)


def refusal(*reports: tuple[Path, JobReport], sdist: bool = False, foreign: tuple[str, ...] = ()) -> WheelyardError:
    pieces = [each for folder, report in reports for each in pieces_of(folder, report)]
    short = shortfalls.of(make_plan(sdist=sdist), pieces, reports=[report for _, report in reports], foreign=foreign)
    error = short.error()
    assert error is not None
    return error


def test_a_complete_set_becomes_a_manifest(tmp_path: Path) -> None:
    report = job(tmp_path, *IDENTIFIERS)
    pieces = pieces_of(tmp_path, report)
    plan = make_plan(sdist=False)
    assert shortfalls.of(plan, pieces, reports=[report]).error() is None
    made = bundle.manifest_of(plan, pieces, reports=[report])
    assert [file.file for file in made.files] == [wheel_name(identifier) for identifier in IDENTIFIERS]
    assert made.files[0].identifiers == (FIRST,)
    assert made.files[0].engine == "host"
    assert made.tools == {"cibuildwheel": "4.3.5", "wheelyard": "0"}


def test_a_missing_identifier_is_named_with_why_it_failed(tmp_path: Path) -> None:
    failed = Result(identifier=THIRD, state=State.FAILED, message="cc: no such file\nmore")
    error = refusal((tmp_path, job(tmp_path, FIRST, SECOND, more=(failed,))))
    assert error.exit == Exit.INCOMPLETE
    assert f"missing: {THIRD} (failed in job linux-x86_64: cc: no such file)" in str(error)


def test_what_was_cross_built_counts_when_its_own_machine_has_tested_it(tmp_path: Path) -> None:
    plan = make_plan(sdist=False)
    crossed = replace(plan, jobs=tuple(replace(each, crossing="cross") for each in plan.jobs))
    made = job(tmp_path, *IDENTIFIERS)
    waiting = replace(made, results=tuple(replace(each, built_on="linux-else") for each in made.results))
    (piece, *_) = pieces_of(tmp_path, waiting)
    assert bundle.counts(piece, plan)
    assert not bundle.counts(piece, crossed)
    error = shortfalls.of(crossed, [], reports=[waiting]).error()
    assert f"{FIRST} (cross-built, not tested yet: `wheelyard test linux-x86_64` on" in str(error)
    tested = tuple(replace(each, tested=True, tested_on="linux-x86_64") for each in waiting.results)
    (piece, *_) = pieces_of(tmp_path, replace(waiting, results=tested))
    assert bundle.counts(piece, crossed)
    assert bundle.manifest_of(crossed, [piece], reports=[]).files[0].tested_on == "linux-x86_64"
    failed = replace(waiting, results=(replace(tested[0], state=State.FAILED), *tested[1:]))
    assert not bundle.counts(pieces_of(tmp_path, failed)[0], plan)


def test_a_job_that_left_nothing_is_named(tmp_path: Path) -> None:
    del tmp_path
    error = shortfalls.of(make_plan(sdist=False), [], reports=[]).error()
    assert error is not None
    assert f"{FIRST} (job linux-x86_64 left nothing)" in str(error)


def test_a_reported_wheel_that_is_not_there_is_missing(tmp_path: Path) -> None:
    report = job(tmp_path, *IDENTIFIERS)
    (tmp_path / wheel_name(SECOND)).unlink()
    assert "which is not there" in str(refusal((tmp_path, report)))


def test_the_sdist_is_missed(tmp_path: Path) -> None:
    assert "missing: the sdist" in str(refusal((tmp_path, job(tmp_path, *IDENTIFIERS)), sdist=True))


def test_an_sdist_that_nobody_planned_is_refused(tmp_path: Path) -> None:
    archive = make_report("sdist", [built(make_sdist(tmp_path / "sdist"))])
    error = refusal((tmp_path, job(tmp_path, *IDENTIFIERS)), (tmp_path / "sdist", archive))
    assert "unplanned: wy_sample-1.0.tar.gz" in str(error)


def test_one_name_with_two_contents_is_doubled(tmp_path: Path) -> None:
    one = job(tmp_path / "a", *IDENTIFIERS)
    other = make_report("linux-x86_64", [built(make_wheel(tmp_path / "b", FIRST, data=b"!"), FIRST)])
    error = refusal((tmp_path / "a", one), (tmp_path / "b", other))
    assert error.exit == Exit.INCOMPLETE
    assert wheel_name(FIRST) in str(error)
    assert "doubled" in str(error)


def test_the_same_bytes_twice_are_one_file(tmp_path: Path) -> None:
    reports = [job(tmp_path / name, *IDENTIFIERS) for name in ("a", "b")]
    pieces = [each for name, report in zip("ab", reports, strict=True) for each in pieces_of(tmp_path / name, report)]
    plan = make_plan(sdist=False)
    assert shortfalls.of(plan, pieces, reports=reports).error() is None
    assert len(bundle.manifest_of(plan, pieces, reports=reports).files) == len(IDENTIFIERS)


def test_a_wheel_for_something_else_is_unplanned(tmp_path: Path) -> None:
    error = refusal((tmp_path, job(tmp_path, *IDENTIFIERS, Identifier("cp39-manylinux_x86_64"))))
    assert "unplanned: wy_sample-1.0-cp39" in str(error)


def test_a_job_of_another_plan_is_unplanned(tmp_path: Path) -> None:
    stray = msgspec.structs.replace(make_report("windows-x86", []), target=None)
    assert "unplanned: job windows-x86" in str(refusal((tmp_path, job(tmp_path, *IDENTIFIERS)), (tmp_path, stray)))


def test_a_foreign_file_is_named(tmp_path: Path) -> None:
    error = refusal((tmp_path, job(tmp_path, *IDENTIFIERS)), foreign=("stray.whl",))
    assert error.exit == Exit.INCOMPLETE
    assert "stray.whl" in str(error)


def test_bytes_that_changed_since_the_build_are_a_finding(tmp_path: Path) -> None:
    report = job(tmp_path, *IDENTIFIERS)
    make_wheel(tmp_path, FIRST, data=b"changed")
    error = refusal((tmp_path, report))
    assert error.exit == Exit.FINDINGS
    assert str(report.results[0].sha256) in str(error)


def test_a_job_of_another_commit_is_a_finding(tmp_path: Path) -> None:
    error = refusal((tmp_path, job(tmp_path, *IDENTIFIERS, commit="d" * 40)))
    assert error.exit == Exit.FINDINGS
    assert "d" * 40 in str(error)


def test_a_release_is_never_made_of_what_is_in_no_commit(tmp_path: Path) -> None:
    report, plan = job(tmp_path, *IDENTIFIERS), make_plan(sdist=False)
    dirty = msgspec.structs.replace(plan, revision=msgspec.structs.replace(plan.revision, dirty=True))
    error = shortfalls.of(dirty, pieces_of(tmp_path, report), reports=[report]).error()
    assert isinstance(error, FindingsError)
    assert f"changes that are not in {COMMIT[:7]}" in str(error)


def test_a_job_of_other_uncommitted_changes_is_a_finding(tmp_path: Path) -> None:
    report = msgspec.structs.replace(job(tmp_path, *IDENTIFIERS), tree="u" * 40)
    assert "other uncommitted changes" in str(refusal((tmp_path, report)))


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    report = job(tmp_path, FIRST, SECOND, Identifier("cp39-manylinux_x86_64"), commit="d" * 40)
    make_wheel(tmp_path, FIRST, data=b"changed")
    said = str(refusal((tmp_path, report), foreign=("stray.whl",)))
    assert all(word in said for word in ("missing:", "unplanned:", "foreign", "changed", "another source"))


def test_a_planned_pure_wheel_is_missed_until_it_is_there(tmp_path: Path) -> None:
    plan = msgspec.structs.replace(make_plan(identifiers=(), sdist=False), pure=True)
    error = shortfalls.of(plan, [], reports=[]).error()
    assert error is not None
    assert "missing: the pure wheel" in str(error)
    report = make_report("sdist", [built(make_pure_wheel(tmp_path))])
    assert shortfalls.of(plan, pieces_of(tmp_path, report), reports=[report]).error() is None


def test_a_pure_wheel_stands_in_for_no_platform(tmp_path: Path) -> None:
    plan = msgspec.structs.replace(make_plan(sdist=False), pure=True)
    reports = [job(tmp_path, FIRST, SECOND), make_report("sdist", [built(make_pure_wheel(tmp_path))])]
    pieces = [each for report in reports for each in pieces_of(tmp_path, report)]
    error = shortfalls.of(plan, pieces, reports=reports).error()
    assert error is not None
    assert f"missing: {THIRD}" in str(error)


def test_a_pure_wheel_that_nobody_planned_is_refused(tmp_path: Path) -> None:
    stray = make_report("linux-x86_64", [built(make_pure_wheel(tmp_path))])
    error = refusal((tmp_path, job(tmp_path, *IDENTIFIERS)), (tmp_path, stray))
    assert "unplanned: wy_sample-1.0-py3-none-any.whl" in str(error)


def test_a_version_the_back_end_makes_comes_from_the_files(tmp_path: Path) -> None:
    plan = msgspec.structs.replace(make_plan(sdist=False), version=None)
    report = job(tmp_path, *IDENTIFIERS)
    assert bundle.manifest_of(plan, pieces_of(tmp_path, report), reports=[report]).version == "1.0"


def test_files_that_disagree_on_the_version_are_a_finding(tmp_path: Path) -> None:
    plan = msgspec.structs.replace(make_plan(sdist=False), version=None)
    odd = built(make_wheel(tmp_path, THIRD, version="2.0"), THIRD)
    report = job(tmp_path, FIRST, SECOND, more=(odd,))
    with pytest.raises(FindingsError, match=r"1\.0, 2\.0"):
        bundle.manifest_of(plan, pieces_of(tmp_path, report), reports=[report])
