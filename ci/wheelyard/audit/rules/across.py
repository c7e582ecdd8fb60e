"""Rules about a set of wheels: do they agree with each other, and do they answer what was planned.

Each of these is told to a whole set at once, so the functions here take summaries, not the contents of one wheel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wheelyard.audit.contents import Contents
from wheelyard.audit.findings import Finding
from wheelyard.audit.rule import ERROR, WARNING, Hit, Rule
from wheelyard.audit.rules.metadata import description
from wheelyard.errors import listed
from wheelyard.targets import Identifier, answered

if TYPE_CHECKING:
    from packaging.tags import Tag

_GROWTH = 1.25
_GROWTH_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What of a wheel is compared with others; `digest` is of the whole file, where another has the same name."""

    file: str
    size: int
    project: str
    version: str
    tags: frozenset[Tag]
    spelled: str
    requires_python: str
    requires: tuple[str, ...]
    described: str
    licences: tuple[tuple[str, bytes | None], ...]
    digest: str | None = None


def summary(contents: Contents, *, digest: str | None = None) -> Summary | None:
    """The summary of a wheel; None where its name or metadata cannot be read, which has rules of its own."""
    metadata = contents.metadata
    if contents.name is None or metadata is None:
        return None
    info = f"{contents.dist_infos[0]}/"
    licences = sorted(
        (member.name.removeprefix(info), member.digest)
        for member in contents.members
        if member.name.startswith((f"{info}licenses/", f"{info}license_files/", f"{info}LICENSE", f"{info}COPYING"))
    )
    return Summary(
        file=contents.file,
        size=contents.size,
        project=contents.name.name,
        version=str(contents.name.version),
        tags=contents.tags,
        spelled=str(metadata["Name"]),
        requires_python=str(metadata["Requires-Python"] or ""),
        requires=tuple(sorted(" ".join(str(line).split()) for line in metadata.get_all("Requires-Dist", []))),
        described=f"{metadata['Summary']}\n{metadata['Description-Content-Type']}\n{description(metadata).strip()}",
        licences=tuple(licences),
        digest=digest,
    )


def findings(
    summaries: Sequence[Summary], *, planned: Iterable[Identifier] | None, previous: dict[str, int]
) -> Iterator[Finding]:
    """What is wrong with a set of wheels."""
    yield from _agreement(summaries)
    yield from _conflicts(summaries)
    if planned is not None:
        yield from _plan(summaries, tuple(planned))
    yield from _growth(summaries, previous)


def _agreement(summaries: Sequence[Summary]) -> Iterator[Finding]:
    """Compare wheels of one project and version; the first of the most common answer is what others differ from."""
    releases: dict[tuple[str, str], list[Summary]] = {}
    for one in summaries:
        releases.setdefault((one.project, one.version), []).append(one)
    for members in releases.values():
        for rule, part in _COMPARED:
            answers: dict[object, list[Summary]] = {}
            for one in members:
                answers.setdefault(part(one), []).append(one)
            usual = max(answers.values(), key=len)[0]
            for one in members:
                if part(one) != part(usual):
                    message = f"{_difference(rule, part(one), part(usual))} than in {usual.file}."
                    yield rule.finding(Hit(message=message), file=one.file)
    yield from _versions(releases)


