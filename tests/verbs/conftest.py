"""What tests of several verbs use: a GitHub of our own that the environment names, as that of a workflow does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import fakegithub
from fakegithub import Server


@pytest.fixture(scope="session")
def _github(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with fakegithub.serve(tmp_path_factory.mktemp("github")) as running:
        yield running


@pytest.fixture
def github(_github: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """A GitHub that knows nothing yet."""
    _github.reset()
    for name, value in {
        "GITHUB_REPOSITORY": _github.repository,
        "GITHUB_API_URL": _github.url,
        "GITHUB_TOKEN": _github.token,
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    return _github
