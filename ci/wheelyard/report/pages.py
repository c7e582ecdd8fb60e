"""The page of a release where people find it: in a file, and in the summary of a run on GitHub."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from wheelyard.doors import files
from wheelyard.errors import WheelyardError
from wheelyard.releasing import lookup

if TYPE_CHECKING:
    from wheelyard.page import Facts, Page
    from wheelyard.stores import Release, Store
    from wheelyard.workspace import Workspace


def arguments(parser: ArgumentParser) -> None:
    """What every verb takes that can leave a page."""
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a page of what there is now, in HTML")
    parser.add_argument("--summary", type=Path, metavar="FILE", help="add the same in Markdown to that file")


def wanted(options: Namespace) -> bool:
    """Whether the command line asks for a page."""
    return options.report is not None or options.summary is not None


def released(found: Release, store: Store, workspace: Workspace, *, warn: Callable[[str], None]) -> Facts:
    """What a release in a store says of itself, beside the one before it."""
    from wheelyard.page import Facts, plan_of  # noqa: PLC0415  # `--help` needs none of it
    from wheelyard.planning import planner  # noqa: PLC0415  # nor this

    template = workspace.config.tool.release.tag
    return Facts(
        plan=plan_of(found.manifest),
        slots=planner.slots_of(workspace.config),
        release=found.manifest,
        where=found.where,
        previous=lookup.previous(store, found.manifest.version, template=template, warn=warn),
    )


@dataclass(kw_only=True)
class Draft:
    """A page that is still being written: a verb replaces its `facts` as it learns more."""

    facts: Facts


@contextmanager
def kept(facts: Facts, options: Namespace) -> Iterator[Draft]:
    """A draft that becomes a page at the end, however that is: a release that fails needs its page most."""
    draft = Draft(facts=facts)
    try:
        yield draft
    except BaseException:
        with suppress(WheelyardError):  # what went wrong first is what has to be told
            leave(draft.facts, options)
        raise
    leave(draft.facts, options)


def leave(facts: Facts, options: Namespace) -> None:
    """Write the page where the command line asks for it."""
    if not wanted(options):
        return
    from wheelyard import page  # noqa: PLC0415  # most runs leave none

    made = page.make(facts)
    if options.report is not None:
        files.write(options.report.absolute(), html(made))
    if options.summary is not None:
        summarise(made, options.summary)


def attached(facts: Facts) -> bytes:
    """The page as it lies with its release: it need not say where that is, and the address of a draft passes."""
    from wheelyard import page  # noqa: PLC0415

    return html(page.make(replace(facts, where=None)))


def redrawn(facts: Facts, found: Release, store: Store, *, warn: Callable[[str], None]) -> None:
    """Put the page there again after a release went out: what is published stays so, whatever becomes of the page."""
    try:
        store.attach(found, attached(facts))
    except WheelyardError as error:
        warn(f"The page that lies with the release stays as it was: {error}")


def html(made: Page) -> bytes:
    """A page as the one file that it is."""
    from wheelyard.render import page  # noqa: PLC0415  # templates are slow to import

    return page.html(made).encode(errors="replace")  # a path may have names that are no text


def summarise(made: Page, path: Path) -> None:
    """Add a page in Markdown to a file."""
    from wheelyard.render import page  # noqa: PLC0415

    before = files.read(path) if path.exists() else b""
    files.write(path.absolute(), before + page.markdown(made).encode(errors="replace"))
