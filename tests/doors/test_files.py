"""Files are written whole, and one run at a time works in a folder."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from wheelyard.doors import files
from wheelyard.errors import OutsideError, UsageError


def test_a_write_leaves_nothing_beside_the_file(tmp_path: Path) -> None:
    files.write(tmp_path / "new" / "a.txt", b"1")
    files.write(tmp_path / "new" / "a.txt", b"2")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.txt"]
    assert (tmp_path / "new" / "a.txt").read_bytes() == b"2"


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutsideError, match="cannot be made"):
        files.write(tmp_path / "file" / "below", b"")


def test_a_full_disk_leaves_the_old_file_and_says_so(tmp_path: Path) -> None:
    files.write(tmp_path / "file", b"old")
    (tmp_path / "source").write_bytes(b"x" * 5000)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OutsideError, match="Free the disk"):
            files.write(tmp_path / "file", b"x" * 5000)
        with pytest.raises(OutsideError, match="Free the disk"):
            files.place(tmp_path / "source", tmp_path / "file")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tmp_path / "file").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "source"]


def test_placing_copies_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"wheel")
    placed = files.place(tmp_path / "source", tmp_path / "to" / "target")
    assert placed.read_bytes() == b"wheel"
    assert [path.name for path in (tmp_path / "to").iterdir()] == ["target"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing-here does not exist"):
        files.read(tmp_path / "nothing-here")


def test_text_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes("é".encode("latin-1"))
    with pytest.raises(UsageError, match="not UTF-8"):
        files.text(tmp_path / "latin")


def test_a_second_run_in_a_folder_is_told_of_the_first(tmp_path: Path) -> None:
    with (
        files.alone(tmp_path / ".lock"),
        pytest.raises(UsageError, match="Another run works in"),
        files.alone(tmp_path / ".lock"),
    ):
        pytest.fail("the second run got in")


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / ".lock").mkdir()
    with pytest.raises(OutsideError, match="cannot be written"), files.alone(tmp_path / ".lock"):
        pytest.fail("it got in without a lock")


def test_a_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    with files.alone(tmp_path / ".lock"):
        pass
    with files.alone(tmp_path / ".lock"):
        assert (tmp_path / ".lock").exists()


def test_several_files_are_written_all_or_none(tmp_path: Path) -> None:
    there, new, impossible = tmp_path / "there", tmp_path / "new", tmp_path / "folder"
    there.write_text("old")
    impossible.mkdir()
    with pytest.raises(OutsideError, match="folder cannot be written"):
        files.write_all([(there, b"1"), (new, b"2"), (impossible, b"3")])
    assert there.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "there"]
