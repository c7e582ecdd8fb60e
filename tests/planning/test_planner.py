"""The plan: every job and every wheel, from config, lock and git alone."""

from __future__ import annotations

import pytest

from planning import REVISION, configured, locked
from wheelyard import documents
from wheelyard.errors import ConfigError, UsageError
from wheelyard.planning import plan, planner
from wheelyard.planning.plan import Plan

PYTHONS = ("cp311", "cp312", "cp313")
BOTH = tuple(f"{python}-{libc}_x86_64" for libc in ("manylinux", "musllinux") for python in PYTHONS)
LINUX = 'targets = ["linux-x86_64"]\n'


def planned(table: str, *identifiers: str, durations: dict[str, float] | None = None, top: str = "") -> Plan:
    read = configured(table, top=top)
    return planner.make(read, locked(read, *identifiers, durations=durations), REVISION)


def test_the_same_input_gives_the_same_bytes() -> None:
    assert documents.dump(planned(LINUX, *BOTH)) == documents.dump(planned(LINUX, *BOTH))


def test_a_date_in_the_configuration_takes_the_place_of_the_commits() -> None:
    read = configured('targets = ["linux-x86_64"]\nsource-date = 1_600_000_000')
    made = planner.make(read, locked(read, "cp312-manylinux_x86_64"), REVISION)
    assert (made.revision.date, made.revision.commit) == (1_600_000_000, REVISION.commit)


def test_a_plan_survives_being_written_and_read() -> None:
    made = planned(LINUX, *BOTH)
    assert plan.load(documents.dump(made)) == made


def test_every_identifier_is_in_exactly_one_job_and_one_expected_wheel() -> None:
    made = planned(LINUX, *BOTH)
    assert sorted(made.identifiers) == sorted(BOTH)
    assert sorted(i for expected in made.expected for i in expected.identifiers) == sorted(BOTH)


def test_an_expected_wheel_belongs_to_exactly_one_job() -> None:
    table = 'targets = ["macos-arm64"]\n[[tool.wheelyard.override]]\nselect = "cp312-*"\nvariant = "fast"\n'
    made = planned(table, *(f"{python}-macosx_arm64" for python in PYTHONS))
    assert sorted(made.expected, key=repr) == sorted((e for job in made.jobs for e in made.of(job)), key=repr)


@pytest.mark.parametrize(
    ("split", "jobs"),
    [
        ("target", ["linux-x86_64"]),
        ("libc", ["linux-x86_64-manylinux", "linux-x86_64-musllinux"]),
        ("python", [f"linux-x86_64-{python}" for python in PYTHONS]),
        ("identifier", sorted(BOTH)),
    ],
)
def test_a_split_cuts_along_its_dimension(split: str, jobs: list[str]) -> None:
    made = planned(LINUX + f'split = "{split}"', *BOTH)
    assert sorted(job.id for job in made.jobs) == jobs


def test_a_split_may_differ_by_platform() -> None:
    table = 'targets = ["linux-x86_64", "windows-AMD64"]\nsplit = { linux = "target", windows = "identifier" }'
    made = planned(table, *BOTH, "cp311-win_amd64", "cp312-win_amd64")
    assert sorted(job.id for job in made.jobs) == ["cp311-win_amd64", "cp312-win_amd64", "linux-x86_64"]


def test_a_job_knows_the_users_steps_around_it() -> None:
    table = LINUX + '[[tool.wheelyard.steps]]\nwhen = "before"\nwhere = "linux-*"\nrun = "make"\n'
    other = '[[tool.wheelyard.steps]]\nwhen = "after"\nwhere = "linux-x86_64"\nrun = "ls"\n'
    made = planned(table + other, *BOTH)
    assert [[step.run for step in job.steps] for job in made.jobs] == [["make", "ls"]] * len(made.jobs)


def test_job_names_are_unique_and_the_longest_comes_first() -> None:
    made = planned(LINUX + "concurrency = { total = 3, macos = 1 }", *BOTH)
    assert len({job.id for job in made.jobs}) == len(made.jobs)
    minutes = [job.estimate_minutes for job in made.jobs]
    assert minutes == sorted(minutes, reverse=True)  # type: ignore[type-var]


def test_abi3_makes_one_wheel_tested_everywhere() -> None:
    made = planned(LINUX + 'abi = "cp311-abi3"', *BOTH)
    assert [(len(e.identifiers), e.pattern) for e in made.expected] == [
        (3, "spam_eggs-1.0-cp311-abi3-manylinux*_x86_64.whl"),
        (3, "spam_eggs-1.0-cp311-abi3-musllinux*_x86_64.whl"),
    ]


