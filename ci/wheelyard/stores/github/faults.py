"""Whose fault an answer of GitHub's is, and what to do."""

from __future__ import annotations

from http import HTTPStatus

from wheelyard.doors import web
from wheelyard.errors import FindingsError, OutsideError, UsageError, WheelyardError
from wheelyard.stores.github.wire import Answer, Request


class GoneError(OutsideError):
    """What GitHub showed a moment ago is not there any more."""


def error(request: Request, answer: Answer, *, repository: str, words: str) -> WheelyardError:
    """The error that an answer is; `words` are what GitHub says of it."""
    said = f" ({words})" if words else ""
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return UsageError(f"GitHub does not take the token{said}: it has expired, or was revoked. Set a new one.")
    if answer.status == HTTPStatus.FORBIDDEN:
        return UsageError(
            f"The token may not {request.does} in {repository}{said}. It needs the permission `{request.needs}`: in a"
            f" workflow `permissions: {{ {request.needs} }}` of the job, else in the token's settings."
        )
    if answer.status == HTTPStatus.NOT_FOUND:
        return _not_found(request, f"{repository}{said}")
    if answer.status in range(300, 400):
        return UsageError(f"{repository} has moved. Put its new name into git's remote or `store`, then try again.")
    if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        return FindingsError(f"GitHub refuses to {request.does} in {repository}{said}.")
    return OutsideError(f"GitHub answered {web.status(answer.status)}, asked to {request.does}{said}. Try again later.")


def _not_found(request: Request, where: str) -> WheelyardError:
    if request.known:
        return GoneError(
            f"GitHub can no longer {request.does} in {where}: another run or somebody deleted it. Run the same command"
            f" again; if it says the same, see that the token has `{request.needs}` there."
        )
    return UsageError(
        f"GitHub does not find what it takes to {request.does} in {where}. Check that name, and that the token has"
        f" `{request.needs}` there: GitHub hides what a token may not see."
    )
