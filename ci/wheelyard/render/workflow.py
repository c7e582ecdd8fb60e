"""The workflow of a plan, as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wheelyard import render, resources
from wheelyard.config import Config
from wheelyard.errors import UsageError
from wheelyard.locking import pins
from wheelyard.locking.lock import Pin
from wheelyard.planning.plan import Plan
from wheelyard.render import seal, view
from wheelyard.render.builds import Builds
from wheelyard.render.crossings import Stage
from wheelyard.render.quoting import Expression
from wheelyard.render.view import View

TEMPLATE = "workflow.yml"
MOST_BYTES = 500 << 10  # (https://docs.github.com/actions/reference/limits)
_PLANNED = Expression("needs.plan.outputs.commit")


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """A rendered workflow: its text, and the view it was made of."""

    view: View
    text: str


def make(
    config: Config, plan: Plan, pinned: Mapping[str, Pin], *, custom: Path | None = None, by_tag: bool = False
) -> Workflow:
    """The workflow of a plan; the same arguments give the same bytes everywhere.

    `custom` is a folder of templates that come before ours. With `by_tag` actions are named by their tags, for
    linters that know those only.
    """
    made = view.make(config, plan, pinned, by_tag=by_tag)
    values = made.names
    body = _spaced(render.text(TEMPLATE, {**values, "planned": _PLANNED}, custom=custom))
    stages: tuple[Builds | Stage, ...] = (*made.builds, *made.cross, *made.tests)
    planned = {"builds", "cross", "tests", "uses", "version"}
    settings = {name: value for name, value in values.items() if name not in planned}
    steps = [(each.id, each.clauses, each.only, each.before, each.after) for each in stages]
    parts = {
        "settings": (settings, steps),
        "plan": [each.rows for each in stages],
        "pins": pins.used(body),
        "templates": _digests(custom),
    }
    text = seal.sealed(body, package=made.package, source=made.source, parts=parts)
    return Workflow(view=made, text=text)


def verify(text: str) -> None:
    """Refuse text, before it is written, that GitHub would not take, or that names an action which can be moved."""
    import yaml  # noqa: PLC0415  # only rendering needs it

    try:
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe
    except yaml.YAMLError as error:
        raise UsageError(f"The templates made a workflow that is not YAML: {error}") from None
    if not isinstance(document, dict) or not isinstance(document.get("jobs"), dict):
        raise UsageError("The templates made a workflow without jobs. Keep the `jobs:` of ours.")
    loose = sorted({use.action for use in pins.used(text) if not use.pinned and not use.action.startswith(".")})
    if loose:
        raise UsageError(f"The templates use actions that are not pinned to a commit: {', '.join(loose)}.")
    if len(text.encode()) > MOST_BYTES:
        raise UsageError(
            f"The workflow would have {len(text) >> 10} KiB and GitHub takes {MOST_BYTES >> 10}. Split coarser."
        )


def _spaced(text: str) -> str:
    """An empty line before every part and every job, and none elsewhere: statement lines eat those of a template."""
    lines: list[str] = []
    for line in text.splitlines():
        apart = re.match(r"(\w| {2}[\w-]+:$|# )", line) and lines and not lines[-1].startswith(("#", "jobs:", "on:"))
        if apart and not (re.match("  ", line) and "jobs:" not in lines):
            lines.append("")
        if line.strip():
            lines.append(line.rstrip())
    return "\n".join(lines) + "\n"


def _digests(custom: Path | None) -> list[tuple[str, str]]:
    """Name and digest of every template there is."""
    return [
        (path.relative_to(folder).as_posix(), seal.digest(path.read_bytes()))
        for folder in (resources.templates(), *((custom,) if custom else ()))
        for path in sorted(folder.rglob("*.yml"))
    ]
