"""The lock tells what it rests on, and does not let itself be used when it is not true."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from planning import configured, locked
from wheelyard import documents
from wheelyard.errors import ConfigError, UsageError
from wheelyard.locking import lock
from wheelyard.targets import Target

LINUX = 'targets = ["linux-x86_64"]'
TWO = ("cp312-manylinux_x86_64", "cp39-manylinux_x86_64")


def test_a_lock_is_the_same_whatever_order_it_was_made_in() -> None:
    read = configured(LINUX)
    assert documents.dump(locked(read, *TWO)) == documents.dump(locked(read, *reversed(TWO)))


def test_a_lock_survives_being_written_and_read() -> None:
    made = locked(configured(LINUX), *TWO, durations={TWO[0]: 2.5})
    assert lock.load(documents.dump(made)) == made


def test_identifiers_are_kept_oldest_python_first() -> None:
    made = locked(configured(LINUX), *TWO)
    assert made.of(Target.LINUX_X86_64) == (TWO[1], TWO[0])


@pytest.mark.parametrize(
    ("table", "top"),
    [
        pytest.param('targets = ["linux-x86_64", "linux-i686"]', "", id="another target"),
        pytest.param(LINUX, '[tool.cibuildwheel]\nskip = "cp39-*"', id="skip"),
        pytest.param(LINUX, '[tool.cibuildwheel]\nenable = ["pypy"]', id="enable"),
    ],
)
def test_what_decides_identifiers_makes_a_lock_stale(table: str, top: str) -> None:
    made = locked(configured(LINUX), *TWO)
    assert not lock.is_fresh(made, configured(table, top=top))


def test_requires_python_makes_a_lock_stale() -> None:
    made = locked(configured(LINUX), *TWO)
    assert not lock.is_fresh(made, configured(LINUX, project='requires-python = ">=3.12"'))


def test_how_wheels_are_tested_leaves_a_lock_fresh() -> None:
    made = locked(configured(LINUX), *TWO)
    assert lock.is_fresh(made, configured(LINUX, top='[tool.cibuildwheel]\ntest-command = "pytest"'))


def test_a_hand_edited_identifier_makes_a_lock_stale() -> None:
    read = configured(LINUX)
    made = locked(read, *TWO)
    assert lock.is_fresh(made, read)
    edited = replace(made, identifiers={Target.LINUX_X86_64: made.of(Target.LINUX_X86_64)[:1]})
    assert not lock.is_fresh(edited, read)


def test_another_cibuildwheel_written_by_hand_makes_a_lock_stale() -> None:
    read = configured(LINUX)
    assert not lock.is_fresh(replace(locked(read, *TWO), tools={"cibuildwheel": "4.0.0"}), read)


def test_a_merge_conflict_says_how_to_get_out() -> None:
    text = documents.dump(locked(configured(LINUX), *TWO))
    with pytest.raises(UsageError, match=r"merge conflict.*git checkout --ours"):
        lock.load(b"<<<<<<< HEAD\n" + text + b"=======\n>>>>>>> other\n")


def test_a_newer_lock_asks_for_a_newer_wheelyard() -> None:
    text = documents.dump(locked(configured(LINUX), *TWO)).replace(b'"schema": 1', b'"schema": 2')
    with pytest.raises(UsageError, match=r"schema 2.*Upgrade wheelyard"):
        lock.load(text)


@pytest.mark.parametrize("minutes", [b"0", b"-3", b'"long"'])
def test_a_duration_that_is_none_is_a_mistake(minutes: bytes) -> None:
    text = documents.dump(locked(configured(LINUX), *TWO, durations={TWO[0]: 2.5})).replace(b"2.5", minutes)
    with pytest.raises(ConfigError, match="durations"):
        lock.load(text)


def test_a_truncated_lock_is_no_lock() -> None:
    with pytest.raises(UsageError, match="not JSON"):
        lock.load(documents.dump(locked(configured(LINUX), *TWO))[:40])
