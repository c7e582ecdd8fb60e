"""How a repository stands to its remote, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A tag of the repository: its commit, and whether it is an object of its own (message and date) and signed."""

    commit: str
    annotated: bool
    signed: bool = False


@dataclass(frozen=True, kw_only=True)
class Remote:
    """What a remote answers: its default branch, and the commit of every branch and tag."""

    name: str
    default: str | None
    branches: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The repository beside its remote.

    `branch` is None where HEAD is detached, `changes` are paths that differ from the commit, in submodules too.
    `ahead` and `behind` count commits against the branch of the same name on the remote, None where they cannot be
    counted: there is no such branch, or the history here ends early.
    """

    commit: str
    branch: str | None
    shallow: bool
    changes: tuple[str, ...]
    tags: Mapping[str, Tag]
    remote: Remote
    ahead: int | None
    behind: int | None
