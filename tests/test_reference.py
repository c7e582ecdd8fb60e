"""What people look up is made of the models, whole and true."""

from __future__ import annotations

import tomllib

import pytest
from jsonschema import Draft7Validator

from wheelyard import config, reference
from wheelyard.errors import UsageError

LEAVES = [key for key in reference.every() if key.type not in {"a table", "a list of tables"}]
# What must stand beside a key for its table to be whole.
BESIDE = {
    "publish.nightly": 'index = "x"\n',
    "override": 'select = "*"\n',
    "audit.ignore": 'rule = "r"\nreason = "r"\n',
    "concurrency": "total = 9\nmacos = 3\n",
    "source": f'url = "https://example.org/a"\nsha256 = "{64 * "0"}"\nunpack = "a"\n',
    "steps": 'when = "before"\n',
    "workflow.jobs": 'id = "a"\nsteps = [{ run = "true" }]\n',
    "workflow.jobs.steps": "",
}


@pytest.mark.parametrize("key", reference.every(), ids=lambda key: key.path)
def test_every_key_says_what_it_is(key: reference.Key) -> None:
    assert key.says.endswith(".")


@pytest.mark.parametrize("key", LEAVES, ids=lambda key: key.path)
def test_every_example_is_one(key: reference.Key) -> None:
    table = key.path.rpartition(".")[0]
    beside = "".join(line + "\n" for line in BESIDE.get(table, "").splitlines() if not line.startswith(f"{key.name} ="))
    text = f"{key.header}\n{beside}{key.example.removesuffix('`')}\n"
    if table == "workflow.jobs.steps":
        text = f'[[tool.wheelyard.workflow.jobs]]\nid = "a"\n{text}'
    parsed = tomllib.loads(text)
    errors = list(Draft7Validator(reference.editors()).iter_errors(parsed["tool"]["wheelyard"]))
    assert [error.message for error in errors] == []


def test_a_key_is_found_by_any_of_its_names() -> None:
    names = (
        "audit.max-size",
        "max-size",
        "max_size",
        "tool.wheelyard.audit.max-size",
        "[tool.wheelyard.audit]",
    )
    assert [reference.find(name)[0].path for name in names] == [*4 * ["audit.max-size"], "audit"]


def test_a_table_is_found_with_what_is_in_it() -> None:
    assert [key.path for key in reference.find("sdist")] == ["sdist", "sdist.build", "sdist.wheels-from-sdist"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("targts", "Did you mean 'targets'", id="misspelt"),
        pytest.param("select", "Did you mean 'audit.ignore.select' or 'override.select'", id="several"),
    ],
)
def test_a_key_that_is_not_there_is_answered_with_those_meant(name: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        reference.find(name)


def test_the_schema_of_editors_is_draft_7_and_says_what_keys_are() -> None:
    made = reference.editors()
    Draft7Validator.check_schema(made)
    assert made["properties"]["targets"]["description"] == reference.find("targets")[0].says
    assert list(Draft7Validator(made).iter_errors({"targets": ["linux-x86_64"], "packge": "."})) != []


def test_describing_a_schema_leaves_the_one_that_documents_are_checked_with() -> None:
    from wheelyard import documents  # noqa: PLC0415

    reference.schema(config.Tool)
    assert "description" not in documents.schema(config.Tool)["$defs"]["Tool"]["properties"]["targets"]
