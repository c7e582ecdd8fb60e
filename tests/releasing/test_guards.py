"""A plan becomes a release only under its own tag, of a clean commit; a part of it completes an earlier one."""

from __future__ import annotations

import msgspec
import pytest

import goldens
from wheelyard.errors import FindingsError, UsageError
from wheelyard.planning import planner
from wheelyard.planning.plan import Plan
from wheelyard.releasing import guards
from wheelyard.revision import Revision

CLEAN = Revision(commit="c" * 40, tree="t", date=0, dirty=False)


def plan(revision: Revision = CLEAN, *, version: str | None = "1.0") -> Plan:
    made = planner.make(goldens.parsed("pull-request"), goldens.locked("pull-request"), revision)
    return msgspec.structs.replace(made, version=version)


@pytest.mark.parametrize("tag", ["v1.0", "v1.0.0"])
def test_the_tag_of_the_version_is_let_through(tag: str) -> None:
    guards.refuse(plan(), tag=tag, template="v{version}")


def test_a_version_of_the_back_end_is_compared_later() -> None:
    guards.refuse(plan(version=None), tag="v7", template="v{version}")


@pytest.mark.parametrize(
    ("tag", "revision", "says"),
    [
        pytest.param("v1.1", CLEAN, "its tag is 'v1.0'", id="another version"),
        pytest.param("1.0", CLEAN, "a tag is called 'v{version}'", id="another form"),
        pytest.param("v", CLEAN, "a tag is called", id="no version"),
        pytest.param("v$(x)", CLEAN, "its tag is 'v1.0'", id="no version at all"),
        pytest.param("v1.0", msgspec.structs.replace(CLEAN, dirty=True), "in no commit", id="dirty"),
        pytest.param("v1.0", msgspec.structs.replace(CLEAN, commit=None), "no commit", id="no commit"),
    ],
)
def test_anything_else_is_refused(tag: str, revision: Revision, says: str) -> None:
    with pytest.raises(FindingsError, match=says.replace("{", r"\{")):
        guards.refuse(plan(revision), tag=tag, template="v{version}")


def test_every_problem_is_said_at_once() -> None:
    with pytest.raises(FindingsError) as raised:
        guards.refuse(plan(msgspec.structs.replace(CLEAN, dirty=True)), tag="v2", template="v{version}")
    assert str(raised.value).count("\n") == 2


def test_a_part_of_a_plan_keeps_the_jobs_and_loses_what_is_not_asked_for() -> None:
    whole = plan()
    part = guards.only(whole, "cp313-win_*")
    assert [job.id for job in part.jobs] == [job.id for job in whole.jobs]
    assert part.identifiers == ("cp313-win_amd64",)
    assert [expected.identifiers for expected in part.expected] == [("cp313-win_amd64",)]
    assert not part.sdist


def test_a_part_that_is_nothing_is_a_mistake() -> None:
    with pytest.raises(UsageError, match="selects none"):
        guards.only(plan(), "cp27-*")
