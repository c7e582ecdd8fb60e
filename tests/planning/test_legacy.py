"""A package without [project] is known by its older files."""

from __future__ import annotations

import pytest

from wheelyard.planning import legacy


@pytest.mark.parametrize(
    ("files", "name"),
    [
        pytest.param({"setup.cfg": "[metadata]\nv = 1\nname = spam\n[options]\nname = no\n"}, "spam", id="setup.cfg"),
        pytest.param({"setup.py": "setup(name='spam')"}, "spam", id="setup.py"),
        pytest.param({"setup.py": "setuptools.setup(name=NAME)\nNAME = 'spam'"}, "spam", id="variable"),
        pytest.param({"setup.py": "arguments = dict(name='spam')\nsetup(**arguments)"}, "spam", id="dict"),
        pytest.param({"setup.py": "setup(name=find())"}, None, id="computed"),
        pytest.param({"setup.py": "setup("}, None, id="broken"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_the_name_is_read_and_nothing_is_run(files: dict[str, str], name: str | None) -> None:
    assert legacy.name(files) == name


@pytest.mark.parametrize(
    ("cargo", "maturin", "version"),
    [
        pytest.param('version = "1.2.3"', {}, "1.2.3", id="written"),
        pytest.param('version = "1.0.0-alpha.1"', {}, "1.0.0a1", id="as PEP 440 spells it"),
        pytest.param("version.workspace = true", {}, None, id="of the workspace"),
        pytest.param('version = "1.2.3"', {"manifest-path": "rust/Cargo.toml"}, None, id="of another crate"),
        pytest.param("version = ", {}, None, id="broken"),
        pytest.param("", {}, None, id="nothing"),
    ],
)
def test_maturins_version_is_that_of_the_crate(cargo: str, maturin: dict[str, str], version: str | None) -> None:
    pyproject = {"build-system": {"build-backend": "maturin"}, "tool": {"maturin": maturin}}
    assert legacy.version(pyproject, {"Cargo.toml": f"[package]\n{cargo}\n"}) == version


def test_other_back_ends_make_their_own_version() -> None:
    pyproject = {"build-system": {"build-backend": "setuptools.build_meta"}}
    assert legacy.version(pyproject, {"Cargo.toml": '[package]\nversion = "1.2.3"\n'}) is None
