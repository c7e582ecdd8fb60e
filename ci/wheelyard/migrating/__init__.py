"""What `init` would write into a repository: made and planned in a scratch folder, so that nothing there changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from wheelyard import resources
from wheelyard.building import macos
from wheelyard.doors import files
from wheelyard.errors import UsageError
from wheelyard.generating import generated, generation
from wheelyard.generating.generated import File
from wheelyard.migrating import asking, repository
from wheelyard.migrating.asking import Built
from wheelyard.migrating.repository import Repository
from wheelyard.migrating.trial import Trial
from wheelyard.migration import deployment, difference, edit, options, project, proposal, reading, selection
from wheelyard.migration.difference import Difference
from wheelyard.migration.project import Facts
from wheelyard.migration.proposal import Surroundings
from wheelyard.migration.today import Today
from wheelyard.render import seal
from wheelyard.targets import Identifier


@dataclass(frozen=True, kw_only=True)
class Change:
    """A file as it is, and the text it gets."""

    file: File
    text: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """All that was found, and the files to write: the `pyproject.toml` last, for with it `init` is done."""

    facts: Facts
    today: Today
    changes: tuple[Change, ...]
    difference: Difference
    notes: tuple[str, ...]


def look(root: Path, *, only: Path | None = None, package: str | None = None) -> Outcome:
    """What `init` would do at `root`, by all workflows there or by `only` that one.

    Raises `UsageError` where there is a `[tool.wheelyard]` already, no package, or a file that cannot be added to.
    """
    found = repository.read(root, package)
    texts, name = found.workflows(only)
    today = reading.read(texts, only=name)
    if package is None and (theirs := _package(found, today)) is not None:
        found = repository.read(root, theirs)
    built = asking.ask(today.calls, root=root)
    tool, said = proposal.table(today, found.facts, built.wanted, _beside(root, found, today))
    carried = options.carried(today.calls, built.wanted, present=found.options)
    with files.scratch("init") as folder:
        trial = Trial(folder=folder, repository=found, tool=tool)
        chosen = _selection(trial, carried.table, today, built)
        made = trial.made(_promised(trial, chosen, asking.union(built.wanted)))
    changes = tuple(_changes(root, made.texts))
    return Outcome(
        facts=found.facts,
        today=today,
        changes=tuple(change for change in changes if change.file.text != change.text),
        difference=difference.between(
            today.calls, built.before, built.now, made.plan, known=built.known, versions=built.versions
        ),
        notes=tuple(dict.fromkeys((*today.notes, *built.notes, *carried.notes, *said, *_lacking(root)))),
    )


def _package(found: Repository, today: Today) -> str | None:
    """The folder that all calls build, where that is one of the repository and another than was found."""
    folders = {PurePosixPath(call.package).as_posix() for call in today.calls}
    marks = {(PurePosixPath(folder) / mark).as_posix() for folder in folders for mark in project.MARKS}
    if len(folders) != 1 or folders == {found.package} or not marks & set(found.names):
        return None
    return folders.pop()


def _beside(root: Path, found: Repository, today: Today) -> Surroundings:
    """Which workflow file is free, where releases can be kept, and what to start with where nothing says so."""
    names = ("wheels.yml", "wheelyard.yml")
    taken = {name: generated.look(root, generation.WORKFLOWS / name).text for name in names}
    free = next((name for name, text in taken.items() if text is None or seal.read(text)), None)
    if free is None:
        raise UsageError(f"{' and '.join(names)} in {generation.WORKFLOWS} are both not ours. Move one of them away.")
    file = None if free == names[0] else free
    if today.calls or not found.facts.native or not {"build", "skip"} & found.options.keys():
        return Surroundings(store="github", file=file)
    selected = {each.target for each in asking.selected(proposal.START, package=root / found.facts.package)}
    start = tuple(target for target in proposal.START if target in selected)
    return Surroundings(store="github", file=file, start=start or proposal.START)


def _selection(trial: Trial, table: Mapping[str, Any], today: Today, built: Built) -> dict[str, Any]:
    """The table with what makes cibuildwheel select the wanted wheels; keys that are there are added to."""
    wanted = asking.union(built.wanted)
    if not wanted:
        return dict(table)
    there = trial.repository.options.get("enable", ())
    enabled = there.split() if isinstance(there, str) else there
    groups = [group for group in selection.groups(wanted, built.by_group) if group not in enabled]
    base = {**table, **({"enable": " ".join(groups)} if groups else {})}

    guess = selection.uniform(today.calls, trial.repository.options)
    chosen = trial.selected({**base, **guess})
    if guess and not wanted <= chosen:
        guess, chosen = {}, trial.selected(base)
    skip = f"{guess.get('skip', '')} {selection.narrowed(wanted, chosen)}".strip()
    return {**base, **guess, **({"skip": skip} if skip else {})}


def _promised(trial: Trial, table: Mapping[str, Any], wanted: frozenset[Identifier]) -> dict[str, Any]:
    """The table with overrides for the macOS targets in it that an interpreter cannot keep."""
    options = edit.merged(trial.repository.options, table)
    if macos.TARGET not in str(options) or not trial.tool.get("targets"):
        return dict(table)
    lifted = deployment.overrides(options, wanted or trial.selected(table))
    return edit.merged(table, {"overrides": lifted}) if lifted else dict(table)


def _changes(root: Path, texts: Mapping[str, str]) -> list[Change]:
    """The files to write; a noxfile only where there is none."""
    noxfile = generated.look(root, generation.NOXFILE)
    every = [Change(file=generated.look(root, Path(name)), text=text) for name, text in texts.items()]
    if noxfile.text is None:
        every.insert(0, Change(file=noxfile, text=files.text(resources.templates() / generation.NOXFILE)))
    for change in every:
        generated.refuse_odd(change.file)
    return every


def _lacking(root: Path) -> list[str]:
    """What an existing noxfile has to get."""
    noxfile = generated.look(root, generation.NOXFILE)
    said = generation.lacking(noxfile) if noxfile.text is not None else None
    return [said] if said else []
