"""Apply patches to a copy of the source: all of them are tried beside it first, then all are put in, or none.

git does the work. It neither follows a path out of the folder nor writes through a link, and takes its own kind of
patch (renames, modes, binaries) as well as plain ones. What it lacks is fuzz: that is tried, and told, here.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wheelyard.doors import files, process
from wheelyard.doors.process import Ended
from wheelyard.errors import UsageError

# How many lines of context must fit, of the three that patches have, where not all do: as with `patch --fuzz=2`.
_FUZZ = ("-C2", "-C1")
_OLD_NAMES = re.compile(rb"^(?:rename|copy) from (.+?)\r?$", re.MULTILINE)


class _RefusedError(Exception):
    """Why a patch is not applied."""


def apply(patches: Sequence[Path], tree: Path) -> tuple[str, ...]:
    """Apply patches (-p1) one after another to the files in `tree`; what did not fit exactly is what is given.

    `UsageError` names every patch that does not apply, and then nothing was changed. Lines end as they did.
    """
    remarks: list[str] = []
    problems: list[str] = []
    with files.scratch("patches") as folder:
        stage = _Stage(tree=tree, folder=files.folder(folder / "files"), text=folder / "patch")
        for patch in patches:
            name = patch.relative_to(tree) if patch.is_relative_to(tree) else patch
            try:
                remarks += (f"{name}: {remark}" for remark in stage.apply(files.read(patch)))
            except _RefusedError as error:
                problems.append(f"{name}: {error}")
        if problems:
            count = f"{len(problems)} of {len(patches)} patches do not apply"
            todo = "None was applied. Make them anew for this source, or take them out of patches in [tool.wheelyard]."
            raise UsageError("\n".join((f"{count}:", *(f"  {problem}" for problem in problems), todo)))
        stage.put()
    return tuple(remarks)


@dataclass(frozen=True, kw_only=True)
class _Stage:
    """A folder with those files of `tree` that patches touch; of each, whether its lines end in CR LF."""

    tree: Path
    folder: Path
    text: Path
    touched: dict[str, bool] = field(default_factory=dict)

    def apply(self, patch: bytes) -> Iterator[str]:
        """Apply one patch to the staged files."""
        names = self._names(patch)
        for name in names:
            if name not in self.touched:
                self.touched[name] = self._take(name)
        if any(self.touched[name] for name in names):
            self.text.write_bytes(patch.replace(b"\r\n", b"\n"))
        tries = [self._git("--verbose")]
        while tries[-1].code != 0 and len(tries) <= len(_FUZZ):
            tries.append(self._git("--verbose", _FUZZ[len(tries) - 1]))
        if tries[-1].code == 0:
            return _remarks(tries[-1].output)
        if self._git("--reverse", "--check").code == 0:
            raise _RefusedError("the source has it already.")
        raise _RefusedError(_errors(tries[0]))

    def put(self) -> None:
        """Make the files of the tree what the staged ones are."""
        for name, crlf in self.touched.items():
            staged, target = self.folder / name, self.tree / name
            target.unlink(missing_ok=True)
            if staged.is_symlink() or staged.exists():
                files.folder(target.parent)
                shutil.copy2(staged, target, follow_symlinks=False)
                if crlf and not target.is_symlink():
                    target.write_bytes(target.read_bytes().replace(b"\n", b"\r\n"))

    def _names(self, patch: bytes) -> tuple[str, ...]:
        """The files that a patch is about, each inside of the tree."""
        every_line = patch.count(b"\n") == patch.count(b"\r\n")
        self.text.write_bytes(patch.replace(b"\r\n", b"\n") if every_line else patch)
        ended = self._git("--numstat", "-z")
        if ended.code != 0:
            raise _RefusedError(_errors(ended))
        new = [line.split("\t", 2)[-1] for line in ended.output.split("\0") if line]
        old = [name.decode(errors="surrogateescape") for name in _OLD_NAMES.findall(patch)]
        for name in (*new, *old):
            parts = name.split("/")
            if name.startswith("/") or ".." in parts or ".git" in map(str.lower, parts) or self._linked(name):
                raise _RefusedError(f"it would change {name}, which is outside of the source.")
        return (*new, *old)

    def _linked(self, name: str) -> bool:
        parent = (self.tree / name).parent
        return parent.resolve() != self.tree.resolve() / parent.relative_to(self.tree)

    def _take(self, name: str) -> bool:
        """Bring a file here, its lines ending in LF; whether they ended in CR LF, all of them."""
        source, staged = self.tree / name, self.folder / name
        if not source.is_symlink() and not source.is_file():
            return False
        files.folder(staged.parent)
        shutil.copy2(source, staged, follow_symlinks=False)
        data = b"" if staged.is_symlink() else staged.read_bytes()
        crlf = b"\r\n" in data and data.count(b"\n") == data.count(b"\r\n")
        if crlf:
            staged.write_bytes(data.replace(b"\r\n", b"\n"))
        return crlf

    def _git(self, *options: str) -> Ended:
        """Run `git apply` as if there were no repository around, and no settings of the user's."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        alone = {"GIT_CEILING_DIRECTORIES": str(self.folder.parent), "GIT_CONFIG_NOSYSTEM": "1"}
        env = {**own, **alone, "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
        return process.run(("git", "apply", "--whitespace=nowarn", *options, self.text), cwd=self.folder, env=env)


def _remarks(output: str) -> Iterator[str]:
    """What git says of hunks that fitted elsewhere, or only with less around them."""
    for line in output.splitlines():
        if "(offset" in line or line.startswith("Context reduced"):
            yield f"fuzz: {line.removesuffix('.')}."


def _errors(ended: Ended) -> str:
    said = [line.removeprefix("error: ") for line in ended.output.splitlines() if line.startswith("error: ")]
    return "; ".join(line for line in said if line != "while searching for:") or ended.last(2)
