"""Expressions come to what GitHub makes of them, or to nothing where only a run knows."""

from __future__ import annotations

import pytest

from wheelyard.migration import expressions
from wheelyard.migration.document import Table

OPEN = Table({"event_name": "push", "ref": "refs/tags/v1"})
OPEN.partial = True
SCOPE = {
    "matrix": Table(
        {"os": "ubuntu-latest", "arch": "", "pair": ["cp312", "win32"], "free": "true", "os-version": "11"}
    ),
    "github": OPEN,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("matrix.os", "ubuntu-latest", id="name"),
        pytest.param("matrix['os']", "ubuntu-latest", id="index"),
        pytest.param("matrix.os-version", "11", id="dash"),
        pytest.param("matrix.pair[1]", "win32", id="list"),
        pytest.param("matrix.none", "", id="absent"),
        pytest.param("'it''s'", "it's", id="quote"),
        pytest.param("matrix.arch || 'auto'", "auto", id="or"),
        pytest.param("matrix.os == 'UBUNTU-latest' && 'yes' || 'no'", "yes", id="and or"),
        pytest.param("!matrix.free", "false", id="not"),
        pytest.param("(1 < 2) == true", "true", id="numbers"),
        pytest.param("contains(matrix.pair, 'win32')", "true", id="contains"),
        pytest.param("startsWith(github.ref, 'refs/tags')", "true", id="startsWith"),
        pytest.param("format('{0}-{1}', matrix.os, 'x')", "ubuntu-latest-x", id="format"),
        pytest.param("fromJSON('{\"a\": [true, 3]}').a[1]", "3", id="fromJSON"),
        pytest.param("github.actor", None, id="only a run knows"),
        pytest.param("github.actor && ''", "", id="false whatever it is"),
        pytest.param("github.event_name == 'pull_request' && github.actor", "false", id="decided before"),
        pytest.param("needs.build.result", None, id="another job"),
        pytest.param("hashFiles('x')", None, id="unknown function"),
        pytest.param("matrix.", "", id="cut short"),
        pytest.param("a b", None, id="no expression"),
        pytest.param("%", None, id="no token"),
        pytest.param("(" * 5000, None, id="too deep"),
    ],
)
def test_an_expression_is_evaluated(text: str, value: object) -> None:
    assert expressions.evaluate(text, SCOPE) == value


def test_text_around_expressions_stays() -> None:
    assert expressions.filled("${{ matrix.os }}-${{ matrix.pair[0] }}", SCOPE) == "ubuntu-latest-cp312"


def test_a_text_with_an_unknown_part_is_unknown() -> None:
    assert expressions.filled("a-${{ secrets.TOKEN }}", SCOPE) is None


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        pytest.param("", True, id="none"),
        pytest.param("${{ matrix.free }}", True, id="whole"),
        pytest.param("matrix.os == 'windows'", False, id="false"),
        pytest.param("github.repository == 'a/b'", None, id="unknown"),
        pytest.param("${{ matrix.arch }}", False, id="empty"),
    ],
)
def test_a_condition_holds_or_not_or_is_not_known(text: str, *, holds: bool | None) -> None:
    assert expressions.condition(text, SCOPE) is holds
