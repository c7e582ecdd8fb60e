"""When each job of the workflow runs, what it waits for, and what its token may do.

A gate names the result of every job that is needed. GitHub's own default would open for less once somebody writes
`always()` or `failure()` into it; a cancelled or skipped build must never let a release through.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wheelyard.automation import ExtraJob, Level, Place, PullRequest
from wheelyard.render.quoting import Expression, literal

SCHEDULED = "github.event_name == 'schedule'"
PREFLIGHT, TEST, NIGHTLY, REPORT = "preflight", "publish-test", "nightly", "report"
GATED = ("collect", TEST, "publish", "finish", NIGHTLY)  # jobs that write something outside
RELEASES = "(github.event_name == 'push' || github.event_name == 'workflow_dispatch')"


@dataclass(frozen=True, kw_only=True)
class Permission:
    """What a job's token may do, and why."""

    scope: str
    level: Level
    why: str


@dataclass(frozen=True, kw_only=True)
class Chain:
    """The jobs of one workflow in their order: which there are, and which the user put in between."""

    preflight: bool
    sdist: bool
    builds: Sequence[str]
    test: bool
    finish: bool
    extras: Sequence[ExtraJob]

    def needs(self, place: str) -> tuple[str, ...]:
        """What a job of ours after the builds waits for; what comes before `publish` comes before its test, too."""
        made = (*(["sdist"] if self.sdist else []), *self.builds)
        ours = {
            NIGHTLY: made,
            "collect": (*([PREFLIGHT] if self.preflight else []), *made),
            TEST: ("collect",),
            "publish": ("collect", *([TEST] if self.test else [])),
            "finish": ("publish",),
        }
        before = "publish" if place == TEST else place
        return ("plan", *ours[place], *(extra.id for extra in self.extras if extra.before == before))

    def after(self, place: Place) -> tuple[str, ...]:
        """What a job waits for that comes after `place`."""
        there = {
            "plan": ("plan",),
            "build": tuple(self.builds) or ("sdist",),
            "collect": ("collect",),
            "publish": ("publish",),
            "finish": ("finish",) if self.finish else ("publish",),
        }
        return there[place]


def gate(place: str, needs: Sequence[str], *, repository: str | None) -> tuple[str, ...]:
    """The clauses that must all hold before something is written: every need succeeded, its event, not in a fork."""
    when = SCHEDULED if place == NIGHTLY else RELEASES
    return (*(f"needs.{need}.result == 'success'" for need in needs), when, _home(repository))


def preflight(*, repository: str | None) -> tuple[str, ...]:
    """Where something will be written, what can be seen beforehand is looked at."""
    return RELEASES, _home(repository)


def ready(needs: Sequence[str], *conditions: Expression | None) -> tuple[Expression, ...]:
    """The clauses for a job that builds. By GitHub's default one that waits for a skipped job would be skipped too."""
    given = tuple(condition for condition in conditions if condition is not None)
    if PREFLIGHT not in needs:
        return given
    passed = f"(needs.{PREFLIGHT}.result == 'success' || needs.{PREFLIGHT}.result == 'skipped')"
    return (*succeeded([need for need in needs if need != PREFLIGHT]), Expression(passed), *given)


def succeeded(needs: Sequence[str]) -> tuple[Expression, ...]:
    """The clauses for a job that runs where those it needs succeeded, whatever was skipped before them."""
    return tuple(map(Expression, ("!cancelled()", *(f"needs.{need}.result == 'success'" for need in needs))))


def _home(repository: str | None) -> str:
    return f"github.repository == {literal(repository)}" if repository else "!github.event.repository.fork"


def plan(pull: PullRequest | None, *, schedule: bool) -> Expression | None:
    """A label of no interest starts nothing, and a fork's schedule neither."""
    clauses = []
    if pull and pull.label:
        clauses.append(f"(github.event.action != 'labeled' || github.event.label.name == {literal(pull.label)})")
    if schedule:
        clauses.append("(github.event_name != 'schedule' || !github.event.repository.fork)")
    return Expression(" && ".join(clauses)) if clauses else None


def build(pull: PullRequest | None, *, subset: bool) -> Expression | None:
    """Everything but pull requests builds all; they do where that is asked for. `subset` is for the sdist alone."""
    if pull is None:
        return None
    if pull.mode == "plan" or (pull.subset and not subset):
        return Expression("github.event_name != 'pull_request'")
    return Expression(f"(github.event_name != 'pull_request' || {_labelled(pull)})") if pull.label else None


def subset(pull: PullRequest) -> Expression:
    """Pull requests alone."""
    clauses = ["github.event_name == 'pull_request'", *([_labelled(pull)] if pull.label else [])]
    return Expression(" && ".join(clauses))


def _labelled(pull: PullRequest) -> str:
    return f"contains(github.event.pull_request.labels.*.name, {literal(pull.label or '')})"


def concurrency(pull: PullRequest | None, *, dispatch: bool) -> Expression:
    """One run a ref at a time, a release by hand included; a label of no interest must not end a run at work."""
    ref = "github.ref"
    if dispatch:
        ref = f"inputs.ref && format('refs/tags/{{0}}', inputs.ref) || {ref}"
    if pull and pull.label:
        other = f"github.event.action == 'labeled' && github.event.label.name != {literal(pull.label)}"
        ref = f"{other} && github.run_id || {ref}"
    return Expression(f"format('{{0}} {{1}}', github.workflow, {ref})")


def source_ref(*, dispatch: bool) -> Expression:
    """What the plan is made of: the tag that a person names, or the commit of the event."""
    given = "inputs.ref && format('refs/tags/{0}', inputs.ref) || " if dispatch else ""
    return Expression(f"{given}github.sha")


def tag(*, dispatch: bool) -> Expression:
    """The tag of the release; nothing where there is none."""
    otherwise = "inputs.ref" if dispatch else "''"
    return Expression(f"github.event_name == 'push' && github.ref_name || {otherwise}")


def permissions(
    builds: Iterable[str], *, github: bool, attest: bool, trusted: bool, signed: bool, test: bool, nightly: bool
) -> dict[str, tuple[Permission, ...]]:
    """What each of our jobs' tokens may do; `github` says whether releases live there.

    The index asks who uploads where that is `trusted`, and Sigstore does where uploads are `signed`.
    """
    source = Permission(scope="contents", level="read", why="check out the source")
    drafts = Permission(scope="contents", level="write", why="GitHub shows a draft release only to those who may write")
    look = (
        Permission(scope="contents", level="write", why="see drafts, and that this token may write the release"),
        Permission(scope="actions", level="read", why="see the environment that protects publishing"),
    )
    make = Permission(scope="contents", level="write", why="make the draft release and put its files there")
    signing = (
        Permission(scope="id-token", level="write", why="sign the provenance of every file"),
        Permission(scope="attestations", level="write", why="keep the provenance of every file"),
    )
    whom = "the index" if trusted else "Sigstore"
    identity = Permission(scope="id-token", level="write", why=f"prove to {whom} that this workflow uploads")
    uploading = (drafts if github else source, *((identity,) if trusted or signed else ()))
    show = Permission(scope="contents", level="write", why="turn the draft into the published release")
    return {
        **dict.fromkeys(("plan", "sdist", *builds, REPORT), (source,)),
        **({PREFLIGHT: look} if github else {}),
        "collect": (make if github else source, *(signing if attest else ())),
        "publish": uploading,
        **({TEST: uploading} if test else {}),
        **({NIGHTLY: (source,)} if nightly else {}),
        **({"finish": (show,)} if github else {}),
    }
