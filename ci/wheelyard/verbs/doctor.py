"""Say what this machine can do for a release, and how to get what is absent."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from wheelyard import resources
from wheelyard.building.orders import Run
from wheelyard.doors import git
from wheelyard.errors import FindingsError, WheelyardError
from wheelyard.locking import resolving
from wheelyard.machine import inventory, prospects
from wheelyard.machine.diagnosis import Diagnosis, Sign, State
from wheelyard.planning import planner
from wheelyard.planning.plan import Plan
from wheelyard.workspace import Workspace, enter

if TYPE_CHECKING:
    from wheelyard.doors.console import Console

EPILOG = """\
examples:
  wheelyard doctor            what is here, and what of the plan can be built with it
  wheelyard doctor -C /tmp    what is here, without a project
  wheelyard doctor --json

Exit code 1 only where the plan has jobs for this machine and not one wheel of them can be built.
"""


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard doctor` takes."""
    parser.epilog = EPILOG
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")


def run(options: Namespace, console: Console) -> None:
    """Look at the machine, and at what of the plan it can build where there is one."""
    place, plan, project = _project(options)
    signs = (*project, *inventory.signs(place.config if place else None, plan))
    found = Diagnosis(signs=signs)
    if place is not None and plan is not None:
        found = _with_jobs(found, place, plan)
    if options.json:
        console.json(found)
    else:
        from wheelyard.report import doctor  # noqa: PLC0415  # rich is slow to import

        console.show(doctor.table(found))
        if found.jobs:
            console.show(doctor.targets(found))
            console.data(found.summary)
    if found.hopeless:
        raise FindingsError("No wheel that the plan has for this machine can be built on it. The lines above say why.")


def _project(options: Namespace) -> tuple[Workspace | None, Plan | None, tuple[Sign, ...]]:
    """The project and its plan, as far as there is one, and what is wrong with it."""
    if not (options.project / "pyproject.toml").is_file():
        return None, None, ()
    place = None
    try:
        place = enter(options.project)
        plan = planner.make(place.config, resolving.current(place).after, git.revision(place.root))
    except WheelyardError as error:
        fix = "Correct it; the rest of this is said without a plan."
        return place, None, (Sign(name="project", state=State.ABSENT, words=str(error), fix=fix),)
    return place, plan, (Sign(name="project", state=State.READY, words=f"{plan.name}, {len(plan.jobs)} jobs planned"),)


def _with_jobs(found: Diagnosis, place: Workspace, plan: Plan) -> Diagnosis:
    run = Run(
        plan=plan,
        options=place.config.cibuildwheel,
        source=place.root,
        house=place.wheelhouse,
        work=resources.cache() / "work",
    )
    images = prospects.images(run)
    return Diagnosis(signs=(*found.signs, *([images] if images else ())), jobs=prospects.of(run))