@pytest.mark.parametrize(
    ("table", "runner", "emulated"),
    [
        pytest.param("", ("ubuntu-24.04-arm",), False, id="default"),
        pytest.param('runners = { linux-aarch64 = "ubuntu-22.04-arm" }', ("ubuntu-22.04-arm",), False, id="label"),
        pytest.param('runners = { linux-aarch64 = ["me", "arm"] }', ("me", "arm"), False, id="own machine"),
        pytest.param('emulate = ["linux-aarch64"]', ("ubuntu-24.04",), True, id="emulated"),
    ],
)
def test_a_target_has_its_runner(table: str, runner: tuple[str, ...], emulated: bool) -> None:  # noqa: FBT001
    (job,) = planned(f'targets = ["linux-aarch64"]\n{table}', "cp312-manylinux_aarch64").jobs
    assert (job.runner, job.emulated) == (runner, emulated)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        pytest.param('runners = { linux-aarch64 = "ubuntu-20.04" }', "retired.*'ubuntu-22.04'", id="retired"),
        pytest.param('runners = { linux-aarch64 = "ubuntu-24.04-arn" }', "mean 'ubuntu-24.04-arm'", id="unknown"),
        pytest.param('runners = { linux-aarch64 = "ubuntu-24.04" }', "would be emulated.*emulate", id="emulation"),
        pytest.param('runners = { linux-aarch64 = "windows-2025" }', "runs windows", id="other system"),
        pytest.param("runners = { linux-aarch64 = [] }", "names no machine", id="empty"),
    ],
)
def test_a_runner_that_will_not_do_is_a_mistake(table: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        configured(f'targets = ["linux-aarch64"]\n{table}')


def test_only_linux_is_emulated() -> None:
    with pytest.raises(ConfigError, match="QEMU"):
        configured('targets = ["macos-arm64"]\nemulate = ["macos-arm64"]')


def test_no_macos_runner_for_macos_is_refused() -> None:
    with pytest.raises(UsageError, match="macos-arm64 needs one"):
        planned('targets = ["macos-arm64"]\nconcurrency = { total = 5, macos = 0 }', "cp312-macosx_arm64")


def test_measured_durations_that_exceed_the_timeout_are_refused() -> None:
    with pytest.raises(UsageError, match=r"ended after 30.*a longer timeout"):
        planned(LINUX + "timeout = 30", BOTH[0], durations={BOTH[0]: 45})


def test_guessed_durations_that_exceed_the_timeout_are_not() -> None:
    assert planned(LINUX + "timeout = 2", BOTH[0]).jobs[0].timeout_minutes == 2


def test_the_estimate_has_a_bound_and_a_reason() -> None:
    estimate = planned(LINUX, *BOTH, durations={BOTH[0]: 50, **dict.fromkeys(BOTH[1:], 1.0)}).estimate
    assert estimate is not None
    assert estimate.lower_bound_minutes <= estimate.makespan_minutes
    assert BOTH[0] in estimate.bottleneck


def test_before_all_is_paid_by_every_container() -> None:
    without = planned(LINUX + 'split = "target"', *BOTH).jobs[0].estimate_minutes
    table = '[tool.cibuildwheel.linux]\nbefore-all = "yum install -y zlib-devel"'
    with_it = planned(LINUX + 'split = "target"', *BOTH, top=table).jobs[0].estimate_minutes
    assert without is not None
    assert with_it == pytest.approx(without + 4)


def test_more_than_256_jobs_are_cut_into_matrices() -> None:
    targets = [f"linux-{arch}" for arch in ("x86_64", "aarch64", "i686", "armv7l", "ppc64le", "s390x", "riscv64")]
    identifiers = [
        f"cp3{minor}{threaded}-{libc}_{target[6:]}"
        for minor in range(9, 20)
        for threaded in ("", "t")
        for libc in ("manylinux", "musllinux")
        for target in targets
    ]
    made = planned(f'targets = {targets}\nsplit = "identifier"'.replace("'", '"'), *identifiers)
    assert [len(matrix) for matrix in made.matrices] == [256, len(identifiers) - 256]


def test_a_pure_package_has_no_jobs() -> None:
    made = planned("pure = true")
    assert (made.jobs, made.pure, made.sdist, made.estimate) == ((), True, True, None)
