"""The same content becomes the same bytes, whoever packed it, and content is never touched."""

from __future__ import annotations

import gzip
import io
import os
import stat
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from audit.wheelmaker import Draft
from wheelyard.building import canonical
from wheelyard.doors.tars import tarfile
from wheelyard.errors import BuildError

DATE = 1_700_000_001  # odd: a zip archive counts in twos
INFO = "spam-1.dist-info"
RECORD = f"spam/b.py,sha256=x,1\r\n{INFO}/RECORD,,\r\nspam/a.so,sha256=y,2\r\n"
MEMBERS = {f"{INFO}/RECORD": RECORD, f"{INFO}/WHEEL": "w", "spam/b.py": "b", "spam/a.so": "a" * 100}


def pack(folder: Path, names: Iterable[str], *, mode: int = 0o644, year: int = 2020, method: int = 0) -> Path:
    """A wheel with the members in the order of `names`."""
    folder.mkdir()
    path = folder / "spam-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.mkdir("spam")
        for name in names:
            member = zipfile.ZipInfo(name, (year, 1, 2, 3, 4, 6))
            member.external_attr, member.compress_type = (stat.S_IFREG | mode) << 16, method
            archive.writestr(member, MEMBERS[name])
    return path


def pack_sdist(folder: Path, names: Iterable[str], *, owner: str, mode: int, date: int) -> Path:
    folder.mkdir()
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.uname, member.uid, member.mode, member.mtime, member.size = owner, len(owner), mode, date, 1
            archive.addfile(member, io.BytesIO(b"x"))
    path = folder / "spam-1.tar.gz"
    path.write_bytes(gzip.compress(raw.getvalue(), mtime=date))
    return path


def test_two_wheels_of_one_content_are_the_same_bytes(tmp_path: Path) -> None:
    one = pack(tmp_path / "one", MEMBERS, mode=0o600)
    two = pack(tmp_path / "two", reversed(MEMBERS), mode=0o664, year=2021, method=zipfile.ZIP_DEFLATED)
    assert one.read_bytes() != two.read_bytes()
    made = [canonical.distribution(path, into=path.parent / "made", date=DATE).read_bytes() for path in (one, two)]
    assert made[0] == made[1]


def test_the_members_of_a_wheel_stay_and_its_rows_are_put_in_order(tmp_path: Path) -> None:
    made = canonical.distribution(pack(tmp_path / "one", MEMBERS), into=tmp_path / "made", date=DATE)
    with zipfile.ZipFile(made) as archive:
        assert archive.namelist() == ["spam/a.so", "spam/b.py", f"{INFO}/WHEEL", f"{INFO}/RECORD"]
        assert archive.read("spam/a.so") == b"a" * 100
        assert archive.read(f"{INFO}/RECORD").decode().splitlines() == [
            "spam/a.so,sha256=y,2",
            "spam/b.py,sha256=x,1",
            f"{INFO}/RECORD,,",
        ], "a wrong hash must stay wrong, for the audit"
        assert {member.date_time for member in archive.infolist()} == {(2023, 11, 14, 22, 13, 20)}


def test_a_program_stays_one(tmp_path: Path) -> None:
    made = canonical.distribution(pack(tmp_path / "one", MEMBERS, mode=0o700), into=tmp_path / "made", date=0)
    with zipfile.ZipFile(made) as archive:
        assert {member.external_attr >> 16 for member in archive.infolist()} == {stat.S_IFREG | 0o755}


def test_a_sound_wheel_is_still_sound(tmp_path: Path) -> None:
    from wheelyard import audit  # noqa: PLC0415  # slow to import

    made = canonical.distribution(Draft().save(tmp_path), into=tmp_path / "made", date=DATE)
    assert audit.wheel(made) == audit.wheel(tmp_path / made.name)


def test_two_sdists_of_one_content_are_the_same_bytes(tmp_path: Path) -> None:
    names = ("spam-1/PKG-INFO", "spam-1/pyproject.toml", f"spam-1/{'long' * 40}.c")
    one = pack_sdist(tmp_path / "one", names, owner="ada", mode=0o600, date=1)
    two = pack_sdist(tmp_path / "two", reversed(names), owner="grace", mode=0o664, date=2)
    made = [canonical.distribution(path, into=path.parent / "made", date=DATE) for path in (one, two)]
    assert made[0].read_bytes() == made[1].read_bytes()
    with tarfile.open(made[0]) as archive:
        assert archive.getnames() == sorted(names)
        assert {(member.mtime, member.uname, member.mode) for member in archive} == {(DATE, "", 0o644)}


def test_links_of_an_sdist_stay_links(tmp_path: Path) -> None:
    folder = tmp_path / "spam-1"
    folder.mkdir()
    (folder / "z.c").write_text("int z;\n")
    os.link(folder / "z.c", folder / "a.c")
    (folder / "b.c").symlink_to("z.c")
    with tarfile.open(tmp_path / "spam-1.tar.gz", "w:gz") as archive:
        for name in ("z.c", "a.c", "b.c"):
            archive.add(folder / name, f"spam-1/{name}")
    made = canonical.distribution(tmp_path / "spam-1.tar.gz", into=tmp_path / "made", date=DATE)
    with tarfile.open(made) as archive:
        archive.extractall(tmp_path / "out", filter="data")
    assert (tmp_path / "out" / "spam-1" / "a.c").read_text() == "int z;\n"
    assert (tmp_path / "out" / "spam-1" / "b.c").is_symlink()


@pytest.mark.parametrize("name", ["spam-1-py3-none-any.whl", "spam-1.tar.gz"])
def test_what_is_no_archive_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"half an arch")
    with pytest.raises(BuildError, match="cannot be read as an archive"):
        canonical.distribution(tmp_path / name, into=tmp_path / "made", date=DATE)


def test_a_member_that_is_there_twice_is_named(tmp_path: Path) -> None:
    names = ("spam-1/PKG-INFO", "spam-1/PKG-INFO")
    path = pack_sdist(tmp_path / "one", names, owner="ada", mode=0o600, date=1)
    with pytest.raises(BuildError, match="spam-1/PKG-INFO more than once"):
        canonical.distribution(path, into=tmp_path / "made", date=DATE)
