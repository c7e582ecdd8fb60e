"""Variables become options where they mean the same, and a sentence where they do not."""

from __future__ import annotations

from typing import Any

from wheelyard.migration import calls, options
from wheelyard.migration.calls import Call
from wheelyard.migration.options import Options
from wheelyard.targets import Identifier

LINUX, WINDOWS = Identifier("cp312-manylinux_x86_64"), Identifier("cp312-win_amd64")
NEWER = Identifier("cp313-manylinux_x86_64")


def call(label: str = "ubuntu-24.04", **variables: str) -> Call:
    machine = calls.machine((label,))
    assert machine is not None
    environment = {f"CIBW_{name}": value for name, value in variables.items()}
    return Call(
        job="b", place="w.yml:3", machine=machine, environment=environment, arguments=(), package=".", version=None
    )


def carried(*pairs: tuple[Call, Identifier], present: dict[str, Any] | None = None) -> Options:
    built = [frozenset({identifier}) for _, identifier in pairs]
    return options.carried([each for each, _ in pairs], built, present=present or {})


def test_what_all_calls_have_is_for_all() -> None:
    one, other = call(TEST_COMMAND="pytest"), call("windows-2025", TEST_COMMAND="pytest")
    assert carried((one, LINUX), (other, WINDOWS)).table == {"test-command": "pytest"}


def test_what_a_platform_has_is_for_that() -> None:
    one = call(BEFORE_ALL_LINUX="yum", BEFORE_ALL="other", MANYLINUX_X86_64_IMAGE="manylinux_2_28")
    other = call("windows-2025", BEFORE_ALL_LINUX="yum", MANYLINUX_X86_64_IMAGE="manylinux_2_28", BUILD_VERBOSITY="1")
    assert carried((one, LINUX), (other, WINDOWS)).table == {
        "linux": {"before-all": "yum", "manylinux-x86_64-image": "manylinux_2_28"},
        "windows": {"build-verbosity": 1},
    }


def test_what_some_identifiers_have_is_an_override() -> None:
    found = carried((call(TEST_SKIP="*"), LINUX), (call(), NEWER), (call("windows-2025"), WINDOWS))
    assert found.table == {"overrides": [{"select": "cp312-manylinux_x86_64", "test-skip": "*"}]}


def test_a_key_that_is_there_stays_and_the_difference_is_said() -> None:
    found = carried((call(TEST_COMMAND="mine"), LINUX), present={"test-command": "theirs"})
    assert found.table == {}
    assert "w.yml:3: test-command is 'mine' here" in found.notes[0]


def test_two_values_for_one_identifier_cannot_be_carried() -> None:
    found = carried((call(TEST_COMMAND="a"), LINUX), (call(TEST_COMMAND="b"), LINUX))
    assert found.table == {}
    assert "several values for the same identifiers" in found.notes[0]


def test_an_unknown_variable_is_named() -> None:
    assert "CIBW_SPAM is no option" in carried((call(SPAM="1"), LINUX)).notes[0]
