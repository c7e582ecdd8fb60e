"""Patches are applied in order to a copy, all or none, and what does not fit exactly is told."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from wheelyard.building import patches
from wheelyard.errors import UsageError

LINES = [f"line {number}\n" for number in range(1, 21)]
TEXT = "".join(LINES)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "src").mkdir(parents=True)
    (folder / "src/a.c").write_text(TEXT)
    (folder / "src/b.c").write_text(TEXT)
    return folder


def diff(before: str, after: str, name: str = "src/a.c") -> str:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return "".join(difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"))


def new_file(name: str, line: str, mode: str = "100644") -> str:
    """A patch that makes a file of one line, without its end."""
    head = f"diff --git a/{name} b/{name}\nnew file mode {mode}\n--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n"
    return f"{head}+{line}\n\\ No newline at end of file\n"


def patch(tree: Path, name: str, text: str) -> Path:
    path = tree / "patches" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    return path


TEN = TEXT.replace("line 10\n", "line ten\n")


def test_patches_are_applied_one_on_top_of_another(tree: Path) -> None:
    first = patch(tree, "1.patch", diff(TEXT, TEN))
    second = patch(tree, "2.patch", diff(TEN, TEN.replace("ten", "zehn")))
    assert patches.apply((first, second), tree) == ()
    assert (tree / "src/a.c").read_text() == TEXT.replace("line 10\n", "line zehn\n")


def test_none_is_applied_when_one_does_not_fit(tree: Path) -> None:
    good = patch(tree, "1.patch", diff(TEXT, TEN))
    half = patch(tree, "2.patch", diff(TEXT, TEN, "src/b.c") + diff("other\n" * 9, "else\n" * 9))
    late = patch(tree, "3.patch", "no patch at all\n")
    with pytest.raises(UsageError) as caught:
        patches.apply((good, half, late), tree)
    said = str(caught.value)
    assert "2 of 3 patches do not apply" in said
    assert "patches/2.patch: patch failed: src/a.c:1" in said
    assert "patches/3.patch: " in said
    assert {(tree / name).read_text() for name in ("src/a.c", "src/b.c")} == {TEXT}


def test_a_patch_that_is_there_already_is_told(tree: Path) -> None:
    applied = patch(tree, "1.patch", diff(TEXT, TEN))
    patches.apply((applied,), tree)
    with pytest.raises(UsageError, match="the source has it already"):
        patches.apply((applied,), tree)


def test_other_lines_above_are_an_offset_that_is_told(tree: Path) -> None:
    (tree / "src/a.c").write_text("new\n" * 4 + TEXT)
    (remark,) = patches.apply((patch(tree, "1.patch", diff(TEXT, TEN)),), tree)
    assert remark == "patches/1.patch: fuzz: Hunk #1 succeeded at 11 (offset 4 lines)."
    assert (tree / "src/a.c").read_text() == "new\n" * 4 + TEN


def test_other_lines_around_are_fuzz_that_is_told(tree: Path) -> None:
    (tree / "src/a.c").write_text(TEXT.replace("line 7\n", "line seven\n"))
    remarks = patches.apply((patch(tree, "1.patch", diff(TEXT, TEN)),), tree)
    assert any("Context reduced to (2/2)" in remark for remark in remarks)
    assert (tree / "src/a.c").read_text() == TEN.replace("line 7\n", "line seven\n")


@pytest.mark.parametrize("crlf_patch", [True, False], ids=["CR LF patch", "LF patch"])
@pytest.mark.parametrize("crlf_file", [True, False], ids=["CR LF file", "LF file"])
def test_lines_end_as_they_did(tree: Path, *, crlf_patch: bool, crlf_file: bool) -> None:
    ends = "\r\n" if crlf_file else "\n"
    (tree / "src/a.c").write_bytes(TEXT.replace("\n", ends).encode())
    text = diff(TEXT, TEN)
    assert patches.apply((patch(tree, "1.patch", text.replace("\n", "\r\n") if crlf_patch else text),), tree) == ()
    assert (tree / "src/a.c").read_bytes() == TEN.replace("\n", ends).encode()


def test_what_git_makes_of_a_file_with_crlf_applies(tree: Path) -> None:
    (tree / "src/a.c").write_bytes(TEXT.replace("\n", "\r\n").encode())
    text = "".join(
        line if line.startswith(("---", "+++", "@@")) else line.replace("\n", "\r\n")
        for line in diff(TEXT, TEN).splitlines(keepends=True)
    )
    patches.apply((patch(tree, "1.patch", text),), tree)
    assert (tree / "src/a.c").read_bytes() == TEN.replace("\n", "\r\n").encode()


def test_files_are_made_removed_and_moved(tree: Path) -> None:
    gone = "".join(difflib.unified_diff(LINES, [], "a/src/b.c", "/dev/null"))
    text = (
        f"{new_file('src/new.c', 'new', '100755')}"
        "diff --git a/src/a.c b/moved/a.c\nsimilarity index 100%\nrename from src/a.c\nrename to moved/a.c\n"
        f"diff --git a/src/b.c b/src/b.c\ndeleted file mode 100644\n{gone}"
    )
    patches.apply((patch(tree, "1.patch", text),), tree)
    assert (tree / "src/new.c").stat().st_mode & 0o100
    assert [path.name for path in (tree / "src").iterdir()] == ["new.c"]
    assert (tree / "moved/a.c").read_text() == TEXT


@pytest.mark.parametrize(
    "name", ["../outside.c", "src/../../outside.c", ".git/config", "sub/.GIT/hooks/post-checkout", "link/outside.c"]
)
def test_what_is_outside_is_left_alone(tree: Path, name: str) -> None:
    (tree / "link").symlink_to("..")
    (tree.parent / "outside.c").write_text(TEXT)
    with pytest.raises(UsageError, match="outside of the source"):
        patches.apply((patch(tree, "1.patch", diff(TEXT, TEN, name)),), tree)
    assert (tree.parent / "outside.c").read_text() == TEXT


def test_a_file_is_not_taken_from_outside(tree: Path) -> None:
    (tree.parent / "secret").write_text("secret\n")
    text = "diff --git a/x b/y\nsimilarity index 100%\ncopy from ../secret\ncopy to y\n"
    with pytest.raises(UsageError, match="do not apply"):
        patches.apply((patch(tree, "1.patch", text),), tree)
    assert not (tree / "y").exists()


def test_nothing_is_written_through_a_link_that_an_earlier_patch_made(tree: Path) -> None:
    link, through = new_file("out", "..", "120000"), new_file("out/evil", "e")
    with pytest.raises(UsageError, match=r"2\.patch"):
        patches.apply((patch(tree, "1.patch", link), patch(tree, "2.patch", through)), tree)
    assert not (tree.parent / "evil").exists()


def test_the_settings_of_the_user_change_nothing(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree.parent / ".gitconfig").write_text("[apply]\n\twhitespace = error-all\n\tignoreWhitespace = change\n")
    monkeypatch.setenv("HOME", str(tree.parent))
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    (tree / "src/a.c").write_text(TEXT.replace("line 7\n", "line   7\n"))
    remarks = patches.apply((patch(tree, "1.patch", diff(TEXT, TEXT.replace("line 10\n", "line 10 \n"))),), tree)
    assert any("Context reduced" in remark for remark in remarks)
    assert "line 10 \n" in (tree / "src/a.c").read_text()
