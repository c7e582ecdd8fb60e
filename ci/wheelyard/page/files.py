"""The files there are, each beside the one that took its place in the last release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from wheelyard.releasing.manifest import File, State

if TYPE_CHECKING:
    from wheelyard.page.facts import Facts


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One file; sizes are in bytes, `before` is that of its like in the last release, `outcome` the index's answer."""

    file: str
    sha256: str
    size: int
    before: int | None
    identifiers: tuple[str, ...]
    job: str
    engine: str
    minutes: float
    tested: bool
    built_on: str | None
    tested_on: str | None
    outcome: str = ""
    words: str = ""


def entries(facts: Facts) -> tuple[Entry, ...]:
    """The release's files, or those that the jobs have made so far, by name."""
    made = sorted(facts.release.files if facts.release else _built(facts), key=lambda file: file.file)
    before = _likes(made, facts.previous.files if facts.previous else ())
    sent = facts.outcomes
    return tuple(
        Entry(
            file=file.file,
            sha256=file.sha256,
            size=file.size,
            before=before.get(file.file),
            identifiers=tuple(map(str, file.identifiers)),
            job=file.job or "",
            engine=file.engine or "",
            minutes=file.minutes,
            tested=file.tested,
            built_on=file.built_on,
            tested_on=file.tested_on,
            outcome=sent[file.file].outcome if file.file in sent else "",
            words=sent[file.file].words if file.file in sent else "",
        )
        for file in made
    )


def _built(facts: Facts) -> Iterator[File]:
    """The files of jobs, as a manifest would have them."""
    for report in facts.built_of_this():
        built = [result for result in report.results if result.state is State.BUILT and result.file is not None]
        for name in sorted({str(result.file) for result in built}):
            mine = [result for result in built if result.file == name]
            yield File(
                file=name,
                sha256=mine[0].sha256 or "",
                size=mine[0].size or 0,
                identifiers=tuple(result.identifier for result in mine if result.identifier is not None),
                job=report.job,
                minutes=max(result.minutes for result in mine),
                engine=report.engine,
                tested=all(result.tested for result in mine),
                built_on=mine[0].built_on,
                tested_on=mine[0].tested_on,
            )


def _likes(made: Sequence[File], previous: Sequence[File]) -> dict[str, int]:
    """The size of each file's like in another release: the one with its tags, else the only one of its identifier."""
    tags = {_tags(file.file): file.size for file in previous}
    found = {file.file: tags[_tags(file.file)] for file in made if _tags(file.file) in tags}
    there, then = (Counter(file.identifiers[:1] for file in files) for files in (made, previous))
    firsts = {file.identifiers[:1]: file.size for file in previous}
    for file in made:
        first = file.identifiers[:1]
        if first and there[first] == then[first] == 1:
            found.setdefault(file.file, firsts[first])
    return found


def _tags(file: str) -> str:
    """What stays of a file's name from release to release."""
    return "-".join(file.split("-")[-3:]) if file.endswith(".whl") else "sdist"
