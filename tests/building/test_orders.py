"""What an earlier build must have been made of to count."""

from __future__ import annotations

from pathlib import Path

import pytest

from wheelyard.building import orders
from wheelyard.building.orders import Run
from wheelyard.planning.plan import Job, Plan
from wheelyard.releasing.manifest import Input, Inputs
from wheelyard.revision import Revision
from wheelyard.targets import Identifier, Target

JOBS = {
    target: Job(id=str(target), target=target, runner=("r",), identifiers=(Identifier(name),))
    for target, name in (
        (Target.LINUX_X86_64, "cp312-manylinux_x86_64"),
        (Target.MACOS_ARM64, "cp312-macosx_arm64"),
    )
}
PLAN = Plan(
    name="spam",
    version="1.0",
    package=".",
    revision=Revision(commit=None, tree="t", date=0, dirty=False),
    tools={},
    sdist=False,
    pure=False,
    jobs=tuple(JOBS.values()),
    expected=(),
)
PATCHED = Inputs(patches=(Input(name="1.patch", sha256="a"),))
SDK = Inputs(sdk=Input(name="11.3", sha256="b"))


def key(folder: Path, inputs: Inputs, target: Target = Target.LINUX_X86_64) -> str:
    run = Run(plan=PLAN, options={}, source=folder, house=folder / "house", work=folder, inputs=inputs)
    return orders.ledger(run, JOBS[target], engine="host").report.key


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Inputs(), id="no patch"),
        pytest.param(Inputs(patches=(Input(name="1.patch", sha256="b"),)), id="a changed patch"),
        pytest.param(Inputs(patches=(*PATCHED.patches, *PATCHED.patches)), id="one more patch"),
        pytest.param(Inputs(patches=PATCHED.patches, sources=(Input(name="u", sha256="c"),)), id="a source"),
    ],
)
def test_wheels_of_other_inputs_do_not_count(tmp_path: Path, other: Inputs) -> None:
    assert key(tmp_path, PATCHED) == key(tmp_path, PATCHED)
    assert key(tmp_path, PATCHED) != key(tmp_path, other)


def test_an_sdk_counts_for_macos_only(tmp_path: Path) -> None:
    assert key(tmp_path, SDK) == key(tmp_path, Inputs())
    assert key(tmp_path, SDK, Target.MACOS_ARM64) != key(tmp_path, Inputs(), Target.MACOS_ARM64)
