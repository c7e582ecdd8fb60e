"""Documents are read whole or refused with every mistake."""

from __future__ import annotations

from typing import Any

import msgspec  # noqa: TC002  # parametrized rows are values
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from wheelyard import config, documents
from wheelyard.errors import ConfigError, UsageError
from wheelyard.locking import lock
from wheelyard.planning import plan
from wheelyard.releasing import manifest
from wheelyard.revision import Revision

MODELS = (config.Tool, lock.Lock, plan.Plan, manifest.JobReport, manifest.Manifest)


def test_every_mistake_is_named_with_its_path_and_the_nearest_name() -> None:
    table: dict[str, Any] = {
        "targets": ["linux-x86_64", "linux-x8664"],
        "packge": ".",
        "timeout": "long",
        "sdist": {"buld": True},
        "runners": {"linux-x86": "a", "macos-arm64": 3},
        "override": [{"env": {"A": 1}}],
        "concurrency": {"total": 0, "macos": 1},
    }
    with pytest.raises(ConfigError) as caught:
        documents.parse(table, config.Tool, source="x")
    said = "\n".join(caught.value.mistakes)
    assert "top level: unknown key 'packge'. Did you mean 'package'?" in said
    assert "targets[1]: unknown value 'linux-x8664'. Did you mean 'linux-x86_64'?" in said
    assert "timeout: expected a whole number or nothing, found 'long'." in said
    assert "sdist: unknown key 'buld'. Did you mean 'build'?" in said
    assert "runners: unknown value 'linux-x86'. Did you mean 'linux-x86_64'?" in said
    assert "runners.macos-arm64: expected a list or a string, found 3." in said
    assert "override[0]: key 'select' is missing." in said
    assert "override[0].env.A: expected a string, found 1." in said
    assert "concurrency.total: 0 is less than the minimum of 1." in said
    assert len(caught.value.mistakes) == 9


def test_a_document_of_a_newer_wheelyard_asks_for_an_upgrade() -> None:
    with pytest.raises(UsageError, match=r"schema 99.*Upgrade wheelyard"):
        documents.load('{"schema": 99}', lock.Lock, source="wheelyard.lock")


def test_what_is_not_json_says_so() -> None:
    with pytest.raises(UsageError, match=r"plan\.json is not JSON"):
        plan.load(b"<<<<<<< ours")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_schemas_are_valid_schemas(model: type[msgspec.Struct]) -> None:
    made = documents.schema(model)
    Draft202012Validator.check_schema(made)
    assert made["$schema"] == documents.SCHEMA_DIALECT


revisions = st.builds(
    Revision, commit=st.none() | st.text(), tree=st.text(), date=st.integers(0, 2**40), dirty=st.booleans()
)


@given(revisions)
def test_what_is_dumped_loads_the_same(revision: Revision) -> None:
    assert documents.load(documents.dump(revision), Revision, source="x") == revision


@given(revisions)
def test_dumping_twice_gives_the_same_bytes(revision: Revision) -> None:
    assert documents.dump(revision) == documents.dump(revision)
