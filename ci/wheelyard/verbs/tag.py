"""Check everything a release needs, then tag the commit and push the tag."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING, assert_never

import msgspec

from wheelyard.doors import git, process
from wheelyard.errors import FindingsError, OutsideError, UsageError
from wheelyard.releasing import guards, readiness, tagging, upstream
from wheelyard.releasing.tagging import Outcome, State, Tagging, Wish
from wheelyard.workspace import Workspace, enter

if TYPE_CHECKING:
    from wheelyard.doors.console import Console

EPILOG = """\
examples:
  wheelyard tag                   tag this commit with the version in the project's files
  wheelyard tag 1.4.0             where the version is made of the tag (setuptools-scm, hatch-vcs)
  wheelyard tag --dry-run         check everything, show the commands
  wheelyard tag --yes             ask nothing

All checks come before the first write, and all that is wrong is said at once. A tag that was made and could not be
pushed is pushed by the same command.
"""


def arguments(parser: ArgumentParser) -> None:
    """What `wheelyard tag` takes."""
    parser.epilog = EPILOG
    parser.add_argument("version", nargs="?", metavar="VERSION", help="needed where the version is made of the tag")
    parser.add_argument("--remote", metavar="NAME", help="where the tag goes (default: the remote of this branch)")
    parser.add_argument("--yes", action="store_true", help="do it without asking")
    parser.add_argument("--dry-run", action="store_true", help="check everything, show the commands, write nothing")
    parser.add_argument("--json", action="store_true", help="print the checks and the commands")


def run(options: Namespace, console: Console) -> None:
    """Tag and push, if nothing keeps this commit from being the release."""
    if not (options.yes or options.dry_run or console.can_ask):
        raise UsageError("There is nobody to ask here. Give --yes to tag without a question, or --dry-run to look.")
    workspace = enter(options.project)
    revision = git.revision(workspace.root)
    remote = upstream.choose(workspace.root, options.remote)
    wish = _wish(workspace, options.version)
    checks, standing = readiness.checks(workspace, wish, revision, remote=remote)
    there = tagging.state(wish, standing) if standing else State.NOWHERE
    report = Tagging(
        tag=wish.tag,
        commit=str(revision.commit),
        remote=remote,
        checks=checks,
        commands=_commands(workspace, wish, commit=str(revision.commit), remote=remote, state=there),
        state=there,
    )
    _judge(report, options, console)
    if not options.dry_run and report.commands:
        report = _tag(report, workspace, options, console)
    if options.json:
        console.json(report)


def _wish(workspace: Workspace, asked: str | None) -> Wish:
    """The version that was asked for, is in pyproject.toml, or that the build backend gives; and its tag."""
    stated, template = workspace.config.project.version, workspace.config.tool.release.tag
    version = _normal(asked) if asked else stated or _normal(readiness.version(workspace))
    if not asked and stated is None and _is_between(version):
        raise UsageError(
            f"The version is made of the tag, and now it is {version}. Say the one to be: wheelyard tag VERSION"
        )
    tag = template.replace("{version}", version)
    if not upstream.is_name(workspace.root, tag):
        raise UsageError(f"git takes no tag called {tag!r}. Change `tag` in [tool.wheelyard.release], or the version.")
    signed = upstream.signs(workspace.root)
    return Wish(tag=tag, version=version, template=template, stated=stated, asked=bool(asked), signed=signed)


def _normal(version: str) -> str:
    from packaging.version import Version  # noqa: PLC0415  # start-up stays fast

    if not guards.is_version(version):
        raise UsageError(f"{version!r} is no version, such as 1.4.0 or 2.0rc1: the tag is made of it.")
    return str(Version(version))


def _is_between(version: str) -> bool:
    """Whether a version is that of a commit between two releases."""
    from packaging.version import Version  # noqa: PLC0415

    return Version(version).is_devrelease or Version(version).local is not None


def _commands(
    workspace: Workspace, wish: Wish, *, commit: str, remote: str, state: State
) -> tuple[tuple[str, ...], ...]:
    """What is still to be done, as git is told it."""
    how = "--sign" if wish.signed else "--annotate"
    make = ("git", "tag", how, "--message", f"{workspace.config.project.name} {wish.version}", wish.tag, commit)
    push = ("git", "push", "--no-follow-tags", remote, f"refs/tags/{wish.tag}")
    match state:
        case State.NOWHERE:
            return (make, push)
        case State.HERE:
            return (push,)
        case State.THERE:
            return ()
        case _:
            assert_never(state)


def _judge(report: Tagging, options: Namespace, console: Console) -> None:
    """Say what was seen, and raise with all that is wrong; else show what is to be done."""
    wrong = [check for check in report.checks if check.outcome in {Outcome.FAILED, Outcome.UNREACHABLE}]
    for check in report.checks:
        if check not in wrong:
            console.say(f"{check.outcome}: {check.name}: {check.words}")
    if wrong:
        if options.json:
            console.json(report)
        kind = FindingsError if any(check.outcome is Outcome.FAILED for check in wrong) else OutsideError
        said = (f"{check.name}: {check.words}".replace("\n", "\n    ") for check in wrong)
        raise kind("\n".join((f"{report.tag!r} cannot be made:", *(f"  {line}" for line in said))))
    if not report.commands:
        console.say(f"{report.tag} is on {report.remote} already, at this commit. There is nothing to do.")
    if not options.json:
        for command in report.commands:
            console.data(shlex.join(command))


def _tag(report: Tagging, workspace: Workspace, options: Namespace, console: Console) -> Tagging:
    """Run the commands, and look that the tag arrived."""
    if not options.yes and not console.confirm(f"Tag {report.commit[:12]} as {report.tag} and push it?"):
        raise UsageError("Nothing was done: the answer was not yes.")
    for command in report.commands:
        ended = process.attended(command, cwd=workspace.root)
        if ended.code != 0:
            raise OutsideError(_failure(report, command, ended.last(8)))
        if "--sign" in command:
            _refuse_unsigned(report.tag, workspace)
    if upstream.ask(workspace.root, report.remote).tags.get(report.tag) != report.commit:
        raise OutsideError(
            f"git pushed {report.tag}, and {report.remote} does not show it. Run the same command again."
        )
    console.say(f"{report.tag} is on {report.remote}.")
    return msgspec.structs.replace(report, state=State.THERE)


def _refuse_unsigned(tag: str, workspace: Workspace) -> None:
    """Take back a tag that git made without the signature: git 2.39 does so where an SSH key is missing."""
    if not upstream.tags(workspace.root)[tag].signed:
        git.call(workspace.root, "tag", "--delete", tag)
        raise OutsideError(
            f"git made {tag} and could not sign it, so it was taken back. See `git config user.signingKey`, gpg.format"
            " and that the key can be read; or do not sign: git config tag.gpgSign false"
        )


def _failure(report: Tagging, command: Sequence[str], words: str) -> str:
    said = f"`{shlex.join(command)}` failed: {words or 'git said why above.'}\n"
    if command[1] == "tag":
        return f"{said}Nothing was changed."
    return (
        f"{said}{report.tag} is here and not on {report.remote}: the same command pushes it, and"
        f" `git tag --delete {shlex.quote(report.tag)}` takes it back."
    )
