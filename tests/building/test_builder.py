"""Builds run side by side; each ends as a result, and none counts that is not what was planned."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from wheelyard.building import builder
from wheelyard.building.builder import Task
from wheelyard.building.wheelhouse import JobFolder, Ledger
from wheelyard.doors.process import Programs
from wheelyard.engines import Made, Order
from wheelyard.errors import BuildError
from wheelyard.planning.plan import Expected, Plan
from wheelyard.releasing.manifest import JobReport, Result, State
from wheelyard.revision import Revision
from wheelyard.targets import Identifier, Target

CP312 = Identifier("cp312-manylinux_x86_64")
CP313 = Identifier("cp313-manylinux_x86_64")
PLAN = Plan(
    name="spam",
    version="1.0",
    package=".",
    revision=Revision(commit=None, tree="t", date=0, dirty=False),
    tools={},
    sdist=False,
    pure=False,
    jobs=(),
    expected=(),
)


@dataclass
class FakeEngine:
    """An engine at the edge: does what it is told instead of compiling."""

    does: Callable[[Order], Made]
    name: str = "fake"
    prepared: int = 0

    def unavailable(self, order: Order) -> str | None:
        return None

    def refuses(self, order: Order) -> str | None:
        return None

    def prepare(self, orders: Sequence[Order], *, programs: Programs) -> None:
        self.prepared += len(orders)

    def build(self, order: Order, *, programs: Programs) -> Made:
        return self.does(order)


class Silent:
    """Nobody watches."""

    def started(self, task: Task) -> None: ...

    def ended(self, task: Task, result: Result) -> None: ...


def make(order: Order, name: str = "spam", version: str = "1.0", python: str = "") -> Made:
    python = python or order.identifiers[0].python
    wheel = order.scratch / f"{name}-{version}-{python}-{python}-manylinux_2_17_x86_64.whl"
    pack(wheel, python)
    return Made(wheel=wheel, tested=True)


def pack(wheel: Path, content: str) -> None:
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("spam/__init__.py", content)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    fresh = JobReport(
        job="j", target=Target.LINUX_X86_64, runner=(), key="k", engine="fake", tools={}, commit=None, source_date=0
    )
    return Ledger(JobFolder(path=tmp_path / "house" / "j"), fresh=fresh)


def task(ledger: Ledger, engine: FakeEngine, *identifiers: Identifier) -> Task:
    home = ledger.folder.path.parents[1]
    order = Order(
        project=home,
        package=home,
        identifiers=identifiers,
        options={},
        tools={},
        source_date=0,
        scratch=home / "scratch" / identifiers[0],
        log=home / f"{identifiers[0]}.log",
    )
    return Task(expected=Expected(identifiers=identifiers, pattern="*"), order=order, engine=engine, ledger=ledger)


def run(tasks: Sequence[Task], look: Callable[[Path], Sequence[str]] = lambda _: ()) -> None:
    builder.run(tasks, plan=PLAN, parallel=2, programs=Programs(), look=look, watch=Silent())


def states(ledger: Ledger) -> dict[str, State]:
    return {str(result.identifier): result.state for result in ledger.report.results}


def test_a_failed_build_does_not_stop_the_others(ledger: Ledger) -> None:
    def does(order: Order) -> Made:
        if order.identifiers[0] == CP312:
            raise BuildError("error: unknown type name 'spam_t'")
        return make(order)

    engine = FakeEngine(does)
    run([task(ledger, engine, CP312), task(ledger, engine, CP313)])
    assert states(ledger) == {CP312: State.FAILED, CP313: State.BUILT}
    assert ledger.report.results[0].message == "error: unknown type name 'spam_t'"
    assert engine.prepared == 2


def test_builds_run_at_the_same_time(ledger: Ledger) -> None:
    meeting = threading.Barrier(2, timeout=60)

    def does(order: Order) -> Made:
        meeting.wait()
        return make(order)

    engine = FakeEngine(does)
    run([task(ledger, engine, CP312), task(ledger, engine, CP313)])
    assert states(ledger) == {CP312: State.BUILT, CP313: State.BUILT}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        pytest.param({"name": "eggs"}, "It is called eggs, the project spam.", id="name"),
        pytest.param({"version": "2.0"}, "Its version is 2.0, the plan's 1.0.", id="version"),
        pytest.param({"python": "cp39"}, f"Its tags do not answer {CP312}.", id="tag"),
    ],
)
def test_a_wheel_that_was_not_planned_is_a_failure(ledger: Ledger, wrong: dict[str, str], says: str) -> None:
    run([task(ledger, FakeEngine(lambda order: make(order, **wrong)), CP312)])
    (result,) = ledger.report.results
    assert result.state is State.FAILED
    assert says in str(result.message)
    assert not list(ledger.folder.path.glob("*.whl"))


def test_a_wheel_for_a_newer_macos_than_asked_is_a_failure(ledger: Ledger) -> None:
    def does(order: Order) -> Made:
        wheel = order.scratch / "spam-1.0-cp312-cp312-macosx_10_15_x86_64.whl"
        pack(wheel, "")
        return Made(wheel=wheel, tested=True)

    work = task(ledger, FakeEngine(does), Identifier("cp312-macosx_x86_64"))
    run([replace(work, order=replace(work.order, environment={"MACOSX_DEPLOYMENT_TARGET": "10.13"}))])
    (result,) = ledger.report.results
    assert "It is for macOS 10.15 and newer, 10.13 was asked for." in str(result.message)
    options = {"environment": {"MACOSX_DEPLOYMENT_TARGET": "10.15"}}  # which has the last word
    work = replace(work, order=replace(work.order, options=options))
    run([replace(work, order=replace(work.order, environment={"MACOSX_DEPLOYMENT_TARGET": "10.13"}))])
    (result,) = ledger.report.results
    assert result.state is State.BUILT


def test_what_the_audit_finds_is_a_failure(ledger: Ledger) -> None:
    run([task(ledger, FakeEngine(make), CP312)], look=lambda wheel: [f"{wheel.name} has no RECORD"])
    (result,) = ledger.report.results
    assert "spam-1.0-cp312-cp312-manylinux_2_17_x86_64.whl has no RECORD" in str(result.message)


def test_one_wheel_answers_all_identifiers_of_its_order(ledger: Ledger) -> None:
    def does(order: Order) -> Made:
        wheel = order.scratch / "spam-1.0-cp312-abi3-manylinux_2_17_x86_64.whl"
        pack(wheel, "any")
        return Made(wheel=wheel, tested=True)

    run([task(ledger, FakeEngine(does), CP312, CP313)])
    assert states(ledger) == {CP312: State.BUILT, CP313: State.BUILT}
    assert len({result.file for result in ledger.report.results}) == 1


def test_a_bug_in_an_engine_is_not_a_result(ledger: Ledger) -> None:
    def does(order: Order) -> Made:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run([task(ledger, FakeEngine(does), CP312)])
    assert ledger.report.results == ()


def test_a_wheel_is_the_same_bytes_whenever_it_is_made(ledger: Ledger) -> None:
    run([task(ledger, FakeEngine(make), CP312)])
    (made,) = ledger.folder.path.glob("*.whl")
    with zipfile.ZipFile(made) as archive:
        (member,) = archive.infolist()
    assert member.date_time == (1980, 1, 1, 0, 0, 0), "not the date of the order"


def test_what_is_no_archive_is_a_failure(ledger: Ledger) -> None:
    def does(order: Order) -> Made:
        made = make(order)
        made.wheel.write_bytes(b"half a wh")
        return made

    run([task(ledger, FakeEngine(does), CP312)])
    (result,) = ledger.report.results
    assert "cannot be read as an archive" in str(result.message)
