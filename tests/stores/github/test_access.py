"""The repository is found where it is said, and the token goes to its host only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from support import MakeRepository, run_git
from wheelyard.errors import UsageError
from wheelyard.stores.github import access

ACTIONS = {
    "GITHUB_API_URL": "https://api.github.com",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "ada/spam",
}
ENTERPRISE = {
    "GITHUB_API_URL": "https://ghe.example/api/v3",
    "GITHUB_SERVER_URL": "https://ghe.example",
    "GITHUB_REPOSITORY": "ada/spam",
}


@pytest.mark.parametrize(
    ("spec", "environ", "api", "name"),
    [
        pytest.param("", ACTIONS, "https://api.github.com", "ada/spam", id="workflow"),
        pytest.param("", ENTERPRISE, "https://ghe.example/api/v3", "ada/spam", id="enterprise-workflow"),
        pytest.param("bob/eggs", ACTIONS, "https://api.github.com", "bob/eggs", id="named"),
        pytest.param("bob/eggs", {}, "https://api.github.com", "bob/eggs", id="named-on-a-laptop"),
        pytest.param("https://ghe.example/bob/eggs", {}, "https://ghe.example/api/v3", "bob/eggs", id="enterprise"),
        pytest.param(
            "https://GHE.example:8443/bob_x/eggs", {}, "https://ghe.example:8443/api/v3", "bob_x/eggs", id="port"
        ),
        pytest.param("https://eu.ghe.com/bob/eggs", {}, "https://api.eu.ghe.com", "bob/eggs", id="residency"),
        pytest.param("https://github.com/bob/eggs", ENTERPRISE, "https://api.github.com", "bob/eggs", id="other-host"),
    ],
)
def test_a_repository_is_found(spec: str, environ: Mapping[str, str], api: str, name: str, tmp_path: Path) -> None:
    place = access.find(spec, tmp_path, environ)
    assert (place.api, place.name) == (api, name)


@pytest.mark.parametrize(
    ("remote", "api", "name"),
    [
        pytest.param("git@github.com:ada/spam.git", "https://api.github.com", "ada/spam", id="ssh"),
        pytest.param("https://github.com/ada/spam", "https://api.github.com", "ada/spam", id="https"),
        pytest.param("ssh://git@ghe.example:2222/ada/spam.git", "https://ghe.example/api/v3", "ada/spam", id="port"),
        pytest.param("https://x:tok@GitHub.com/ada/spam.git/", "https://api.github.com", "ada/spam", id="login"),
    ],
)
def test_a_remote_names_the_repository(repository: MakeRepository, remote: str, api: str, name: str) -> None:
    root = repository({"a": ""})
    run_git(root, "remote", "add", "origin", remote)
    place = access.find("", root, {})
    assert (place.api, place.name) == (api, name)


@pytest.mark.parametrize("remote", ["/srv/spam.git", "file:///srv/spam.git", "git@github.com:spam.git", None])
def test_a_remote_elsewhere_says_what_to_write(repository: MakeRepository, remote: str | None) -> None:
    root = repository({"a": ""})
    if remote:
        run_git(root, "remote", "add", "origin", remote)
    with pytest.raises(UsageError, match=r"OWNER/NAME"):
        access.find("", root, {})


@pytest.mark.parametrize("name", ["spam", "a/b/c", "../..", "ada/..", "ada/spam?x", "a da/spam", "ada/sp\nam"])
def test_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no repository"):
        access.find(name, tmp_path, ACTIONS)


@pytest.mark.parametrize(
    "api", ["http://ghe.example/api/v3", "ftp://ghe.example", "https://ada:tok@ghe.example/api/v3", "ghe.example"]
)
def test_an_address_that_would_show_the_token_is_refused(api: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="https://") as caught:
        access.find("", tmp_path, {**ENTERPRISE, "GITHUB_API_URL": api})
    assert "tok" not in str(caught.value).replace("token", "")


@pytest.fixture
def no_gh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("no_gh")
def test_the_tokens_of_github_do_not_leave_for_another_host(tmp_path: Path) -> None:
    environ = {**ACTIONS, "GITHUB_TOKEN": "ours", "GH_TOKEN": "ours"}
    place = access.find("https://evil.example/ada/spam", tmp_path, environ)
    with pytest.raises(UsageError, match="no token for evil"):
        access.token(place, environ)
    assert access.token(place, {**environ, "GH_ENTERPRISE_TOKEN": "theirs"}) == "theirs"


@pytest.mark.usefixtures("no_gh")
def test_a_workflow_on_an_enterprise_server_uses_its_token(tmp_path: Path) -> None:
    environ = {**ENTERPRISE, "GITHUB_TOKEN": "ours"}
    assert access.token(access.find("", tmp_path, environ), environ) == "ours"


@pytest.mark.usefixtures("no_gh")
def test_without_a_token_it_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"GITHUB_TOKEN.*gh auth login"):
        access.token(access.find("", tmp_path, ACTIONS), ACTIONS)


def test_gh_is_asked_for_its_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gh = tmp_path / "gh"
    gh.write_text('#!/bin/sh\n[ "$*" = "auth token --hostname github.com" ] && echo from-gh\n')
    gh.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert access.token(access.find("", tmp_path, ACTIONS), ACTIONS) == "from-gh"


@pytest.mark.parametrize("token", ["abc\n", "a b", "a\x00b", "\u00e4", "a\r\nX-Evil: 1"])
def test_a_token_with_odd_characters_is_refused_and_not_shown(tmp_path: Path, token: str) -> None:
    with pytest.raises(UsageError, match="GITHUB_TOKEN") as caught:
        access.token(access.find("", tmp_path, ACTIONS), {**ACTIONS, "GITHUB_TOKEN": token})
    assert token not in str(caught.value)
