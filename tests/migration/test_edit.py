"""Tables are added to a pyproject.toml, and nothing that is there is lost."""

from __future__ import annotations

import tomllib

import pytest

from wheelyard.errors import UsageError
from wheelyard.migration import edit

TOOL = {"targets": ["linux-x86_64"], "steps": [{"when": "before", "run": "a\nb\n"}]}
ODD = """\
# first
[project]
name = "x"   # the name

[tool.cibuildwheel]
build = "cp3*"
skip = [ # why
  'cp39-*', # old
]

[tool.cibuildwheel.linux]
  before-build = "q"
[[tool.cibuildwheel.overrides]]
select = "*-win32" # last
"""
MORE: dict[str, object] = {
    "skip": "pp*",
    "test-command": "t",
    "linux": {"before-all": "y"},
    "overrides": [{"select": "a", "test-skip": "*"}],
}


def added(text: str, options: dict[str, object] | None = None) -> str:
    return edit.added(text, {"cibuildwheel": options or {}, "wheelyard": TOOL}, source="pyproject.toml")


def test_every_line_stays_where_it_is() -> None:
    lines = iter(added(ODD, MORE).splitlines())
    assert all(line in lines for line in ODD.splitlines())


def test_keys_come_into_the_tables_they_belong_to() -> None:
    tool = tomllib.loads(added(ODD, MORE))["tool"]
    assert tool["wheelyard"] == TOOL
    assert tool["cibuildwheel"]["skip"] == ["cp39-*", "pp*"]
    assert tool["cibuildwheel"]["linux"] == {"before-build": "q", "before-all": "y"}
    assert [each["select"] for each in tool["cibuildwheel"]["overrides"]] == ["*-win32", "a"]


def test_globs_in_one_text_grow() -> None:
    text = added('[tool.cibuildwheel]\nskip = "cp39-*" # c\n', {"skip": "pp*"})
    assert 'skip = "cp39-* pp*" # c' in text


def test_windows_line_ends_stay() -> None:
    text = added(ODD.replace("\n", "\r\n"), MORE)
    assert text.count("\n") == text.count("\r\n")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param('[tool]\ncibuildwheel.build = "cp3*" # c\n', id="dotted"),
        pytest.param('tool.cibuildwheel = { build = "cp3*" } # c\n', id="inline"),
        pytest.param("[tool.wheelyards]\n", id="neighbour"),
        pytest.param("[project]\nname = 'x' # no newline at the end", id="no newline"),
    ],
)
def test_a_table_is_added_to_odd_files(text: str) -> None:
    made = added(text)
    assert made.startswith(text.rstrip())
    assert tomllib.loads(made)["tool"]["wheelyard"] == TOOL


def test_what_cannot_be_added_to_is_left_and_said() -> None:
    with pytest.raises(UsageError, match=r"Add this by hand:\n\n\[tool.wheelyard\]\ntargets"):
        added("tool = { x = 1 }\n")
