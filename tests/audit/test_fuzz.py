"""Damaged wheels and binaries: a clear finding or nothing, never a crash, a hang, or much memory.

`WHEELYARD_FUZZ_SECONDS` is what each of the eight takes: 1 by default, 4 in CI (half a minute in all), 75 at night.
"""

from __future__ import annotations

import importlib.util
import os
import random
import signal
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audit import natives, realwheels
from audit.wheelmaker import Draft
from wheelyard import audit
from wheelyard.audit import archive, binaries
from wheelyard.audit.binaries.names import Names

SECONDS = float(os.environ.get("WHEELYARD_FUZZ_SECONDS", "1"))
HANGS = 60.0  # seconds of processor time for one small input
MOST = 12 << 20


numbers: dict[int, int] = {}


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with some flipped, cut, repeated, or overwritten with the numbers that parsers fear."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(changed))
        match chance.randrange(6):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at : at + 4] = chance.choice(
                    (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\1\0\0\0")
                )
            case 2:
                changed[at : at + 8] = chance.choice((b"\xff" * 8, b"\0" * 8, b"\xff\xff\xff\x7f" * 2))
            case 3:
                del changed[at : at + chance.randrange(1, 64)]
            case 4:
                changed[at:at] = changed[at : at + chance.randrange(1, 64)]
            case _:
                del changed[max(at, 8) :]
        if not changed:
            return data
    return bytes(changed)


def rounds() -> Iterator[random.Random]:
    """One generator of chance a round, each told by its number, until the time is over."""
    end = time.monotonic() + SECONDS
    number = 0
    while time.monotonic() < end:
        chance = random.Random(number)  # noqa: S311  # repeatable, not secret
        numbers.clear()
        numbers[id(chance)] = number
        yield chance
        number += 1


def ends(what: Callable[[], object], chance: random.Random) -> None:
    """Do it, and break it off where it hangs."""

    def hangs(_number: int, _frame: object) -> None:
        pytest.fail(f"round {numbers[id(chance)]} hangs")

    signal.signal(signal.SIGVTALRM, hangs)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANGS)
    try:
        what()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def read(data: bytes) -> None:
    try:
        binaries.read("x", data)
    except binaries.UnreadableError:
        return


def test_a_damaged_archive_is_a_finding_at_most(tmp_path: Path) -> None:
    sound = Draft(files={"wy_sample/__init__.py": b"x = 1\n" * 99, "wy_sample/y.py": b""}).save(tmp_path).read_bytes()
    path = tmp_path / "wy_sample-1.0-py3-none-any.whl"
    for chance in rounds():
        path.write_bytes(mutated(sound, chance))
        ends(lambda: audit.wheel(path), chance)


def test_this_interpreters_own_library_damaged_is_a_finding_at_most() -> None:
    extension = importlib.util.find_spec("_ctypes")
    data = Path((extension and extension.origin) or sys.executable).read_bytes()[: 4 << 20]
    for chance in rounds():
        damaged = mutated(data, chance)
        ends(lambda damaged=damaged: read(damaged), chance)  # type: ignore[misc]


@pytest.mark.integration
@pytest.mark.parametrize("make", [natives.elf, natives.macho, natives.pe], ids=["ELF", "Mach-O", "PE"])
def test_a_damaged_binary_is_a_finding_at_most(make: Callable[[], bytes]) -> None:
    data = make()
    for chance in rounds():
        damaged = mutated(data, chance)
        ends(lambda damaged=damaged: read(damaged), chance)  # type: ignore[misc]


@pytest.mark.integration
def test_a_damaged_universal_binary_is_a_finding_at_most() -> None:
    data = natives.universal(natives.macho(target="x86_64-macos.10.13"), natives.macho())
    for chance in rounds():
        damaged = mutated(data, chance)
        ends(lambda damaged=damaged: read(damaged), chance)  # type: ignore[misc]


@pytest.mark.peers
@pytest.mark.parametrize("start", ["markupsafe-3.0.4-cp312-cp312-", "cffi-2.1.1-cp312-cp312-"])
def test_damaged_real_binaries_are_a_finding_at_most(start: str) -> None:
    members: list[bytes] = []
    for path in realwheels.fetched([name for name in realwheels.NAMES if name.startswith(start)]):
        with zipfile.ZipFile(path) as wheel:
            members += [wheel.read(name) for name in wheel.namelist() if name.endswith((".so", ".pyd"))]
    for chance in rounds():
        damaged = mutated(chance.choice(members), chance)
        ends(lambda damaged=damaged: read(damaged), chance)  # type: ignore[misc]


def test_names_that_never_end_cost_neither_time_nor_memory() -> None:
    names = Names(b"a" * (1 << 20))

    def every() -> None:
        for start in range(1 << 20):
            names.at(start)

    tracemalloc.start()
    with pytest.raises(ValueError, match="overlap"):
        every()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < MOST


def test_memory_is_bounded_by_the_largest_binary(tmp_path: Path) -> None:
    """Fifty megabytes of data pass through; only pieces of it are ever held."""
    large = {f"wy_sample/{number}.bin": os.urandom(1 << 20) * 10 for number in range(5)}
    path = Draft(files=large).save(tmp_path)
    del large
    tracemalloc.start()
    archive.read(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < MOST
