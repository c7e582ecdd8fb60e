"""A configuration that is being tried: written into a scratch folder, locked and planned there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wheelyard import documents, workspace
from wheelyard.doors import files
from wheelyard.generating import generation
from wheelyard.locking import lock, pins, resolving
from wheelyard.migrating import asking
from wheelyard.migrating.repository import Repository
from wheelyard.migration import edit
from wheelyard.planning import planner
from wheelyard.planning.plan import Plan
from wheelyard.render import workflow
from wheelyard.revision import Revision
from wheelyard.targets import Identifier, Target

_ANY = Revision(commit=None, tree="", date=0, dirty=False)


@dataclass(frozen=True, kw_only=True)
class Made:
    """Texts by their names in the repository, in the order in which they are written, and the plan they give."""

    texts: Mapping[str, str]
    plan: Plan


@dataclass(frozen=True, kw_only=True)
class Trial:
    """The repository with `tool` as its `[tool.wheelyard]`, in `folder`."""

    folder: Path
    repository: Repository
    tool: Mapping[str, Any]

    def selected(self, options: Mapping[str, Any]) -> frozenset[Identifier]:
        """The identifiers that these additions to `[tool.cibuildwheel]` select."""
        self._write(options)
        targets = [Target(name) for name in self.tool["targets"]]
        return asking.selected(targets, package=self.folder / self.repository.package)

    def made(self, options: Mapping[str, Any]) -> Made:
        """All that there is to write; `ConfigError` where the tables are not right."""
        texts = self._write(options)
        place = workspace.enter(self.folder)
        locked = resolving.resolved(place, None).after
        plan = planner.make(place.config, locked, _ANY)
        rendered = workflow.make(place.config, plan, pins.effective(locked)).text
        workflow.verify(rendered)
        name = (generation.WORKFLOWS / place.config.tool.workflow.file).as_posix()
        return Made(texts={lock.FILE: documents.dump(locked).decode(), name: rendered, **texts}, plan=plan)

    def _write(self, options: Mapping[str, Any]) -> dict[str, str]:
        """Write the package's files with the tables added; gives the texts that are new, the repository's own last."""
        package = self.folder / self.repository.package
        for name, text in self.repository.sources.items():
            files.write(package / name, text.encode())
        texts = self._edited(options)
        for file in (self.repository.own, self.repository.top):
            text = texts.get(file.name, file.text or "")
            files.write(self.folder / file.name, text.encode())
        return texts

    def _edited(self, options: Mapping[str, Any]) -> dict[str, str]:
        top, own = self.repository.top, self.repository.own
        if own.path == top.path:
            return {top.name: _added(top.path, {"cibuildwheel": options, "wheelyard": self.tool}, top.name)}
        changed = {own.name: _added(own.path, {"cibuildwheel": options}, own.name)} if options else {}
        return {**changed, top.name: _added(top.path, {"wheelyard": self.tool}, top.name)}


def _added(path: Path, tables: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """The text of a file, its line ends kept, with tables added."""
    return edit.added(files.text(path) if path.is_file() else "", tables, source=name)
