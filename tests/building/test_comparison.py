"""Two archives that should be the same: what differs is named, with what likely made it so."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from wheelyard.building import comparison

ELF = b"\x7fELF" + bytes(60)


def wheel(folder: Path, members: Mapping[str, bytes], *, year: int = 2020, method: int = zipfile.ZIP_STORED) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "spam-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), data, method)
    return path


def told(tmp_path: Path, one: Mapping[str, bytes], two: Mapping[str, bytes], *, year: int = 2020) -> list[str]:
    found = comparison.differences(wheel(tmp_path / "one", one), wheel(tmp_path / "two", two, year=year))
    return [f"{difference.member}: {difference.what}" for difference in found]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param(b"built 12:30:01", b"built 12:30:02", "the time of the build ('built 12:30:01', then", id="time"),
        pytest.param(b"made 2026-01-31", b"made 2026-02-01", "Take it from SOURCE_DATE_EPOCH", id="date"),
        pytest.param(b"stamp: 1700000000", b"stamp: 1700000009", "the time of the build", id="timestamp"),
        pytest.param(b"x=/tmp/a1/core.c", b"x=/tmp/b2/core.c", "the folder it was built in", id="path"),
        pytest.param(
            ELF + b"/tmp/a1/core.c\0", ELF + b"/tmp/b2/core.c\0", "'/tmp/a1/core.c', then '/tmp/b2", id="path in code"
        ),
        pytest.param(b"spam\neggs\n", b"eggs\nspam\n", "the same lines in another order ('spam' where", id="lines"),
        pytest.param(b"{'spam', 'eggs'}", b"{'eggs', 'spam'}", "the same words in another order", id="set"),
        pytest.param(b"spam", b"spam\neggs", "holds 'eggs' only when built again", id="more"),
        pytest.param(b"\0\1\2\3", b"\0\1\0\0", "differs in 2 bytes, the first at 0x2", id="bytes"),
        pytest.param(b"\0\1", b"\0\1\2", "has 2 bytes, and 3 when built again", id="length"),
    ],
)
def test_the_likely_cause_of_a_difference_is_named(old: bytes, new: bytes, says: str) -> None:
    assert says in comparison.cause(old, new)


def test_members_of_only_one_are_named(tmp_path: Path) -> None:
    found = told(tmp_path, {"a": b"", "b": b""}, {"a": b"", "c": b""})
    assert found == ["b: is not there when built again", "c: is there only when built again"]


def test_a_record_that_follows_other_differences_is_not_told_of(tmp_path: Path) -> None:
    record = "spam-1.dist-info/RECORD"
    found = told(tmp_path, {record: b"spam,1", "spam": b"1"}, {record: b"spam,2", "spam": b"2"})
    assert [line.partition(":")[0] for line in found] == ["spam"]
    alone = told(tmp_path, {record: b"spam,1"}, {record: b"spam,2"})
    assert [line.partition(":")[0] for line in alone] == [record]


def test_times_and_order_are_differences_too(tmp_path: Path) -> None:
    found = told(tmp_path, {"a": b"1", "b": b"2"}, {"b": b"2", "a": b"1"}, year=2021)
    assert [line.partition(":")[0] for line in found] == ["a", "b", "None"]
    assert "(2020, 1, 1, 0, 0, 0), and" in found[0]


def test_other_packing_of_the_same_members_is_told(tmp_path: Path) -> None:
    one, two = wheel(tmp_path / "one", {"a": b"1" * 99}), wheel(tmp_path / "two", {"a": b"1" * 99}, method=8)
    (found,) = comparison.differences(one, two)
    assert (found.member, found.what.partition(".")[0]) == (None, "The members are the same, packed by another zlib")


def test_sdists_are_compared_by_member_and_owner(tmp_path: Path) -> None:
    paths = []
    for owner, data in (("ada", b"one line"), ("grace", b"two line")):
        (tmp_path / owner).mkdir()
        paths.append(tmp_path / owner / "spam-1.tar.gz")
        with tarfile.open(paths[-1], "w:gz") as archive:
            member = tarfile.TarInfo("spam-1/a")
            member.size, member.uname = len(data), owner
            archive.addfile(member, io.BytesIO(data))
    first, second = comparison.differences(*paths)
    assert "'one line', then 'two line'" in first.what
    assert ("ada" in second.what, "grace" in second.what) == (True, True)


def test_diffoscope_reports_where_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = wheel(tmp_path / "one", {"a": b"spam"}), wheel(tmp_path / "two", {"a": b"eggs"})
    program = tmp_path / "diffoscope"
    program.write_text('#!/bin/sh\nwhile [ "$1" != --text ]; do shift; done\necho "it looked" > "$2"\nexit 1\n')
    program.chmod(0o755)
    report = tmp_path / "report.txt"
    monkeypatch.setenv("PATH", "")
    assert comparison.diffoscope(one, two, report=report) is None
    monkeypatch.setenv("PATH", os.pathsep.join((str(tmp_path), os.defpath)))
    assert comparison.diffoscope(one, two, report=report) == report
    assert report.read_text() == "it looked\n"
