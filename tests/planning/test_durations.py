"""Durations are measured, else guessed; what is no duration is refused with its name."""

from __future__ import annotations

import pytest

from planning import configured, locked
from wheelyard import documents
from wheelyard.errors import ConfigError, UsageError
from wheelyard.planning import builds, durations
from wheelyard.planning.builds import Build
from wheelyard.releasing.manifest import File, Manifest
from wheelyard.targets import Identifier, Target

TWO = ("cp311-manylinux_x86_64", "cp312-manylinux_x86_64")


def made(*identifiers: str, table: str = "") -> tuple[Build, ...]:
    targets = sorted({Identifier.parse(text).target for text in identifiers})
    read = configured("targets = [" + ", ".join(f'"{target}"' for target in targets) + f"]\n{table}")
    return builds.of(read, locked(read, *identifiers))


def test_what_was_measured_is_taken() -> None:
    assert durations.minutes(made(*TWO), {TWO[0]: 3.0, TWO[1]: 4.0}, emulated=()) == (3.0, 4.0)


def test_what_was_not_measured_takes_after_its_target() -> None:
    assert durations.minutes(made(*TWO), {TWO[0]: 3.0}, emulated=()) == (3.0, 3.0)


def test_another_target_is_scaled_by_what_was_measured() -> None:
    half = durations.PRIORS[Identifier(TWO[0]).target.platform] / 2
    found = durations.minutes(made(TWO[0], "cp312-win_amd64"), {TWO[0]: half}, emulated=())
    assert found == pytest.approx((half, 10.5 / 2))


def test_emulation_is_slow() -> None:
    (native,) = durations.minutes(made("cp312-manylinux_s390x"), {}, emulated=())
    (emulated,) = durations.minutes(made("cp312-manylinux_s390x"), {}, emulated=(Target.LINUX_S390X,))
    assert emulated > 8 * native


def test_every_python_more_costs_a_test() -> None:
    (one,) = durations.minutes(made(TWO[0]), {}, emulated=())
    (both,) = durations.minutes(made(*TWO, table='abi = "cp311-abi3"'), {}, emulated=())
    assert both == one + durations.ONE_MORE_TEST


def test_a_manifest_holds_durations() -> None:
    file = File(file="a.whl", sha256="0", size=1, identifiers=(Identifier(TWO[0]), Identifier(TWO[1])), minutes=7.5)
    old = File(file="b.whl", sha256="0", size=1, identifiers=(Identifier("cp39-win32"),))
    manifest = Manifest(name="a", version="1", commit=None, source_date=0, tools={}, files=(file, old))
    assert durations.parse(documents.dump(manifest), source="manifest.json") == {TWO[0]: 7.5}


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        pytest.param(f'"{TWO[0]}": 0', "0 is no number of minutes", id="zero"),
        pytest.param(f'"{TWO[0]}": -1.5', "-1.5 is no number", id="negative"),
        pytest.param(f'"{TWO[0]}": "3"', "expected minutes", id="text"),
        pytest.param(f'"{TWO[0]}": true', "expected minutes", id="truth"),
        pytest.param('"cp99-beos": 3', "not a build identifier", id="no identifier"),
    ],
)
def test_what_is_no_duration_is_named(entry: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        durations.parse(f"{{{entry}}}".encode(), source="minutes.json")


@pytest.mark.parametrize("text", [f'{{"{TWO[0]}": NaN}}', "[]", "", "3", f'{{"{TWO[0]}": 1e999}}'])
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"minutes.json"):
        durations.parse(text.encode(), source="minutes.json")


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        durations.parse(f'{{"{TWO[0]}": 0, "x": 1, "{TWO[1]}": -1}}'.encode(), source="minutes.json")
    assert len(caught.value.mistakes) == 3
