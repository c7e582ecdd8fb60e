"""A wheel for macOS is built for the version that was asked, or the plan is refused."""

from __future__ import annotations

import pytest

from planning import REVISION, configured, locked
from wheelyard.errors import UsageError
from wheelyard.planning import planner
from wheelyard.planning.plan import Plan

INTEL = 'targets = ["macos-x86_64"]\n'
BOTH = 'targets = ["macos-x86_64", "macos-arm64"]\n'


def planned(table: str, *identifiers: str, top: str = "") -> Plan:
    read = configured(table, top=top)
    return planner.make(read, locked(read, *identifiers), REVISION)


def asked(plan: Plan) -> dict[str, str]:
    return {
        str(identifier): env["MACOSX_DEPLOYMENT_TARGET"]
        for job in plan.jobs
        for identifier, env in job.environment.items()
    }


@pytest.mark.parametrize(
    ("identifier", "supported", "below"),
    [
        ("cp39-macosx_x86_64", "10.9", "10.8"),
        ("cp311-macosx_universal2", "10.9", "10.8"),
        ("cp312-macosx_x86_64", "10.13", "10.12"),
        ("cp313t-macosx_x86_64", "10.13", "10.9"),
        ("cp314-macosx_x86_64", "10.15", "10.13"),
        ("pp311_81-macosx_x86_64", "10.15", "10.13"),
    ],
)
def test_a_target_below_what_the_interpreter_supports_is_refused(identifier: str, supported: str, below: str) -> None:
    table = f'targets = ["macos-{identifier.rpartition("macosx_")[2]}"]\n'
    macos = "[tool.wheelyard.macos]\ndeployment-target = "
    assert asked(planned(f'{table}{macos}"{supported}"', identifier)) == {identifier: supported}
    with pytest.raises(UsageError, match=rf"macOS {below} is asked for, and what {identifier} .* {supported}"):
        planned(f'{table}{macos}"{below}"', identifier)


def test_an_override_says_otherwise_for_some() -> None:
    table = (
        f'{INTEL}[tool.wheelyard.macos]\ndeployment-target = "10.13"\n[[tool.wheelyard.override]]\n'
        'select = "cp314-*"\nenv = { MACOSX_DEPLOYMENT_TARGET = "10.15" }'
    )
    made = planned(table, "cp312-macosx_x86_64", "cp314-macosx_x86_64")
    assert asked(made) == {"cp312-macosx_x86_64": "10.13", "cp314-macosx_x86_64": "10.15"}


def test_on_arm_nothing_older_than_11_is_meant() -> None:
    table = f'{BOTH}[tool.wheelyard.macos]\ndeployment-target = "10.13"'
    made = planned(table, "cp312-macosx_x86_64", "cp312-macosx_arm64")
    assert asked(made) == {"cp312-macosx_x86_64": "10.13", "cp312-macosx_arm64": "11.0"}


def test_on_arm_an_override_below_11_is_refused() -> None:
    table = (
        f'{BOTH}[[tool.wheelyard.override]]\nselect = "*-macosx_arm64"\nenv = {{ MACOSX_DEPLOYMENT_TARGET = "10.15" }}'
    )
    with pytest.raises(UsageError, match=r"cp312-macosx_arm64 .* 11\.0"):
        planned(table, "cp312-macosx_arm64")


@pytest.mark.parametrize(
    "table",
    [
        'environment = { MACOSX_DEPLOYMENT_TARGET = "10.9" }',
        'macos.environment = "A=b MACOSX_DEPLOYMENT_TARGET=10.9"',
        "macos.environment = [\"MACOSX_DEPLOYMENT_TARGET='10.9'\"]",
        'overrides = [{ select = "cp312-*", environment = { MACOSX_DEPLOYMENT_TARGET = "10.9" } }]',
    ],
)
def test_what_cibuildwheel_is_told_counts(table: str) -> None:
    with pytest.raises(UsageError, match=r"macOS 10\.9 is asked for, and what cp312-macosx_x86_64"):
        planned(INTEL, "cp311-macosx_x86_64", "cp312-macosx_x86_64", top=f"[tool.cibuildwheel]\n{table}")


@pytest.mark.parametrize(
    "table",
    [
        'environment = { MACOSX_DEPLOYMENT_TARGET = "10.9" }\nmacos.environment = { A = "b" }',
        'environment = { MACOSX_DEPLOYMENT_TARGET = "10.13" }',
        'linux.environment = { MACOSX_DEPLOYMENT_TARGET = "10.9" }',
        'environment = "MACOSX_DEPLOYMENT_TARGET=$(sw_vers -productVersion)"',
    ],
    ids=["replaced", "supported", "of another system", "not known before"],
)
def test_what_cibuildwheel_would_not_raise_is_let_be(table: str) -> None:
    planned(INTEL, "cp312-macosx_x86_64", top=f"[tool.cibuildwheel]\n{table}")
