"""Resolve an index as twine does: its address, its credentials and the place where it shows what it holds."""

from __future__ import annotations

import argparse
import configparser
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import requests
from twine import exceptions, repository, utils
from twine.settings import Settings

from wheelyard.doors.web import address, trouble
from wheelyard.errors import OutsideError, UsageError, nearest
from wheelyard.index import claims
from wheelyard.index.reader import Login, Reader

# The last folder of addresses that only take uploads; the simple pages are beside it.
_UPLOAD_ONLY = {"legacy", "upload"}
_LAST_LETTER = "\xff"  # of Latin-1, in which user names and passwords travel (RFC 7617)
_WAYS = "TWINE_USERNAME and TWINE_PASSWORD, .pypirc, or the keyring"


@dataclass(frozen=True, kw_only=True)
class Account:
    """An index that files can be uploaded to; `url` is where they go, without user name and password."""

    url: str
    settings: Settings
    make: Callable[[], Settings]

    @property
    def is_trusted(self) -> bool:
        """Whether twine gets a token by trusted publishing, since nobody gave one; it lives for minutes only."""
        given = self.settings.auth.input.password or self.settings.repository_config.get("password")
        return self.is_pypi and not given and self.settings.auth.get_password_from_keyring() is None

    def renewed(self) -> Account:
        """The same account with credentials read, or a token got, anew."""
        with _told():
            return replace(self, settings=self.make())

    @property
    def is_pypi(self) -> bool:
        """Whether this is one of the two indexes twine knows by itself."""
        return self.url.startswith((utils.DEFAULT_REPOSITORY, utils.TEST_REPOSITORY))

    def login(self) -> Login | None:
        """User name and password from twine's own sources; asks for them only on a terminal."""
        with _told():
            username, password = self.settings.username or "", self.settings.password or ""
        if any(not letter.isprintable() or letter > _LAST_LETTER for letter in username + password):
            raise UsageError(
                f"The user name or token for {self.url} has a line break in it, often the newline at the end of a file,"
                f" or another character that HTTP cannot carry. Set it again without: {_WAYS}."
            )
        return (username, password) if username or password else None

    def repository(self) -> repository.Repository:
        """A connection of twine's to upload through."""
        self.login()
        with _told():
            self.settings.check_repository_url()
            return self.settings.create_repository()

    def reader(self, simple: str | None = None) -> Reader:
        """What reads this index; `simple` is the address of its simple pages where it cannot be guessed."""
        verify = self.settings.cacert
        if simple is not None:
            _refuse_password(simple)
            return Reader(roots=(_folder(simple),), login=self.login, verify=verify)
        if self.is_pypi:
            return Reader(roots=(_of_pypi(self.url),), known=True, verify=verify)
        return Reader(roots=simple_roots(self.url), login=self.login, verify=verify)


def resolve(index: str, *, login: Login | None = None) -> Account:
    """The account for a name that twine knows, a section of .pypirc, or a URL.

    `login` is for an index of our own; for all others user name and password come from twine's sources.
    """
    parser = argparse.ArgumentParser()
    Settings.register_argparse_arguments(parser)
    given = parser.parse_args([])
    is_url = "://" in index
    if is_url:
        _refuse_password(index)
    given.repository, given.repository_url = (None, index) if is_url else (index, None)
    given.disable_progress_bar, given.verbose = True, False
    given.non_interactive = given.non_interactive or not sys.stdin.isatty()
    if login is not None:
        given.username, given.password = login

    def make() -> Settings:
        return Settings.from_argparse(argparse.Namespace(**vars(given)))  # twine changes what it is given

    with _told(index):
        settings = make()
    return Account(url=address(str(settings.repository_config["repository"])), settings=settings, make=make)


def simple_roots(url: str) -> tuple[str, ...]:
    """Where an index that takes uploads at `url` may have its simple pages."""
    folder = _folder(url)
    parent, _, last = folder.rstrip("/").rpartition("/")
    if last in _UPLOAD_ONLY:
        return (f"{parent}/simple/",)
    if last in {"simple", "+simple"}:
        return (folder,)
    return (f"{folder}simple/", f"{folder}+simple/")


def overridden() -> str | None:
    """The variable of twine's that names an index and is not used here, if one is set."""
    return next((name for name in ("TWINE_REPOSITORY_URL", "TWINE_REPOSITORY") if os.environ.get(name)), None)


def _of_pypi(url: str) -> str:
    site = repository.WAREHOUSE_WEB if url.startswith(utils.DEFAULT_REPOSITORY) else repository.TEST_WAREHOUSE
    return f"{site}simple/"


def _refuse_password(url: str) -> None:
    try:
        holds = urlsplit(url).password is not None
    except ValueError as error:
        raise UsageError(f"{url!r} is no address: {error}.") from None
    if holds:
        raise UsageError(f"The address of the index holds a password. Take it out, and give it by {_WAYS}.")


def _folder(url: str) -> str:
    return url if url.endswith("/") else f"{url}/"


@contextmanager
def _told(index: str | None = None) -> Iterator[None]:
    """Tell twine's errors as ours, and its questions on stderr: stdout is for data."""
    try:
        with redirect_stdout(sys.stderr):
            yield
    except exceptions.NonInteractive:
        raise UsageError(
            f"There is no user name or password for the index. Give them by {_WAYS}; empty variables mean none."
        ) from None
    except exceptions.TrustedPublishingFailure as error:
        said = " ".join(str(error).split())
        raise OutsideError(f"Trusted publishing failed: {said}\n{claims.advice(said, os.environ)}") from None
    except configparser.Error:
        raise UsageError("The file .pypirc is malformed. Correct it, or remove it.") from None
    except exceptions.TwineException as error:
        raise UsageError(f"{' '.join(str(error).split())}{_suggested(index)}") from None
    except (KeyError, TypeError):  # twine takes what it reads for well-formed
        if index is not None:
            raise UsageError(f"[{index}] in .pypirc says no `repository`, the address that files go to.") from None
        raise OutsideError("The index answered in no known way when asked for a token. Try again later.") from None
    except requests.RequestException as error:
        raise OutsideError(f"The index gave no token for trusted publishing: {trouble(error)}.") from None


def _suggested(index: str | None) -> str:
    """The nearest name of an index, where names can be read at all."""
    try:
        names = utils.get_config(utils.DEFAULT_CONFIG_FILE)
    except (OSError, configparser.Error, exceptions.TwineException):
        return ""
    if index is None or index in names:
        return ""
    return f" `index-servers` in [distutils] has to name it, too.{nearest(index, names)}"
