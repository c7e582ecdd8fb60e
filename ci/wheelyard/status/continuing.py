"""What continues a release that is not done: the first unfinished stage, and the command for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING, assert_never

from wheelyard.errors import listed
from wheelyard.status.stages import Cell, Mark, Next, Row, Step
from wheelyard.stores import Release, Stage

if TYPE_CHECKING:
    from wheelyard.stores.github.wire import Run


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a release is made: its tag, and the workflow's file and newest run where that is on GitHub."""

    tag: str
    tagged: bool
    workflow: str | None = None
    run: Run | None = None


def unfinished(rows: Sequence[Row], release: Release | None) -> Step | None:
    """The first stage that is not done for all; a later one that is done for all makes up for it."""
    if all(row.index.mark is Mark.DONE for row in rows):
        return None if release is None or release.stage is Stage.PUBLISHED else Step.FINISH
    if all(row.release.mark is Mark.DONE for row in rows):
        return Step.PUBLISH
    return Step.COLLECT if all(row.build.mark is Mark.DONE for row in rows) else Step.BUILD


def following(rows: Sequence[Row], release: Release | None, way: Way) -> Next | None:
    """What continues a release; None where all is done."""
    step = unfinished(rows, release)
    if step is None:
        return None
    if any(Mark.UNKNOWN in {row.build.mark, row.release.mark} for row in rows):
        said = "not known, while builds or release do not answer"
        return Next(step=step, words=said, command=f"wheelyard status {quote(way.tag)}")
    if way.workflow is not None and way.run is None and not way.tagged and release is None:
        return Next(step=Step.TAG, words=f"there is no tag {way.tag}", command="wheelyard tag")
    return Next(step=step, words=_lacking(step, rows), command=_command(step, rows, way))


def _lacking(step: Step, rows: Sequence[Row]) -> str:
    match step:
        case Step.TAG | Step.BUILD:
            return f"not built: {_without(rows, lambda row: row.build)}"
        case Step.COLLECT:
            return f"built, and not in the release: {_without(rows, lambda row: row.release)}"
        case Step.PUBLISH:
            return f"in the release, and not on the index: {_without(rows, lambda row: row.index)}"
        case Step.FINISH:
            return "all is on the index, and the release is not published"
        case _:
            assert_never(step)


def _without(rows: Sequence[Row], stage: Callable[[Row], Cell]) -> str:
    return listed((row.name for row in rows if stage(row).mark is not Mark.DONE), most=6)


def _command(step: Step, rows: Sequence[Row], way: Way) -> str:
    """On GitHub the run goes on, whole or what failed of it; here the verb of the stage does."""
    tag = quote(way.tag)
    if way.run is not None and not way.run.ended:
        return f"wheelyard status {tag} --watch"
    if way.run is not None and way.run.conclusion != "success":
        return f"gh run rerun {way.run.id} --failed"
    if way.workflow is not None and step in {Step.BUILD, Step.COLLECT}:
        return f"gh workflow run {quote(way.workflow)} --field {quote(f'ref={way.tag}')}"
    return _verb(step, rows, tag)


def _verb(step: Step, rows: Sequence[Row], tag: str) -> str:
    match step:
        case Step.COLLECT:
            return "wheelyard collect"
        case Step.PUBLISH | Step.FINISH:
            return f"wheelyard {step} --tag {tag}"
        case Step.TAG | Step.BUILD:
            begun = [row for row in rows if row.build.mark is not Mark.ABSENT]
            jobs = dict.fromkeys(row.job for row in rows if row.build.mark is not Mark.DONE)
            return " ".join(("wheelyard build", *(jobs if begun else ())))
        case _:
            assert_never(step)
