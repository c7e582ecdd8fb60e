"""What was really built: `job.json` of one job, `manifest.json` of a release."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from wheelyard import documents
from wheelyard.targets import Identifier, Target


class State(StrEnum):
    """How an identifier of a job ended."""

    BUILT = "built"
    FAILED = "failed"
    REFUSED = "refused"  # the engine said it cannot build this, and why


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One identifier of a job, or None for an sdist or a pure wheel.

    `minutes` is wall time, `log` a path inside the job's folder, `message` what failed or what to know. `built_on` is
    the kind of machine where that is not the wheel's own: cross-built, and unless `tested`, run by nobody yet.
    `tested_on` is the kind of machine that tested it afterwards (`wheelyard test`).
    """

    identifier: Identifier | None
    state: State
    minutes: float = 0.0
    file: str | None = None
    sha256: str | None = None
    size: int | None = None
    tested: bool = False
    built_on: str | None = None
    tested_on: str | None = None
    log: str | None = None
    message: str | None = None


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """Something a build was made of besides the commit: a URL or a path in the repository, and its SHA-256."""

    name: str
    sha256: str


class Inputs(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, patches in the order they were applied; `sdk` is that of macOS."""

    sources: tuple[Input, ...] = ()
    patches: tuple[Input, ...] = ()
    sdk: Input | None = None


class JobReport(msgspec.Struct, frozen=True, kw_only=True):
    """`job.json`: what a job made, and `key`, a digest of everything its wheels depend on."""

    SCHEMA: ClassVar[int] = 1

    schema: int = SCHEMA
    job: str
    target: Target | None
    runner: tuple[str, ...]
    variant: str | None = None
    key: str
    engine: str
    tools: dict[str, str]
    image: str | None = None
    commit: str | None
    tree: str | None = None  # git's name of the very files it was built of, uncommitted changes included
    source_date: int
    inputs: Inputs = Inputs()
    results: tuple[Result, ...] = ()


class File(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a release; `minutes` is the wall time its build took."""

    file: str
    sha256: str
    size: int
    identifiers: tuple[Identifier, ...] = ()
    job: str | None = None
    runner: tuple[str, ...] = ()
    minutes: float = 0.0
    engine: str | None = None
    image: str | None = None
    tested: bool = False
    built_on: str | None = None
    tested_on: str | None = None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`manifest.json`: the release in full; `missing` are identifiers and other parts of the plan that it lacks yet."""

    SCHEMA: ClassVar[int] = 1

    schema: int = SCHEMA
    name: str
    version: str
    commit: str | None
    source_date: int
    tools: dict[str, str]
    inputs: Inputs = Inputs()
    files: tuple[File, ...]
    missing: tuple[str, ...] = ()


def load_job(text: bytes, *, source: str = "job.json") -> JobReport:
    """The report of a job in `text`."""
    return documents.load(text, JobReport, source=source)


def load(text: bytes, *, source: str = "manifest.json") -> Manifest:
    """The manifest in `text`."""
    return documents.load(text, Manifest, source=source)
