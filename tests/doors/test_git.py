"""What git says of the source, and clean copies of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import MakeRepository, run_git
from wheelyard.doors import git
from wheelyard.errors import OutsideError, UsageError


def test_a_clean_tree_is_its_commit(repository: MakeRepository) -> None:
    root = repository({"a.py": "1"})
    seen = git.revision(root)
    assert seen.commit == run_git(root, "rev-parse", "HEAD")
    assert (seen.date, seen.dirty) == (1700000000, False)


def test_an_untracked_file_makes_the_tree_another(repository: MakeRepository) -> None:
    root = repository({"a.py": "1"})
    before = git.revision(root)
    (root / "b.py").write_text("2")
    after = git.revision(root)
    assert after.dirty
    assert after.tree != before.tree


def test_ignored_files_do_not_count(repository: MakeRepository) -> None:
    root = repository({"a.py": "1", ".gitignore": "*.o\n"})
    before = git.revision(root)
    (root / "a.o").write_text("object")
    assert git.revision(root) == before


def test_a_folder_of_a_repository_is_told_to_be_the_package(repository: MakeRepository) -> None:
    root = repository({"python/a.py": "1"})
    with pytest.raises(UsageError, match="Run wheelyard there, with package = 'python'"):
        git.revision(root / "python")


def test_looking_leaves_no_trace_in_the_repository(repository: MakeRepository) -> None:
    root = repository({"a.py": "1"})
    (root / "b.py").write_text("2")
    before = sorted(path for path in (root / ".git").rglob("*"))
    git.revision(root)
    assert sorted(path for path in (root / ".git").rglob("*")) == before
    assert run_git(root, "status", "--short") == "?? b.py"


def test_a_folder_without_git_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="git init"):
        git.revision(tmp_path)


def test_a_repository_without_a_commit_is_dirty(tmp_path: Path) -> None:
    run_git(tmp_path, "init", "--quiet")
    seen = git.revision(tmp_path)
    assert (seen.commit, seen.dirty) == (None, True)


def test_a_copy_has_the_changes_and_the_history(repository: MakeRepository, tmp_path: Path) -> None:
    root = repository({"a.py": "1", "sub dir/naïve.txt": "n", "gone.py": "0", ".gitignore": "*.o\n"})
    run_git(root, "tag", "v1")
    (root / "a.py").write_text("2")
    (root / "gone.py").unlink()
    (root / "a.o").write_text("object")
    git.export(root, tmp_path / "copy")
    assert (tmp_path / "copy" / "a.py").read_text() == "2"
    assert (tmp_path / "copy" / "sub dir" / "naïve.txt").read_text() == "n"
    assert not (tmp_path / "copy" / "a.o").exists()
    assert run_git(tmp_path / "copy", "describe", "--tags", "--dirty") == "v1-dirty"
    assert run_git(tmp_path / "copy", "status", "--short") == "M a.py\n D gone.py"


def test_submodules_come_along(repository: MakeRepository, tmp_path: Path) -> None:
    inner = repository({"lib.c": "int x;"}, name="inner")
    root = repository({"a.py": "1"}, name="outer")
    run_git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "vendor/inner")
    run_git(root, "commit", "--quiet", "--message", "Vendor it")
    git.export(root, tmp_path / "copy")
    assert (tmp_path / "copy" / "vendor" / "inner" / "lib.c").read_text() == "int x;"
    assert run_git(tmp_path / "copy", "status", "--short") == ""


def test_a_checkout_has_the_files_of_its_commit(repository: MakeRepository, tmp_path: Path) -> None:
    root = repository({"a.txt": "first"})
    commit = git.revision(root).commit
    (root / "a.txt").write_text("second")
    run_git(root, "commit", "-qam", "Change it")
    assert (git.checkout(root, str(commit), tmp_path / "copy") / "a.txt").read_text() == "first"
    with pytest.raises(OutsideError, match="git checkout failed"):
        git.checkout(root, "f" * 40, tmp_path / "other")
