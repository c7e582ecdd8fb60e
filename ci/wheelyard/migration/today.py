"""What the workflows of a repository do today, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from wheelyard.migration.calls import Call
from wheelyard.migration.document import Table, listed


@dataclass(frozen=True, kw_only=True)
class Around:
    """A step beside a call of cibuildwheel, with its expressions filled; `jobs` are the calls it goes with."""

    place: str
    when: Literal["before", "after"]
    step: Table
    shell: str
    jobs: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Publishing:
    """How a release leaves today."""

    place: str
    environment: str = ""
    url: str = ""
    attest: bool = True
    trusted: bool = True


@dataclass(frozen=True, kw_only=True)
class Today:
    """What the workflows do; `notes` are what could not be read, each with its place."""

    files: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    around: tuple[Around, ...] = ()
    publishing: tuple[Publishing, ...] = ()
    triggers: Table = field(default_factory=Table)
    checkout: Table = field(default_factory=Table)
    emulated: bool = False
    notes: tuple[str, ...] = ()


def triggers(workflow: Table) -> Table:
    """`on:` as a table, whichever of its three forms it has."""
    given = workflow.get("on")
    return given if isinstance(given, Table) else Table({str(event): Table() for event in listed(given)})
