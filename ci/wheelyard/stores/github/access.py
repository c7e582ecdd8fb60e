"""Find the repository on GitHub, the address of its API, and the token to use there."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from wheelyard.doors import process
from wheelyard.errors import UsageError

GITHUB, API = "github.com", "https://api.github.com"
_NAME = re.compile(r"[A-Za-z0-9_-]+/(?!\.{1,2}$)[A-Za-z0-9._-]+")
_REMOTE = re.compile(
    r"(?:https?://|ssh://|git://)?(?:[^@/]+@)?(?P<host>[^/:]+)(?::\d+)?[:/](?P<name>[^:]+?)(?:\.git)?/?"
)
_LOOPBACK = re.compile(r"localhost|.+\.localhost|127\.0\.0\.1|\[?::1\]?")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A repository: `api` is the address its requests go below, `host` where people see it, `name` is `owner/name`."""

    api: str
    host: str
    name: str

    @property
    def root(self) -> str:
        """What the path of a request is below."""
        return f"{self.api}/repos/{self.name}"


def find(spec: str, root: Path, environ: Mapping[str, str] | None = None, *, remote: str = "origin") -> Place:
    """The repository that `owner/name` or `https://host/owner/name` names; of nothing, the one this runs for.

    That is GITHUB_REPOSITORY, as in a workflow, or that of git's remote.
    """
    environ = os.environ if environ is None else environ
    said = environ.get("GITHUB_API_URL", "").rstrip("/")
    server = urlsplit(environ.get("GITHUB_SERVER_URL", "")).hostname or GITHUB
    if "://" in spec:
        parts = urlsplit(spec)
        host, name = parts.netloc.rpartition("@")[2].lower(), parts.path.strip("/")
    elif here := spec or environ.get("GITHUB_REPOSITORY"):
        host, name = server, here
    else:
        host, name = _of_remote(root, remote)
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no repository on GitHub, which is called OWNER/NAME. Correct `store` in"
            " [tool.wheelyard.release]."
        )
    return Place(api=_checked(said if said and host == server else _api(host)), host=host, name=name)


def token(place: Place, environ: Mapping[str, str] | None = None) -> str:
    """The token for the host of a repository, and for no other: from the environment, or from `gh`.

    The variables are those of gh, https://cli.github.com/manual/gh_help_environment; the host that GITHUB_SERVER_URL
    names, as in a workflow, gets GITHUB_TOKEN too.
    """
    environ = os.environ if environ is None else environ
    ours = {GITHUB, urlsplit(environ.get("GITHUB_SERVER_URL", "")).hostname}
    known = place.host in ours or place.host.endswith(".ghe.com")
    names = ("GITHUB_TOKEN", "GH_TOKEN") if known else ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
    for name in names:
        if value := environ.get(name):
            return _sound(value, name)
    if value := _of_gh(place.host):
        return _sound(value, "gh")
    raise UsageError(
        f"There is no token for {place.host}. Set {names[0]} (in a workflow: GITHUB_TOKEN: ${{{{ github.token }}}}), or"
        " log in once with `gh auth login`."
    )


def _of_remote(root: Path, remote: str) -> tuple[str, str]:
    ended = process.run(("git", "-C", root, "remote", "get-url", remote))
    found = _REMOTE.fullmatch(ended.output.strip()) if ended.code == 0 else None
    if found is None:
        raise UsageError(
            f"Git's remote `{remote}` names no repository on GitHub. Say which it is:"
            ' store = "github:OWNER/NAME" in [tool.wheelyard.release].'
        )
    return found["host"].lower(), found["name"]


def _api(host: str) -> str:
    """https://docs.github.com/en/enterprise-server/rest/using-the-rest-api, and for ghe.com its own subdomain."""
    if host == GITHUB:
        return API
    return f"https://api.{host}" if host.endswith(".ghe.com") else f"https://{host}/api/v3"


def _checked(api: str) -> str:
    """An address that a token may be sent to."""
    parts = urlsplit(api)
    secure = parts.scheme == "https" or (parts.scheme == "http" and _LOOPBACK.fullmatch(parts.hostname or ""))
    if not secure or not parts.hostname or parts.username is not None:
        raise UsageError("The address of GitHub's API is no https:// address without a user. Correct GITHUB_API_URL.")
    return api


def _of_gh(host: str) -> str:
    try:
        ended = process.run(("gh", "auth", "token", "--hostname", host))
    except UsageError:  # gh is not installed
        return ""
    return ended.output.strip() if ended.code == 0 else ""


def _sound(value: str, source: str) -> str:
    if not value.isascii() or not value.isprintable() or " " in value:
        raise UsageError(
            f"The token of {source} has a line break, a space or another odd character in it, often the newline at the"
            " end of a file. Set it again without."
        )
    return value
