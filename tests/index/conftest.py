"""A job on GitHub Actions, both indexes that twine knows, a Sigstore, and a project with a release."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from releases import make_bundle, make_project, make_wheelhouse
from support import MakeRepository
from wheelyard import cli
from wheelyard.errors import Exit
from wheelyard.stores import Bundle

if TYPE_CHECKING:
    from fakepypi import FakePyPI


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePyPI]:
    from fakepypi import TEST, UPLOAD, WEB, fake_pypi  # noqa: PLC0415  # needs what some machines do not have

    with fake_pypi(tmp_path) as running:
        for name in [name for name in os.environ if name.startswith("TWINE_")]:
            monkeypatch.delenv(name)
        home = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        for name, value in {**running.environment, **home}.items():
            monkeypatch.setenv(name, value)
        running.sigstore.pose()
        yield running
        assert running.reached <= {UPLOAD, TEST, WEB}


@pytest.fixture
def project(repository: MakeRepository) -> Path:
    root = make_project(repository)
    make_wheelhouse(root / "wheelhouse")
    assert cli.main(["collect", "-C", str(root), "-q"]) == Exit.DONE
    return root


@pytest.fixture
def attesting_project(project: Path, fake: FakePyPI) -> Path:
    table = (project / "pyproject.toml").read_text()
    (project / "sigstore.json").write_bytes(fake.trusted.read_bytes())
    (project / "pyproject.toml").write_text(table.replace("attest = false", 'trust-config = "sigstore.json"'))
    return project


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return make_bundle(tmp_path / "made")
