"""Archives of strangers are unpacked whole, inside their folder, or not at all."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from wheelyard.doors import archives
from wheelyard.doors.tars import tarfile
from wheelyard.errors import OutsideError

Member = tuple[str, bytes, str]  # name, type, link


def tar(path: Path, *members: Member | tuple[str, str]) -> Path:
    """An archive of links and devices by (name, type, target), and of files by (name, text)."""
    with tarfile.open(path, "w:xz") as archive:
        for name, kind, *target in members:
            info = tarfile.TarInfo(name)
            if isinstance(kind, bytes):
                info.type, info.linkname = kind, target[0]
                archive.addfile(info)
            else:
                info.size = len(kind)
                archive.addfile(info, io.BytesIO(kind.encode()))
    return path


def unpack(archive: Path, *, drop_links: bool = False) -> tuple[str, ...]:
    return archives.unpack(archive, archive.parent / "out", name=archive.name, drop_links=drop_links)


def found(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_a_single_folder_at_the_top_is_stepped_into(tmp_path: Path) -> None:
    unpack(tar(tmp_path / "a.tar.xz", ("spam-1.0/a.c", "a"), ("spam-1.0/b/c.c", "c")))
    assert found(tmp_path / "out") == {"a.c", "b", "b/c.c"}


def test_several_things_at_the_top_stay_what_they_are(tmp_path: Path) -> None:
    unpack(tar(tmp_path / "a.tar.xz", ("a.c", "a"), ("b/c.c", "c")))
    assert found(tmp_path / "out") == {"a.c", "b", "b/c.c"}


def test_links_inside_are_kept(tmp_path: Path) -> None:
    unpack(
        tar(
            tmp_path / "a.tar.xz",
            ("x/A/a.h", "a"),
            ("x/Current", tarfile.SYMTYPE, "A"),
            ("x/h", tarfile.LNKTYPE, "x/A/a.h"),
        )
    )
    assert (tmp_path / "out" / "Current" / "a.h").read_text() == "a"
    assert (tmp_path / "out" / "h").read_text() == "a"


UNSAFE: tuple[tuple[str, tuple[Member | tuple[str, str], ...], str], ...] = (
    ("dots", (("x/../../evil", "e"),), "'x/../../evil' would be written outside"),
    ("absolute", (("/evil", "e"),), "'/evil' would be written outside"),
    ("windows", (("C:\\evil", "e"),), "would be written outside"),
    ("backslashes", (("x\\..\\..\\evil", "e"),), "would be written outside"),
    ("absolute link", (("x/l", tarfile.SYMTYPE, "/etc/passwd"),), "'x/l' leads out of the archive, to '/etc/passwd'"),
    ("escaping link", (("x/l", tarfile.SYMTYPE, "../../up"),), "leads out of the archive"),
    ("hard link", (("x/l", tarfile.LNKTYPE, "../up"),), "would be written outside"),
    ("through a link", (("x/l", tarfile.SYMTYPE, "d"), ("x/l/evil", "e")), "through the link 'x/l'"),
    ("over a link", (("x/l", tarfile.SYMTYPE, "d"), ("x/l", "e")), "through the link 'x/l'"),
    ("device", (("x/null", tarfile.CHRTYPE, ""),), "'x/null' is neither a file nor a folder"),
    ("pipe", (("x/pipe", tarfile.FIFOTYPE, ""),), "neither a file nor a folder"),
)  # fmt: skip


@pytest.mark.parametrize(("members", "says"), [pytest.param(*row[1:], id=row[0]) for row in UNSAFE])
def test_an_unsafe_archive_writes_nothing(
    tmp_path: Path, members: Iterable[Member | tuple[str, str]], says: str
) -> None:
    archive = tar(tmp_path / "a.tar.xz", ("x/good.c", "g"), *members)
    with pytest.raises(OutsideError) as caught:
        unpack(archive)
    assert says in str(caught.value)
    assert found(tmp_path) == {"a.tar.xz"}


def test_links_that_lead_out_can_be_left_out(tmp_path: Path) -> None:
    archive = tar(tmp_path / "a.tar.xz", ("x/a.h", "a"), ("x/gems", tarfile.SYMTYPE, "/Library/Ruby"))
    assert unpack(archive, drop_links=True) == ("x/gems",)
    assert found(tmp_path / "out") == {"a.h"}


def test_nothing_is_written_through_a_link_that_is_left_out(tmp_path: Path) -> None:
    archive = tar(tmp_path / "a.tar.xz", ("x/l", tarfile.SYMTYPE, ".."), ("x/l/evil", "e"))
    with pytest.raises(OutsideError, match="through the link"):
        unpack(archive, drop_links=True)


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize("damage", [half, lambda _: b"", lambda _: b"<html>"], ids=["truncated", "empty", "a page"])
def test_a_damaged_archive_writes_nothing(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    archive = tar(tmp_path / "a.tar.xz", ("a.c", "a" * 5000), ("b.c", "b"))
    archive.write_bytes(damage(archive.read_bytes()))
    with pytest.raises(OutsideError, match="cannot be unpacked"):
        unpack(archive)
    assert found(tmp_path) == {"a.tar.xz"}


def test_a_million_members_are_counted_no_further_than_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_MEMBERS", 1000)
    archive = tmp_path / "a.tar.gz"
    with gzip.open(archive, "wb", compresslevel=1) as stream:
        for number in range(2000):
            stream.write(tarfile.TarInfo(f"f{number}").tobuf())
    with pytest.raises(OutsideError, match="more than 1,000 members"):
        unpack(archive)


def test_a_bomb_is_refused_by_what_it_says(tmp_path: Path) -> None:
    archive = tmp_path / "a.tar.gz"
    info = tarfile.TarInfo("big")
    info.size = archives.LARGEST_SUM + 1
    archive.write_bytes(gzip.compress(info.tobuf(format=tarfile.GNU_FORMAT)))
    with pytest.raises(OutsideError, match="or 16 GiB in all"):
        unpack(archive)


@pytest.mark.parametrize("kind", [tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE], ids=["long name", "pax"])
def test_a_name_of_gigabytes_is_not_read(tmp_path: Path, kind: bytes) -> None:
    archive = tmp_path / "a.tar.gz"
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = kind, 4 << 30
    archive.write_bytes(gzip.compress(info.tobuf(format=tarfile.GNU_FORMAT) + bytes(1 << 20)))
    with pytest.raises(OutsideError, match="a header in it says that it has 4,294,967,296 bytes"):
        unpack(archive)


def test_what_a_killed_run_left_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / ".out.partial" / "old").mkdir(parents=True)
    unpack(tar(tmp_path / "a.tar.xz", ("a.c", "a")))
    assert found(tmp_path / "out") == {"a.c"}


class TestZip:
    """The same of zip archives."""

    def test_it_is_unpacked(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr("spam-1.0/a.c", "a")
        unpack(tmp_path / "a.zip")
        assert found(tmp_path / "out") == {"a.c"}

    def test_dots_and_links_are_refused(self, tmp_path: Path) -> None:
        link = zipfile.ZipInfo("x/link")
        link.external_attr = 0o120777 << 16
        for name, says in (("../evil", "written outside"), (link, "neither a file nor a folder")):
            with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
                archive.writestr(name, "/etc/passwd")
            with pytest.raises(OutsideError, match=says):
                unpack(tmp_path / "a.zip")
            assert found(tmp_path) == {"a.zip"}

    def test_a_directory_too_large_to_read_is_refused(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            for number in range(65_536):
                archive.writestr(zipfile.ZipInfo(str(number)), b"")
        with pytest.raises(OutsideError, match="65,535 members or more"):
            unpack(tmp_path / "a.zip")
