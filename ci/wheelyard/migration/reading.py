"""The workflows of a repository, read for what they build, what surrounds it and how it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wheelyard.errors import UsageError
from wheelyard.migration import document
from wheelyard.migration.document import Table
from wheelyard.migration.today import Today
from wheelyard.migration.walk import Walk


def read(texts: Mapping[str, str], *, only: str | None = None) -> Today:
    """What the workflows in `texts` do together, by their file names; with `only`, what that one does.

    Of several that run cibuildwheel those count that a tag or a release starts. One that is no YAML becomes a note;
    `only` has to be one, or it is a `UsageError`.
    """
    loaded, notes = _loaded(texts, only)
    found = {name: Walk(loaded, texts).workflow(name) for name in ([only] if only else loaded)}
    building = {name: today for name, today in found.items() if today.calls}
    chosen = {name: today for name, today in building.items() if _releases(today)} or building
    for name in building.keys() - chosen.keys():
        notes.append(
            f"{name} runs cibuildwheel too, but neither a tag nor a release starts it: it is not carried over."
        )
    others = [today for name, today in found.items() if name not in building]
    return _together(chosen, others, notes)


def _loaded(texts: Mapping[str, str], only: str | None) -> tuple[dict[str, Table], list[str]]:
    loaded: dict[str, Table] = {}
    notes: list[str] = []
    for name, text in texts.items():
        try:
            loaded[name] = document.load(text, name=name)
        except UsageError as error:
            if name == only:
                raise
            notes.append(str(error))
    return loaded, notes


def _releases(today: Today) -> bool:
    """Whether a tag or a release starts a workflow."""
    push = today.triggers.get("push")
    return "release" in today.triggers or (isinstance(push, Table) and "tags" in push) or bool(today.publishing)


def _together(chosen: Mapping[str, Today], others: list[Today], notes: list[str]) -> Today:
    """The chosen workflows as one; what publishes may be another."""
    every = list(chosen.values())
    shift, around = 0, []
    for today in every:
        around += [replace(each, jobs=frozenset(job + shift for job in each.jobs)) for each in today.around]
        shift += len(today.calls)
    publishing = dict.fromkeys(each for today in (*every, *others) for each in today.publishing)
    said = [note for today in (*every, *others) for note in today.notes]
    return Today(
        files=tuple(chosen),
        calls=tuple(call for today in every for call in today.calls),
        around=tuple(around),
        publishing=tuple(publishing),
        triggers=next((today.triggers for today in every if _releases(today)), every[0].triggers if every else Table()),
        checkout=next((today.checkout for today in every if today.checkout), Table()),
        emulated=any(today.emulated for today in every),
        notes=tuple(dict.fromkeys((*notes, *said))),
    )