def _versions(releases: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    projects: dict[str, list[str]] = {}
    for project, version in releases:
        projects.setdefault(project, []).append(version)
    for project, versions in projects.items():
        if len(versions) > 1:
            message = f"There are wheels of {project} in versions {listed(sorted(versions))}."
            yield VERSIONS.finding(Hit(message=message), file=project)


def _difference(rule: Rule, here: object, there: object) -> str:
    """`Requires-Python is >=3.9 here, and >=3.8`, or no more than that it differs, for long values."""
    what = rule.says.partition(" differ")[0]
    if isinstance(here, str) and isinstance(there, str) and len(here) + len(there) < 80:  # noqa: PLR2004  # one line
        return f"{what}: {here or 'nothing'!r} here, {there or 'nothing'!r}, other"
    return f"{what}: other here"


def _conflicts(summaries: Sequence[Summary]) -> Iterator[Finding]:
    by_name: dict[str, set[str | None]] = {}
    for one in summaries:
        by_name.setdefault(one.file, set()).add(one.digest)
    for file, digests in by_name.items():
        if len(digests) > 1:
            yield CONFLICT.finding(Hit(message=f"{len(digests)} files of this name differ."), file=file)


def _plan(summaries: Sequence[Summary], planned: tuple[Identifier, ...]) -> Iterator[Finding]:
    names = {one.project for one in summaries}
    if len(names) > 1:
        for one in summaries:
            if one.project != summaries[0].project:
                message = f"It is of {one.project}, others are of {summaries[0].project}."
                yield STRANGER.finding(Hit(message=message), file=one.file)
    there: set[Identifier] = set()
    for one in summaries:
        found = tuple(answered(planned, one.tags))
        there.update(found)
        if not found and not any(tag.platform == "any" for tag in one.tags):
            yield UNPLANNED.finding(Hit(message="It answers no planned identifier."), file=one.file)
    if missing := [identifier for identifier in planned if identifier not in there]:
        message = f"{len(missing)} of {len(planned)} planned identifiers have no wheel: {listed(missing)}."
        yield UNANSWERED.finding(Hit(message=message), file="the set")


def _growth(summaries: Sequence[Summary], previous: dict[str, int]) -> Iterator[Finding]:
    """`previous` has sizes by tag set, as `key` makes it."""
    for one in summaries:
        before = previous.get(key(one.file))
        if before and one.size > before * _GROWTH and one.size - before > _GROWTH_BYTES:
            message = f"It has {one.size:,} bytes; the last release's had {before:,}."
            yield GROWTH.finding(Hit(message=message), file=one.file)


def key(file: str) -> str:
    """What stays of a wheel's name from release to release: name and tags, without version and build number."""
    parts = file.removesuffix(".whl").split("-")
    return "-".join((parts[0], *parts[-3:]))


NAME = Rule(
    id="set-name",
    severity=WARNING,
    says="The spelling of the project's name differs",
    fix="Build all wheels from one source.",
)
REQUIRES_PYTHON = Rule(
    id="set-requires-python",
    severity=ERROR,
    says="Requires-Python differs between wheels of a release.",
    fix="Build all wheels from one source; do not change metadata by platform.",
    why="pip reads it of one file and believes it of all.",
)
REQUIRES = Rule(
    id="set-dependencies",
    severity=ERROR,
    says="The dependencies differ between wheels of a release.",
    fix="Use environment markers (numpy; platform_system == 'Linux') in place of an `if` in setup.py.",
    why="Resolvers and lock files read the dependencies of one wheel and believe them of all.",
    source="https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers",
)
DESCRIPTION = Rule(
    id="set-description",
    severity=WARNING,
    says="The description differs between wheels of a release.",
    fix="Build all wheels from one commit.",
)
LICENCES = Rule(
    id="set-licences",
    severity=WARNING,
    says="The licence files differ between wheels of a release.",
    fix="Build all wheels from one source; name licences of vendored libraries in files of their own.",
)
VERSIONS = Rule(
    id="set-version",
    severity=WARNING,
    says="The set has wheels of several versions of a project.",
    fix="Remove wheels of earlier builds.",
)
CONFLICT = Rule(
    id="set-conflict",
    severity=ERROR,
    says="Two wheels have the same name and different bytes.",
    fix="Build each wheel in one job only (abi3 and py3-none wheels answer several identifiers).",
    why="An index takes one of them, and nobody knows which was tested.",
)
STRANGER = Rule(
    id="set-stranger",
    severity=ERROR,
    says="A wheel of another project is among the wheels of a release.",
    fix="Remove it; look for dependencies that were built or downloaded into the same folder.",
)
UNPLANNED = Rule(
    id="set-unplanned",
    severity=ERROR,
    says="A wheel answers nothing that was planned.",
    fix="Remove it, or add its identifier to the plan.",
)
UNANSWERED = Rule(
    id="set-unanswered",
    severity=ERROR,
    says="Planned identifiers have no wheel.",
    fix="Run their jobs again, or drop them from the plan.",
)
GROWTH = Rule(
    id="size-growth",
    severity=WARNING,
    says="A wheel is much larger than in the last release.",
    fix="Find what grew: `unzip -lv` on both.",
)

_COMPARED: tuple[tuple[Rule, Callable[[Summary], object]], ...] = (
    (NAME, lambda one: one.spelled),
    (REQUIRES_PYTHON, lambda one: one.requires_python),
    (REQUIRES, lambda one: one.requires),
    (DESCRIPTION, lambda one: one.described),
    (LICENCES, lambda one: one.licences),
)

RULES = (
    NAME,
    VERSIONS,
    REQUIRES_PYTHON,
    REQUIRES,
    DESCRIPTION,
    LICENCES,
    CONFLICT,
    STRANGER,
    UNPLANNED,
    UNANSWERED,
    GROWTH,
)
