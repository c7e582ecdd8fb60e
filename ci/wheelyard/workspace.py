"""The repository a verb works in: its configuration, lock and folders, read once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from wheelyard import config
from wheelyard.config import Config
from wheelyard.doors import files, git
from wheelyard.errors import UsageError
from wheelyard.locking import lock
from wheelyard.locking.lock import Lock
from wheelyard.planning import abi

WHEELHOUSE = "wheelhouse"
_PYPROJECT = "pyproject.toml"


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """`root` is the top of the repository; the wheelhouse holds what builds make."""

    root: Path
    config: Config

    @property
    def package(self) -> Path:
        """The folder of the package."""
        return self.root / self.config.tool.package

    @property
    def wheelhouse(self) -> Path:
        """The folder of plan, logs and wheels."""
        return self.root / WHEELHOUSE

    @property
    def lock_file(self) -> Path:
        """Where the lock is committed."""
        return self.root / lock.FILE

    @property
    def trust_config(self) -> Path | None:
        """The file that describes a private Sigstore, where files are not attested by the public one."""
        named = self.config.tool.publish.trust_config
        return self.root / named if named else None

    def lock(self) -> Lock | None:
        """The committed lock, if there is one."""
        return lock.load(files.read(self.lock_file), source=str(self.lock_file)) if self.lock_file.exists() else None


def enter(folder: Path) -> Workspace:
    """The workspace whose `pyproject.toml` with `[tool.wheelyard]` is in `folder`."""
    root = folder.absolute()
    source = root / _PYPROJECT
    if not source.is_file():
        raise UsageError(
            f"There is no pyproject.toml in {root}. Run wheelyard at the top of the repository, or give -C."
        )
    text = files.text(source)
    package = config.package_folder(text, source=source.name)
    package_text = None
    if os.path.normpath(package) != ".":
        package_text = files.text(root / package / _PYPROJECT)
    sources = {name: files.text(path) for name in abi.SOURCES if (path := root / package / name).is_file()}
    return Workspace(
        root=root, config=config.parse(text, source=source.name, package_text=package_text, sources=sources)
    )


def of_commit(root: Path, commit: str, folder: Path) -> Workspace:
    """The workspace as it was in a commit; what `enter` reads of it is written into `folder`."""
    top = git.ask(root, "show", f"{commit}:{_PYPROJECT}") or ""
    package = Path(config.package_folder(top, source=f"{_PYPROJECT} of {commit}"))
    for name in {_PYPROJECT, lock.FILE, *((package / name).as_posix() for name in (_PYPROJECT, *abi.SOURCES))}:
        text = git.ask(root, "show", f"{commit}:{name}")
        if text is not None:  # git knows no path that leads out
            files.write(folder / name, text.encode())
    return enter(folder)
