"""What a machine can do for a release, as values: what is there, what is absent and how to get it."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from wheelyard.errors import listed


class State(StrEnum):
    """Whether something can be used."""

    READY = "ready"
    ABSENT = "absent"
    SILENT = "no answer"


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at; `fix` is the command or the step that gets what is absent."""

    name: str
    state: State
    words: str
    fix: str = ""


class Prospect(msgspec.Struct, frozen=True, kw_only=True):
    """A job of the plan on this machine: how many of its wheels which engine can build, or why none."""

    job: str
    target: str
    native: bool
    engine: str | None
    wheels: int
    possible: int
    why: str = ""


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """All of it; there are no jobs without a plan."""

    SCHEMA: ClassVar[int] = 1

    schema: int = SCHEMA
    signs: tuple[Sign, ...]
    jobs: tuple[Prospect, ...] = ()

    @property
    def hopeless(self) -> bool:
        """Whether the plan has jobs for this machine and it can build no wheel of any."""
        ours = [job for job in self.jobs if job.native]
        return bool(ours) and not any(job.possible for job in ours)

    @property
    def summary(self) -> str:
        """How much of the plan can be built here."""
        whole = [job.job for job in self.jobs if job.possible == job.wheels]
        parts = [job.job for job in self.jobs if 0 < job.possible < job.wheels]
        partly = f", and part of {listed(parts)}" if parts else ""
        which = f": {listed(whole)}" if whole else ""
        return f"{len(whole)} of {len(self.jobs)} jobs can be built here{which}{partly}."
