"""validate-pyproject takes our plug-in, and finds with it what is wrong in `[tool.wheelyard]`."""

from __future__ import annotations

import importlib
import tomllib
from typing import Any

import pytest

from support import ROOT
from wheelyard import reference

pytestmark = pytest.mark.peers
api = pytest.importorskip("validate_pyproject.api", reason="validate-pyproject is not installed")


def check(document: dict[str, Any]) -> object:
    """What validate-pyproject makes of a document, with our plug-in alone."""
    plugins = importlib.import_module("validate_pyproject.plugins")
    return api.Validator(plugins=[plugins.PluginWrapper("wheelyard", reference.validate_pyproject)])(document)


def test_our_own_table_is_valid() -> None:
    read = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert check(read) == read


@pytest.mark.parametrize(
    ("table", "says"),
    [
        pytest.param({"targets": ["linux-x8664"]}, "targets", id="value"),
        pytest.param({"packge": "."}, "packge", id="key"),
        pytest.param({"steps": [{"run": "x"}]}, "when", id="absent"),
    ],
)
def test_a_mistake_is_found(table: dict[str, object], says: str) -> None:
    errors = pytest.importorskip("validate_pyproject.errors")
    with pytest.raises(errors.ValidationError, match=says):
        check({"tool": {"wheelyard": table}})


def test_it_is_registered_under_the_name_that_is_looked_for() -> None:
    points = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    assert points["validate_pyproject.tool_schema"] == {"wheelyard": "wheelyard.reference:validate_pyproject"}
