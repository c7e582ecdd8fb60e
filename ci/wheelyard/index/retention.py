"""Keep only the newest versions of a project on an index that lets them be deleted, for builds of every night."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

import requests
from packaging.utils import canonicalize_name
from packaging.version import Version

from wheelyard.doors import web
from wheelyard.errors import OutsideError, UsageError
from wheelyard.index.account import Account
from wheelyard.index.project import Page, version_of
from wheelyard.index.reader import TIMEOUT


def stale(page: Page | None, *, project: str, keep: int, newest: str) -> tuple[Version, ...]:
    """The versions on a page that are not among the newest `keep`, oldest first; `newest` is or will be one there."""
    found = {Version(newest)} | {
        version for listed in (page.files if page else ()) if (version := version_of(listed.file, project))
    }
    return tuple(version for version in sorted(found)[:-keep] if version != Version(newest))


@dataclass(frozen=True, kw_only=True)
class Devpi:
    """An index on a devpi-server (its documentation, chapter "Using devpi: uploading, testing, releasing")."""

    account: Account

    def remove(self, project: str, version: Version) -> None:
        """Delete all files of a version; one that is gone already is no error."""
        url = f"{self.account.url.rstrip('/')}/{canonicalize_name(project)}/{version}"
        response = _ask("DELETE", url, self.account)
        if response.status_code not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
            raise OutsideError(
                f"{url} could not be deleted: {web.status(response.status_code)}. The index must be volatile, and the"
                " user allowed to change it."
            )


def keeper(account: Account) -> Devpi:
    """What deletes on this index; `UsageError` where that is not known, before anything is uploaded."""
    url = f"{account.url.rstrip('/')}/+api"
    response = _ask("GET", url, account)
    if response.status_code == HTTPStatus.OK and response.headers.get("X-DEVPI-API-VERSION"):
        return Devpi(account=account)
    raise UsageError(
        f"{account.url} is no devpi index, and how to delete old versions elsewhere is not known: take `keep` out of"
        " [tool.wheelyard.publish.nightly], and delete them there by hand or by its own rules."
    )


def _ask(method: str, url: str, account: Account) -> requests.Response:
    """One request as the user of the account, whose redirects are not followed: they could lead its password away."""
    try:
        return requests.request(
            method,
            url,
            auth=account.login(),
            headers={"Accept": "application/json"},
            timeout=TIMEOUT,
            verify=account.settings.cacert or True,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise OutsideError(f"{url} cannot be asked: {web.trouble(error)}.") from None
