"""What a page says of a release: states, gaps, times and sizes, from the plan and what became of it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import standings
from standings import SLOTS, half_failed, planned, released, reported
from wheelyard import documents, page
from wheelyard.audit.findings import Finding, Severity
from wheelyard.index.uploads import Outcome
from wheelyard.page import Facts, Page, Stage, State
from wheelyard.planning import schedule
from wheelyard.planning.plan import Crossing, Expected, Job
from wheelyard.planning.runners import Slots
from wheelyard.releasing.manifest import Result
from wheelyard.releasing.manifest import State as Ended
from wheelyard.render import page as render
from wheelyard.targets import Identifier, Target


def states(made: Page) -> dict[str, State]:
    return {cell.name: cell.state for row in made.rows for cell in row.cells if cell}


def facts(**learnt: object) -> Facts:
    return replace(Facts(plan=planned(), slots=SLOTS), **learnt)  # type: ignore[arg-type]  # fields of Facts by name


def test_before_anything_ran_every_wheel_is_planned_and_nothing_is_missing() -> None:
    made = page.make(facts())
    assert (made.stage, set(states(made).values()), made.gaps) == (Stage.PLANNED, {State.PLANNED}, ())
    assert made.headline == "80 wheels planned in 20 jobs"


def test_each_identifier_has_the_state_its_job_gives_it() -> None:
    found = states(page.make(half_failed()))
    assert found["cp312-musllinux_aarch64"] is State.FAILED
    assert found["pp311-win_amd64"] is State.REFUSED
    assert found["cp312-macosx_arm64"] is State.PLANNED
    assert found["cp312-manylinux_x86_64"] is State.BUILT


def test_a_wheel_that_was_not_run_is_told_from_one_that_was() -> None:
    assert states(page.make(half_failed()))["cp312-manylinux_aarch64"] is State.UNTESTED


def test_what_an_engine_refused_took_no_time() -> None:
    cells = [
        cell for row in page.make(half_failed()).rows for cell in row.cells if cell and cell.state is State.REFUSED
    ]
    assert {cell.minutes for cell in cells} == {None}


def test_what_is_missing_is_told_once_a_reason() -> None:
    gaps = {gap.why: gap for gap in page.make(half_failed()).gaps}
    failed = gaps["ld: cannot find -lz\nThe last lines are in the log."]
    assert len(failed.names) == 8
    assert failed.logs[0] == "musllinux_aarch64-2/logs/cp314-musllinux_aarch64.log"
    assert gaps["its job has left nothing yet"].jobs == ("macosx_arm64-1",)
    assert gaps["its job has not come to it"].jobs == ("macosx_arm64-2",)


def test_wheels_of_another_commit_do_not_count() -> None:
    plan = planned()
    others = tuple(msgspec.structs.replace(report, commit="dead" * 10) for report in reported(plan))
    made = page.make(facts(reports=others))
    assert made.done == 0
    assert made.gaps[0].why == "its job was built of another commit, deaddea"


def test_wheels_of_other_uncommitted_changes_do_not_count() -> None:
    plan = planned()
    others = tuple(msgspec.structs.replace(report, tree="2" * 40) for report in reported(plan))
    assert page.make(facts(reports=others)).gaps[0].why == "its job was built of other uncommitted changes"


def test_a_complete_release_has_no_gaps() -> None:
    made = page.make(standings.complete())
    assert made.headline == "all 80 wheels published"
    assert made.gaps == ()
    assert made.tally == {State.PUBLISHED: 81}


def test_a_file_that_the_index_refused_is_a_gap_with_the_words_of_the_index() -> None:
    whole = standings.complete()
    first, *rest = whole.sent
    refused = msgspec.structs.replace(first, outcome=Outcome.REFUSED, words="400 File already exists.")
    made = page.make(replace(whole, sent=(refused, *rest)))
    assert [(gap.state, gap.why) for gap in made.gaps] == [(State.COLLECTED, "400 File already exists.")]
    assert made.headline == "79 of 80 wheels published"


def test_a_file_that_was_not_sent_is_not_on_the_index() -> None:
    whole = standings.complete()
    made = page.make(replace(whole, sent=whole.sent[1:]))
    assert [gap.why for gap in made.gaps] == ["not on pypi"]


def test_one_wheel_of_many_pythons_counts_once_and_its_others_are_shared() -> None:
    identifiers = tuple(Identifier(f"cp3{minor}-win_amd64") for minor in (10, 11, 12))
    job = Job(id="w", target=Target.WINDOWS_AMD64, runner=("windows-2025",), identifiers=identifiers)
    plan = msgspec.structs.replace(
        planned(), jobs=(job,), expected=(Expected(identifiers=identifiers, pattern="*"),), sdist=False
    )
    made = page.make(facts(plan=plan))
    assert made.wheels == 1
    assert [cell.shared for cell in made.rows[0].cells if cell] == [False, True, True]


def test_variants_have_rows_of_their_own() -> None:
    identifiers = (Identifier("cp312-macosx_arm64"),)
    jobs = tuple(
        Job(id=name, target=Target.MACOS_ARM64, runner=("macos-15",), identifiers=identifiers, variant=variant)
        for name, variant in (("a", None), ("b", "accelerate"))
    )
    expected = tuple(Expected(identifiers=identifiers, pattern="*", variant=job.variant) for job in jobs)
    made = page.make(facts(plan=msgspec.structs.replace(planned(), jobs=jobs, expected=expected)))
    assert [(row.arch, row.variant) for row in made.rows] == [("arm64", None), ("arm64", "accelerate")]


def test_pythons_are_in_the_order_in_which_one_wheel_answers_them() -> None:
    assert page.make(facts()).pythons == ("cp310", "cp311", "cp312", "cp313", "cp314", "cp313t", "cp314t", "pp311")


def test_sizes_stand_beside_those_of_the_last_release() -> None:
    made = page.make(standings.complete())
    assert made.previous == "1.9"
    assert all(entry.before == int(entry.size * 0.96) for entry in made.files)


def test_a_file_whose_tag_changed_is_found_again_by_what_it_answers() -> None:
    plan = planned()
    made = released(plan, reported(plan))
    moved = tuple(
        msgspec.structs.replace(file, file=file.file.replace("manylinux_2_28", "manylinux_2_17")) for file in made.files
    )
    found = page.make(facts(release=made, previous=msgspec.structs.replace(made, version="1.9", files=moved)))
    assert all(entry.before == entry.size for entry in found.files)


def test_a_finding_of_many_files_is_told_once_and_errors_come_first() -> None:
    warning, error = (
        tuple(Finding(rule="r", severity=severity, file=f"{name}.whl", message="m", fix="f") for name in "ab")
        for severity in (Severity.WARNING, Severity.ERROR)
    )
    notices = page.make(facts(findings=(*warning, *error))).notices
    assert [(notice.severity, notice.files) for notice in notices] == [
        ("error", ("a.whl", "b.whl")),
        ("warning", ("a.whl", "b.whl")),
    ]


def test_no_more_jobs_run_at_one_time_than_there_are_slots() -> None:
    made = page.make(facts(slots=Slots(total=6, macos=2)))
    for pool, most in (("github", 6), ("macos", 2)):
        assert max(job.slot for job in made.jobs if job.pool == pool) <= most
    for job in made.jobs:
        others = [other for other in made.jobs if (other.pool, other.slot) == (job.pool, job.slot) and other != job]
        assert all(
            job.planned
            and other.planned
            and (job.planned.end <= other.planned.start or other.planned.end <= job.planned.start)
            for other in others
        )


def test_the_critical_jobs_fill_the_time_from_the_start_to_the_last_wheel() -> None:
    made = page.make(facts(slots=Slots(total=3, macos=1)))
    chain = sorted((job.planned for job in made.jobs if job.critical and job.planned), key=lambda span: span.start)
    assert chain[0].start == 0
    assert chain[-1].end == max(job.planned.end for job in made.jobs if job.planned)
    assert all(one.end == pytest.approx(two.start) for one, two in pairwise(chain))


def test_measured_minutes_are_those_of_the_builds_and_count_a_shared_wheel_once() -> None:
    made = page.make(replace(half_failed(), reports=reported(planned())))
    assert {job.measured.minutes for job in made.jobs if job.measured} == {10.0}
    assert made.time.measured is not None


def test_without_every_job_there_is_no_measured_total() -> None:
    assert page.make(half_failed()).time.measured is None


@given(
    st.lists(st.tuples(st.sampled_from(("github", "macos", "mine")), st.floats(0.1, 50)), min_size=1, max_size=40),
    st.integers(1, 8),
    st.integers(1, 4),
)
def test_jobs_start_as_soon_as_slots_allow(jobs: list[tuple[str, float]], total: int, macos: int) -> None:
    pools, minutes = [pool for pool, _ in jobs], [each for _, each in jobs]
    begun = schedule.starts(pools, minutes, Slots(total=total, macos=macos))
    for start in begun:
        running = [row for row in range(len(jobs)) if begun[row] <= start < begun[row] + minutes[row]]
        shared = [row for row in running if pools[row] != "mine"]
        assert len(shared) <= total
        assert sum(pools[row] == "macos" for row in running) <= min(macos, total)
        assert sum(pools[row] == "mine" for row in running) <= 1
    ends = {0.0, *(begin + each for begin, each in zip(begun, minutes, strict=True))}
    assert all(any(start == pytest.approx(end) for end in ends) for start in begun)


def test_a_release_without_its_plan_has_a_page_and_says_what_it_lacks() -> None:
    plan = planned()
    made = msgspec.structs.replace(
        released(plan, reported(plan)), missing=("cp39-win_amd64", "the sdist", "<b>what no plan has</b>")
    )
    found = page.make(Facts(plan=page.plan_of(made), slots=SLOTS, release=made))
    assert (found.wheels, found.done, found.stage) == (81, 80, Stage.COLLECTED)
    assert [gap.names for gap in found.gaps] == [("cp39-win_amd64",)]


def test_variants_of_a_release_without_its_plan_stay_apart() -> None:
    plan = planned()
    made = released(plan, reported(plan))
    again = tuple(
        msgspec.structs.replace(file, file=f"x{file.file}", job=f"{file.job}-blas") for file in made.files[:2]
    )
    found = page.make(
        Facts(plan=page.plan_of(msgspec.structs.replace(made, files=(*made.files, *again))), slots=SLOTS, release=made)
    )
    assert found.wheels == 82


def test_the_part_of_a_plan_that_one_job_is() -> None:
    plan = planned()
    part = page.part_of(plan, plan.jobs[:1], sdist=False)
    made = page.make(facts(plan=part, reports=reported(part)))
    assert made.headline == "all 4 wheels built"
    assert made.others == ()


def test_the_part_of_a_plan_that_a_glob_selects() -> None:
    plan = planned()
    made = page.make(facts(plan=page.part_of(plan, plan.jobs, sdist=True, only="cp312-win*")))
    assert made.headline == "3 wheels planned in 3 jobs"
    assert made.time.estimated is None
    assert page.part_of(plan, plan.jobs, sdist=True) == plan


def test_values_are_a_document_of_their_schema_and_always_the_same() -> None:
    first, second = (documents.dump(page.make(half_failed())) for _ in range(2))
    assert first == second
    Draft202012Validator(documents.schema(Page)).validate(json.loads(first))


def test_nothing_planned_is_no_error() -> None:
    made = page.make(standings.empty())
    assert (made.wheels, made.rows, made.jobs, made.gaps) == (0, (), (), ())
    assert made.headline == "0 wheels planned"


def test_the_part_that_is_the_sdist_alone() -> None:
    plan = planned()
    part = page.part_of(plan, (), sdist=True)
    assert page.make(facts(plan=part)).headline == "an sdist planned"
    assert page.make(facts(plan=part, reports=reported(part))).headline == "an sdist built"


def test_a_built_sdist_counts_beside_the_wheels() -> None:
    made = page.make(facts(reports=reported(planned(), lambda _: Ended.FAILED)))
    assert [cell.state for cell in made.others] == [State.BUILT]


def crossed() -> Facts:
    """A plan whose macOS wheels a Linux runner builds, and all of it built and tested."""
    plan = planned()
    jobs = tuple(
        msgspec.structs.replace(job, crossing="cross", estimate_minutes=2.0) if job.runner[0].startswith("mac") else job
        for job in plan.jobs
    )
    crossing = Crossing(id="cross", runner=("ubuntu-24.04",), estimate_minutes=100.0)
    plan = msgspec.structs.replace(plan, jobs=jobs, crossings=(crossing,))
    tests = {job.id for job in jobs if job.crossing}
    reports = tuple(
        msgspec.structs.replace(report, results=tuple(_crossed(each) for each in report.results))
        if report.job in tests
        else report
        for report in reported(plan)
    )
    return facts(plan=plan, reports=reports)


def _crossed(result: Result) -> Result:
    return msgspec.structs.replace(result, tested=True, built_on="linux-x86_64", tested_on="macos-arm64")


def test_tests_of_what_is_cross_built_wait_for_what_builds_it() -> None:
    found = crossed()
    jobs = {job.id: job for job in page.make(found).jobs}
    tests = [job.id for job in found.plan.jobs if job.crossing]
    assert tests
    assert jobs["cross"].planned is not None
    spans = [span for name in tests if (span := jobs[name].planned) is not None]
    assert {span.start >= jobs["cross"].planned.end for span in spans} == {True}
    assert jobs["cross"].wheels == sum(jobs[name].wheels for name in tests)


def test_what_was_built_elsewhere_says_where_and_where_it_was_tested() -> None:
    made = page.make(crossed())
    files = [file for file in made.files if file.built_on]
    assert {(file.built_on, file.tested_on) for file in files} == {("linux-x86_64", "macos-arm64")}
    assert "cross-built on linux-x86_64, tested on macos-arm64" in render.html(made)
