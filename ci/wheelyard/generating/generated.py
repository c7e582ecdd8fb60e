"""Files that wheelyard writes into a repository: looked at before they are written."""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from wheelyard.doors import files, process
from wheelyard.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class File:
    """A file as it is; `text` is None where there is none. `name` is relative to the repository."""

    root: Path
    path: Path
    text: str | None

    @property
    def name(self) -> str:
        """How people know it."""
        return self.path.relative_to(self.root).as_posix()


def look(root: Path, name: Path) -> File:
    """The file `name` of the repository at `root`, which must be the top: GitHub looks nowhere else."""
    if not (root / ".git").exists():
        raise UsageError(
            f"{root} is not the top of a git repository, and GitHub reads workflows nowhere else. Run this"
            " at the top, or `git init` first."
        )
    path = root / name
    there = path.exists() or path.is_symlink()
    if there and not path.is_symlink() and not path.is_file():
        raise UsageError(f"{path} is no file. Move it away, then run this again.")
    return File(root=root, path=path, text=_text(path) if path.is_file() else None)


def refuse_odd(file: File) -> None:
    """Raise for a link, which would be written over or through, and for a file that somebody protected."""
    for part in (file.path, *file.path.relative_to(file.root).parents):
        path = file.root / part
        if path != file.root and path.is_symlink():
            raise UsageError(
                f"{path} is a symbolic link, and nothing is written through one. Make it a file or folder."
            )
    if file.text is not None and not file.path.stat().st_mode & stat.S_IWUSR:
        raise UsageError(f"{file.path} is read-only. If it is to be generated, make it writable: chmod u+w {file.name}")


def remote(root: Path) -> str | None:
    """`owner/name` of the repository on GitHub, as git's remote `origin` says; None when it does not."""
    ended = process.run(("git", "-C", root, "remote", "get-url", "origin"))
    found = re.search(r"github\.com[:/]([\w.-]+/[\w.-]+?)(\.git)?/?\s*$", ended.output) if ended.code == 0 else None
    return found[1] if found else None


def _text(path: Path) -> str:
    """The text; the line ends of a checkout on Windows are git's, and no difference."""
    return files.text(path).replace("\r\n", "\n")
