"""What builds wheels: one module an engine, the same Protocol."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from wheelyard.errors import UsageError
from wheelyard.targets import Identifier

if TYPE_CHECKING:
    from wheelyard.doors.process import Programs


@dataclass(frozen=True, kw_only=True)
class Pip:
    """How pip works in a build: it reports what it installs, into `report`, or takes it from the folders `links`."""

    report: Path | None = None
    links: tuple[Path, ...] | None = None

    def environment(self, *, below: str = "") -> dict[str, str]:
        """The variables that tell pip so, for programs that have this machine's files below another folder."""
        if self.report is not None:
            return {"PIP_REPORT": f"{below}{self.report}", "PIP_NO_CACHE_DIR": "1"}
        if self.links is not None:
            links = (f"file://{quote(below + os.fspath(folder))}" for folder in self.links)
            return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": " ".join(links)}
        return {}


@dataclass(frozen=True, kw_only=True)
class Order:
    """One build asked of an engine: a wheel that answers `identifiers`, tested on each of them.

    `project` is a clean copy of the repository and `package` the package's folder in it; the engine may write there
    nothing that another order could trip over. `scratch` is this order's own empty folder. `options` is
    `[tool.cibuildwheel]`. `source_date` is in seconds since 1970. `tools` are the locked versions. An order that is
    `offline` is built without a network, or refused.
    """

    project: Path
    package: Path
    identifiers: tuple[Identifier, ...]
    options: Mapping[str, Any]
    tools: Mapping[str, str]
    source_date: int
    scratch: Path
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    emulated: bool = False
    offline: bool = False
    pip: Pip = field(default_factory=Pip)


@dataclass(frozen=True, kw_only=True)
class Made:
    """What an engine made of an order: the repaired wheel, in the order's scratch folder.

    `tested` says whether a test command ran and passed on every identifier; `image` is the container image with its
    digest where there was one; `built_on` the kind of machine it was built on where that is not the wheel's own;
    `notes` are things a person should know (compiler flags left out, say).
    """

    wheel: Path
    tested: bool
    image: str | None = None
    built_on: str | None = None
    notes: tuple[str, ...] = ()


ENGINES = {
    "cibuildwheel": "wheelyard.engines.cibuildwheel",
    "host": "wheelyard.engines.host",
}


def load(name: str) -> Engine:
    """The engine of that name; importing one is slow enough to wait until it is asked for."""
    engine: Engine = import_module(ENGINES[name]).ENGINE
    return engine


def tools(name: str) -> Mapping[str, str]:
    """The versions of the programs that an engine brings along; none for what is no engine of ours."""
    brought: Mapping[str, str] = import_module(ENGINES[name]).TOOLS if name in ENGINES else {}
    return brought


def choose(name: str, order: Order) -> Engine:
    """The engine asked for, or with `auto` the first that works here; `UsageError` says why none does."""
    names = tuple(ENGINES) if name == "auto" else (name,)
    reasons = []
    for candidate in names:
        engine = load(candidate)
        reason = engine.unavailable(order)
        if reason is None:
            return engine
        reasons.append(f"{candidate}: {reason}")
    raise UsageError("No engine can work here. " + " ".join(reasons))


class Engine(Protocol):
    """Builds wheels. A failed build is a `BuildError` whose text ends with the tool's last lines and what to do."""

    name: str

    def unavailable(self, order: Order) -> str | None:
        """Why this engine cannot work on this machine for such an order, in one sentence, or None. Quick (< 1 s)."""
        ...

    def refuses(self, order: Order) -> str | None:
        """Why this engine will not build this order anywhere like here (another architecture, yum, ...), or None."""
        ...

    def prepare(self, orders: Sequence[Order], *, programs: Programs) -> None:
        """Do what all orders share once, before they run in parallel: tools, images, warm caches."""
        ...

    def build(self, order: Order, *, programs: Programs) -> Made:
        """Build, repair and test one wheel."""
        ...
