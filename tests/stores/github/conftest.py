"""Stores over a fake GitHub that speaks real HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import fakegithub
from fakegithub import Server
from releases import make_bundle
from wheelyard.stores import Bundle
from wheelyard.stores.github import GitHub
from wheelyard.stores.github.access import Place
from wheelyard.stores.github.client import Client
from wheelyard.stores.github.pace import Pace

MakeStore = Callable[..., GitHub]


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with fakegithub.serve(tmp_path_factory.mktemp("github")) as running:
        yield running


@pytest.fixture
def server(_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    _server.reset()
    return _server


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def make_store(server: Server, pauses: list[float]) -> MakeStore:
    """A store that pauses no longer than it has to be seen."""

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        time.sleep(min(seconds, 0.01))

    def make(*, token: str = server.token, name: str = server.repository, pace: Pace | None = None) -> GitHub:
        place = Place(api=server.url, host="127.0.0.1", name=name)
        return GitHub(client=Client(place=place, token=token, pace=pace or Pace(limits=((1000, 1.0),), sleep=sleep)))

    return make


@pytest.fixture
def store(make_store: MakeStore) -> GitHub:
    return make_store()


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return make_bundle(tmp_path / "made")


@pytest.fixture
def other(tmp_path: Path) -> Bundle:
    return make_bundle(tmp_path / "other", data=b"other bytes")
