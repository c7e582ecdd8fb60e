"""An index and its credentials are found as twine finds them, and nothing secret is told."""

from __future__ import annotations

import os
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from twine import utils

from wheelyard.errors import UsageError
from wheelyard.index import account

SECRET = "pypi-" + "s" * 20


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("TWINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    return tmp_path


def test_names_that_twine_knows_have_their_addresses_from_twine() -> None:
    assert account.resolve("pypi").url == utils.DEFAULT_REPOSITORY
    assert account.resolve("testpypi").url == utils.TEST_REPOSITORY


@pytest.mark.parametrize("name", ["pypi", "testpypi"])
def test_what_they_show_is_at_the_same_site(name: str) -> None:
    chosen = account.resolve(name)
    (root,) = chosen.reader().roots
    assert root.endswith("/simple/")
    assert root.split("/")[2].split(".")[-2:] == chosen.url.split("/")[2].split(".")[-2:]


def test_a_section_of_pypirc_is_an_index(home: Path) -> None:
    (home / ".pypirc").write_text(
        f"[distutils]\nindex-servers = mine\n[mine]\nrepository = https://mine.example/x/\n"
        f"username = ada\npassword = {SECRET}\n"
    )
    chosen = account.resolve("mine")
    assert chosen.url == "https://mine.example/x/"
    assert chosen.login() == ("ada", SECRET)


def test_the_environment_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINE_USERNAME", "ada")
    monkeypatch.setenv("TWINE_PASSWORD", SECRET)
    assert account.resolve("https://mine.example/").login() == ("ada", SECRET)


class Ring(KeyringBackend):
    """A keyring that knows one secret."""

    priority = 1.0

    def get_password(self, service: str, username: str) -> str | None:
        return SECRET if (service, username) == ("https://mine.example/", "ada") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


def test_the_keyring_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINE_USERNAME", "ada")
    before = keyring.get_keyring()
    keyring.set_keyring(Ring())  # type: ignore[no-untyped-call]  # keyring's own constructor has no types
    try:
        assert account.resolve("https://mine.example/").login() == ("ada", SECRET)
    finally:
        keyring.set_keyring(before)


def test_empty_variables_mean_no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINE_USERNAME", "")
    monkeypatch.setenv("TWINE_PASSWORD", "")
    assert account.resolve("https://mine.example/").login() is None


def test_without_any_login_it_says_where_to_give_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINE_NON_INTERACTIVE", "1")
    with pytest.raises(UsageError, match=r"TWINE_USERNAME and TWINE_PASSWORD, \.pypirc"):
        account.resolve("https://mine.example/").login()


def test_the_address_a_user_chose_wins_over_twines_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINE_REPOSITORY_URL", "https://other.example/")
    assert account.resolve("https://mine.example/").url == "https://mine.example/"
    assert account.overridden() == "TWINE_REPOSITORY_URL"


def test_a_token_with_a_newline_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINE_USERNAME", "ada")
    monkeypatch.setenv("TWINE_PASSWORD", f"{SECRET}\n")
    with pytest.raises(UsageError, match="line break") as caught:
        account.resolve("https://mine.example/").login()
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("letter", ["\t", "\u0142", "\u2026"])
def test_a_token_that_http_cannot_carry_is_refused(letter: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWINE_USERNAME", "ada")
    monkeypatch.setenv("TWINE_PASSWORD", f"{SECRET}{letter}")
    with pytest.raises(UsageError, match="that HTTP cannot carry") as caught:
        account.resolve("https://mine.example/").login()
    assert SECRET not in str(caught.value)


def test_a_password_in_the_address_of_simple_pages_is_refused_too() -> None:
    with pytest.raises(UsageError, match="holds a password") as caught:
        account.resolve("https://mine.example/").reader(f"https://ada:{SECRET}@mine.example/simple/")
    assert SECRET not in str(caught.value)


def test_a_password_in_the_address_of_a_section_is_never_shown(home: Path) -> None:
    section = f"[mine]\nrepository = https://ada:{SECRET}@mine.example/x/\n"
    (home / ".pypirc").write_text(f"[distutils]\nindex-servers = mine\n{section}")
    chosen = account.resolve("mine")
    assert chosen.url == "https://mine.example/x/"
    assert chosen.reader().roots == ("https://mine.example/x/simple/", "https://mine.example/x/+simple/")


def test_a_section_without_an_address_is_told(home: Path) -> None:
    (home / ".pypirc").write_text(f"[distutils]\nindex-servers = mine\n[mine]\npassword = {SECRET}\n")
    with pytest.raises(UsageError, match=r"\[mine\] in \.pypirc says no `repository`") as caught:
        account.resolve("mine")
    assert SECRET not in str(caught.value)


def test_a_section_that_is_not_listed_is_told(home: Path) -> None:
    (home / ".pypirc").write_text("[mine]\nrepository = https://mine.example/x/\n")
    with pytest.raises(UsageError, match=r"`index-servers` in \[distutils\] has to name it"):
        account.resolve("mine")


def test_a_password_in_the_address_is_refused_without_showing_it() -> None:
    with pytest.raises(UsageError, match="holds a password") as caught:
        account.resolve(f"https://ada:{SECRET}@mine.example/")
    assert SECRET not in str(caught.value)


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean 'testpypi'"):
        account.resolve("testpipy")


def test_a_malformed_pypirc_is_told_without_showing_it(home: Path) -> None:
    (home / ".pypirc").write_text(f"password = {SECRET}\n")
    with pytest.raises(UsageError, match=r"\.pypirc") as caught:
        account.resolve("pypi")
    assert SECRET not in str(caught.value)


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(UsageError, match="is no address"):
        account.resolve("http://[")


@pytest.mark.parametrize("url", ["ftp://mine.example/", "https://"])
def test_an_address_that_twine_refuses_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="Invalid repository URL"):
        account.resolve(url)


@pytest.mark.parametrize(
    ("url", "roots"),
    [
        pytest.param("https://h/legacy/", ("https://h/simple/",), id="warehouse"),
        pytest.param("http://h:8080", ("http://h:8080/simple/", "http://h:8080/+simple/"), id="pypiserver"),
        pytest.param("https://h/u/i/", ("https://h/u/i/simple/", "https://h/u/i/+simple/"), id="devpi"),
        pytest.param("https://h/f/pypi/upload", ("https://h/f/pypi/simple/",), id="upload"),
        pytest.param("https://h/simple/", ("https://h/simple/",), id="simple-itself"),
    ],
)
def test_the_simple_pages_are_looked_for_where_indexes_have_them(url: str, roots: tuple[str, ...]) -> None:
    assert account.simple_roots(url) == roots
