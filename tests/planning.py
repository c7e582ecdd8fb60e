"""Configurations, locks and revisions for tests of the plan."""

from __future__ import annotations

from collections.abc import Mapping

from wheelyard import config
from wheelyard.config import Config
from wheelyard.locking import lock
from wheelyard.locking.lock import Lock
from wheelyard.revision import Revision
from wheelyard.targets import Identifier, Target

REVISION = Revision(commit="c0ffee0" + 33 * "0", tree=40 * "1", date=1_700_000_000, dirty=False)


def configured(
    table: str = "", *, project: str = "", top: str = "", sources: Mapping[str, str] | None = None
) -> Config:
    """The configuration of a package called Spam.Eggs 1.0 with `table` in [tool.wheelyard]."""
    named = f'[project]\nname = "Spam.Eggs"\nversion = "1.0"\n{project}\n'
    return config.parse(f"{named}{top}\n[tool.wheelyard]\n{table}\n", source="pyproject.toml", sources=sources)


def locked(read: Config, *identifiers: str, durations: Mapping[str, float] | None = None) -> Lock:
    """A lock of these identifiers."""
    every = [Identifier.parse(text) for text in identifiers]
    by_target: dict[Target, tuple[Identifier, ...]] = {
        target: tuple(identifier for identifier in every if identifier.target is target) for target in read.tool.targets
    }
    return lock.made(read, cibuildwheel="4.3.3", identifiers=by_target, durations=durations)
