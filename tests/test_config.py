"""`[tool.wheelyard]` becomes values, or all that is wrong with it is said."""

from __future__ import annotations

import pytest

from wheelyard import config, stores
from wheelyard.errors import ConfigError, UsageError
from wheelyard.targets import Target

SHORTEST = '[project]\nname = "spam"\n[tool.wheelyard]\ntargets = ["linux-x86_64"]\n'


def parse(text: str) -> config.Config:
    return config.parse(text, source="pyproject.toml")


def test_the_shortest_table_has_defaults_for_the_rest() -> None:
    read = parse(SHORTEST)
    assert read.tool.targets == (Target.LINUX_X86_64,)
    assert read.tool.package == "."
    assert read.tool.release.tag == "v{version}"
    assert read.project == config.Project(name="spam", version=None, requires_python=None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "has no \\[tool.wheelyard\\]", id="empty"),
        pytest.param("[tool.wheelyard\n", "not valid TOML", id="not TOML"),
        pytest.param(f"\ufeff{SHORTEST}", "byte order mark", id="from an editor on Windows"),
        pytest.param('[tool.wheelyard]\ntargets=["linux-x86_64"]', "what the package is called", id="no name"),
    ],
)
def test_a_file_without_what_is_needed_says_what_to_add(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        parse(text)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        pytest.param("", "nothing to build", id="no targets"),
        pytest.param(
            'targets = ["linux-x86_64"]\npublish = { index = "https://x/", test-first = true }',
            "publish.test-first: TestPyPI is the test of pypi",
            id="test-first",
        ),
        pytest.param('targets = ["linux-x86_64", "linux-x86_64"]', "linux-x86_64 is there twice", id="twice"),
        pytest.param(
            'targets = ["linux-x86_64"]\nemulate = ["linux-s390x"]',
            "emulate: linux-s390x is not",
            id="emulate",
        ),
        pytest.param(
            'targets = ["linux-x86_64"]\nrunners = {linux-s390x = "big"}',
            "runners: linux-s390x",
            id="runners",
        ),
        pytest.param('targets = ["linux-x86_64"]\npackage = "../other"', "leads out of the repository", id="outside"),
    ],
)
def test_keys_that_contradict_each_other_are_named(table: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        parse(f'[project]\nname = "spam"\n[tool.wheelyard]\n{table}\n')


def test_a_store_that_there_is_not_is_a_mistake_before_anything_is_built() -> None:
    for name in stores.STORES:
        assert parse(f'{SHORTEST}release.store = "{name}"').tool.release.store == name
    with pytest.raises(ConfigError, match=r"release\.store: 'directroy:dist' does not match .*\n`wheelyard docs KEY`"):
        parse(f'{SHORTEST}release.store = "directroy:dist"')


def test_a_package_in_a_folder_is_described_by_its_own_file() -> None:
    own = '[project]\nname = "eggs"\nversion = "2"\n[tool.cibuildwheel]\nbuild = "cp312-*"\n'
    read = config.parse(SHORTEST, source="pyproject.toml", package_text=own)
    assert read.project.name == "eggs"
    assert read.cibuildwheel == {"build": "cp312-*"}


def test_poetry_names_a_package_too() -> None:
    read = parse('[tool.poetry]\nname = "spam"\nversion = "1.0"\n[tool.wheelyard]\ntargets = ["linux-x86_64"]\n')
    assert (read.project.name, read.project.version) == ("spam", "1.0")
