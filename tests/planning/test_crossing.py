"""What a plan cross-builds: what may be, how both stages are scheduled, and what is refused before anything runs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning import REVISION, configured, locked
from wheelyard import documents
from wheelyard.errors import ConfigError, UsageError
from wheelyard.planning import overview, plan, planner, schedule
from wheelyard.planning.overview import Style
from wheelyard.planning.plan import Plan
from wheelyard.planning.runners import PLANS, Slots

PYTHONS = ("cp311", "cp312", "cp313", "cp314")
WINDOWS = tuple(f"{python}-win_amd64" for python in PYTHONS)
MACS = tuple(f"{python}-macosx_arm64" for python in PYTHONS)
LINUX = tuple(f"{python}-manylinux_x86_64" for python in PYTHONS)
ALL = (*WINDOWS, *MACS, *LINUX)
TARGETS = 'targets = ["linux-x86_64", "windows-AMD64", "macos-arm64"]\n'
BREW = '[tool.cibuildwheel]\nbefore-all = "brew install x"'
CROSS = TARGETS + 'cross = ["windows-AMD64", "macos-arm64"]\n'


def planned(table: str, *identifiers: str, top: str = "", durations: dict[str, float] | None = None) -> Plan:
    read = configured(table, top=top)
    return planner.make(read, locked(read, *identifiers, durations=durations), REVISION)


def test_a_linux_runner_builds_what_the_runners_of_the_targets_test() -> None:
    made = planned(CROSS, *ALL, durations=dict.fromkeys(ALL, 1.0))
    assert {crossing.runner for crossing in made.crossings} == {("ubuntu-24.04",)}
    tests = [job for job in made.jobs if job.crossing]
    assert sorted(job.id for each in made.crossings for job in made.crossed(each)) == sorted(job.id for job in tests)
    assert {(job.target, job.runner) for job in tests} == {
        ("windows-AMD64", ("windows-2025",)),
        ("macos-arm64", ("macos-15",)),
    }
    assert {job.target for job in made.jobs if not job.crossing} == {"linux-x86_64"}


def test_what_fits_one_linux_runner_without_a_loss_of_time_shares_it() -> None:
    minutes = {**dict.fromkeys(LINUX, 60.0), **dict.fromkeys((*WINDOWS, *MACS), 1.0)}
    made = planned(
        CROSS + 'split = { linux = "identifier", windows = "target", macos = "target" }\n', *ALL, durations=minutes
    )
    assert [crossing.id for crossing in made.crossings] == ["cross"]


def test_a_plan_that_crosses_survives_being_written_and_read() -> None:
    made = planned(CROSS, *ALL)
    assert plan.load(documents.dump(made)) == made


@settings(max_examples=10, deadline=None)
@given(
    crossed=st.sets(st.sampled_from(("linux-x86_64", "windows-AMD64", "macos-arm64")), min_size=1),
    split=st.sampled_from(("auto", "target", "python", "identifier")),
    minutes=st.lists(st.floats(0.5, 90), min_size=len(ALL), max_size=len(ALL)),
    slots=st.sampled_from(("free", "{ total = 3, macos = 1 }")),
)
def test_crossing_changes_who_builds_and_never_what(
    crossed: set[str], split: str, minutes: list[float], slots: str
) -> None:
    slots = slots if slots.startswith("{") else f'"{slots}"'
    table = f'{TARGETS}split = "{split}"\nconcurrency = {slots}\n'
    durations = dict(zip(ALL, minutes, strict=True))
    native = planned(table, *ALL, durations=durations)
    made = planned(f"{table}cross = {sorted(crossed)}\n", *ALL, durations=durations)
    assert made.expected == native.expected
    assert sorted(made.identifiers) == sorted(native.identifiers)
    names = {crossing.id for crossing in made.crossings}
    assert all((job.crossing in names) is (job.target in crossed) for job in made.jobs)
    assert sorted(job.id for each in made.crossings for job in made.crossed(each)) == sorted(
        job.id for job in made.jobs if job.crossing
    )
    assert made.estimate is not None
    assert made.estimate.makespan_minutes >= made.estimate.lower_bound_minutes - 0.2


def test_tests_begin_when_all_is_cross_built_and_both_are_paid_for() -> None:
    found = planned(CROSS + 'split = "target"\n', *WINDOWS, *MACS, durations=dict.fromkeys((*WINDOWS, *MACS), 5.0))
    estimate = found.estimate
    assert estimate is not None
    building = max(crossing.estimate_minutes or 0 for crossing in found.crossings)
    testing = max(job.estimate_minutes or 0 for job in found.jobs)
    assert estimate.makespan_minutes == pytest.approx(building + testing, abs=0.2)
    assert testing < 5 < building
    assert estimate.native_usd is not None
    assert estimate.native_usd > estimate.cost_usd > 0


def test_where_the_crossing_takes_longest_that_is_said() -> None:
    made = planned(CROSS, *ALL, durations=dict.fromkeys(ALL, 5.0))
    text = overview.text(made, Style(width=100))
    assert "macos-arm64, windows-AMD64: built on Linux, tested on runners of their own." in text
    assert "less to cross-build" in text
    assert "macos-15 (tests)" in text


def test_more_than_a_job_may_take_goes_to_several_runners() -> None:
    table = CROSS + 'timeout = 60\nsplit = "target"\n'
    made = planned(table, *WINDOWS, *MACS, durations=dict.fromkeys((*WINDOWS, *MACS), 9.0))
    assert [crossing.id for crossing in made.crossings] == ["cross-1", "cross-2"]
    assert all((crossing.estimate_minutes or 0) <= 60 for crossing in made.crossings)


def test_measured_minutes_that_no_crossing_has_time_for_are_refused() -> None:
    with pytest.raises(UsageError, match=r"The job cross.* would take .* is ended after 60"):
        planned(CROSS + "timeout = 60\n", *WINDOWS, *MACS, durations=dict.fromkeys((*WINDOWS, *MACS), 70.0))


def test_both_kinds_of_windows_python_are_tested_apart() -> None:
    made = planned(CROSS, *WINDOWS, "cp313t-win_amd64", "cp314t-win_amd64", durations={WINDOWS[0]: 0.1})
    kinds = [{identifier.threaded for identifier in job.identifiers} for job in made.jobs]
    assert all(len(kind) == 1 for kind in kinds)


def test_a_step_for_all_targets_runs_where_wheels_are_built() -> None:
    made = planned(CROSS + '[[tool.wheelyard.steps]]\nwhen = "before"\nrun = "make"\n', *ALL)
    assert all(len(crossing.steps) == 1 for crossing in made.crossings)
    assert {len(job.steps) for job in made.jobs if job.crossing} == {0}
    assert {len(job.steps) for job in made.jobs if not job.crossing} == {1}


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('targets = ["linux-x86_64"]\ncross = ["macos-arm64"]', "cross: macos-arm64 is not among the targets"),
        ('targets = ["pyodide-wasm32"]\ncross = ["pyodide-wasm32"]', "cross: pyodide-wasm32 cannot be cross-built"),
        (
            'targets = ["linux-s390x"]\ncross = ["linux-s390x"]\nemulate = ["linux-s390x"]',
            "cross: linux-s390x is in emulate, too",
        ),
        (f'{CROSS}[tool.wheelyard.macos]\nsdk = "11.3"', "cross: macos-arm64 would be built with zig's headers"),
        (
            f'{CROSS}[[tool.wheelyard.steps]]\nwhen = "before"\nwhere = "w*"\nrun = "choco install nasm"',
            r"steps\[0\].where: 'w\*' selects windows-AMD64, which a Linux runner cross-builds",
        ),
        (f'{CROSS}[tool.wheelyard.workflow]\njobs = [{{ id = "test", steps = [{{ run = "x" }}] }}]', "another job"),
    ],
    ids=["no target", "no machine", "emulated", "sdk", "step", "job"],
)
def test_what_contradicts_crossing_is_a_mistake(table: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        configured(table)


@pytest.mark.parametrize(
    ("target", "identifier", "more", "says"),
    [
        ("macos-arm64", "pp311-macosx_arm64", "", "for CPython only"),
        ("windows-x86", "cp312-win32", "", "the host engine makes code for"),
        ("macos-universal2", "cp312-macosx_universal2", "", "the host engine makes code for"),
        ("linux-aarch64", "cp312-musllinux_aarch64", "", "no runner has musl to test it with"),
        ("linux-i686", "cp312-manylinux_i686", "", "ubuntu-24.04 is x86_64, and there are no Pythons of i686"),
        ("linux-s390x", "cp312-manylinux_s390x", "", "GitHub has no Pythons for ubuntu-24.04-s390x"),
        ("windows-ARM64", "cp310-win_arm64", "", "no CPython for windows-11-arm that is older than 3.11"),
        (
            "macos-arm64",
            "cp312-macosx_arm64",
            '[tool.cibuildwheel]\nbefore-all = "brew install x"',
            "before-all .*brew.",
        ),
        (
            "macos-x86_64",
            "cp311-macosx_x86_64",
            '[tool.wheelyard.macos]\ndeployment-target = "10.9"',
            "zig makes code for macOS 10.13 and newer, and 10.9 is asked for",
        ),
    ],
)
def test_what_no_crossing_can_build_or_no_runner_test_is_named(
    target: str, identifier: str, more: str, says: str
) -> None:
    table = f'targets = ["{target}"]\ncross = ["{target}"]\n{more}'
    with pytest.raises(UsageError, match=f"{identifier} cannot be cross-built: .*{says}.* take {target} out of"):
        planned(table, identifier)


def test_a_machine_of_the_users_own_may_test_what_githubs_cannot() -> None:
    table = 'targets = ["linux-i686"]\ncross = ["linux-i686"]\nrunners = { linux-i686 = ["self-hosted", "i686"] }\n'
    (job,) = planned(table, "cp312-manylinux_i686").jobs
    assert (job.runner, job.crossing) == (("self-hosted", "i686"), "cross")


@pytest.mark.parametrize(
    ("system", "says"),
    [
        ('requires = ["maturin"]\nbuild-backend = "maturin"', "it compiles Rust"),
        ('requires = ["flit"]\nbuild-backend = "flit_core.buildapi"', "flit_core.buildapi was not seen to heed"),
        ('requires = ["setuptools", "numpy>=2"]', "its headers and npymath are those of this machine"),
    ],
)
def test_a_back_end_that_cannot_cross_build_is_refused_by_the_plan(system: str, says: str) -> None:
    with pytest.raises(UsageError, match=f"This package cannot be cross-built: .*{says}"):
        planned(CROSS, *ALL, top=f"[build-system]\n{system}\n")


@pytest.mark.parametrize("slots", [PLANS["free"], Slots(total=2, macos=1)])
def test_what_waits_starts_when_the_last_of_the_first_has_ended(slots: Slots) -> None:
    pools = ["github", "github", "macos", "mine", "macos", "macos", "mine"]
    minutes = [10.0, 3.0, 20.0, 30.0, 1.0, 1.0, 1.0]
    begun = schedule.staged(pools, minutes, slots, first=[0, 1], then=4)
    assert begun[:4] == schedule.starts(pools[:4], minutes[:4], slots)
    opened = max(begun[0] + 10, begun[1] + 3)
    assert all(start >= opened for start in begun[4:])
    assert begun[6] == 30.0
