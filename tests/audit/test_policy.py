"""What `[tool.wheelyard.audit]` may say, and the page that explains the rules."""

from __future__ import annotations

import pytest

from wheelyard import config
from wheelyard.audit import policy
from wheelyard.errors import ConfigError

PROJECT = '[project]\nname = "spam"\nversion = "1"\n[tool.wheelyard]\npure = true\n[tool.wheelyard.audit]\n'


def parsed(table: str) -> config.Audit:
    return config.parse(PROJECT + table, source="pyproject.toml").tool.audit


def test_the_newest_allowed_is_written_as_the_tags_write_it() -> None:
    audit = parsed('manylinux = "2_28"\nmusllinux = "1_2"\nmacos = "11.0"\nabi3 = "3.9"\nmax-size = "25 MB"\n')
    assert (audit.manylinux, audit.musllinux, audit.macos) == ("2_28", "1_2", "11.0")
    assert (audit.abi3, audit.max_size) == ("3.9", "25 MB")


@pytest.mark.parametrize(
    "line", ['manylinux = "new"', 'macos = "11"', 'abi3 = "cp39"', 'max-size = "big"', 'max-size = "25 MiB"']
)
def test_another_spelling_is_a_mistake_with_its_path(line: str) -> None:
    with pytest.raises(ConfigError, match=line.partition(" ")[0]):
        parsed(line)


def test_an_ignore_without_a_reason_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match="reason"):
        parsed('[[tool.wheelyard.audit.ignore]]\nrule = "debug-symbols"\n')


@pytest.mark.parametrize(
    ("text", "number"), [("25 MB", 25_000_000), ("1.5GB", 1_500_000_000), ("300 kB", 300_000)], ids=str
)
def test_sizes_are_decimal_as_the_index_counts_them(text: str, number: int) -> None:
    assert policy.size(text) == number


@pytest.mark.parametrize(("text", "numbers"), [("2014", (2, 17)), ("2_28", (2, 28)), ("11.0", (11, 0)), ("1", (2, 5))])
def test_versions_are_compared_as_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert policy.version(text) == numbers
