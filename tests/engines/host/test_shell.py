"""Assignments in bash's language, split by us and evaluated by bash."""

from __future__ import annotations

from pathlib import Path

import pytest

from wheelyard.doors.process import Programs
from wheelyard.engines.host.shell import assignments, evaluate, without_bash
from wheelyard.errors import UsageError


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param("A=1 B=2", ("A=1", "B=2"), id="plain"),
        pytest.param("A=\"x y\"  B='p q'", ('A="x y"', "B='p q'"), id="quoted"),
        pytest.param('A="say \\"hi\\""', ('A="say \\"hi\\""',), id="escaped"),
        pytest.param("A=$(echo 'a b' \"c)\") B=2", ("A=$(echo 'a b' \"c)\")", "B=2"), id="command"),
        pytest.param(
            'A="$(echo "x y")" B=`date -u` C=${D:-e f}',
            ('A="$(echo "x y")"', "B=`date -u`", "C=${D:-e f}"),
            id="nested",
        ),
        pytest.param("A=one\\ word\nB=2", ("A=one\\ word", "B=2"), id="lines"),
        pytest.param("A=", ("A=",), id="empty"),
    ],
)
def test_words_are_split_outside_quotes_and_substitutions(text: str, words: tuple[str, ...]) -> None:
    assert assignments(text) == words


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("A=1 ls", id="command"),
        pytest.param("A=1; rm -rf x", id="second-command"),
        pytest.param("A=1 > file", id="redirection"),
        pytest.param("A=1 && B=2", id="and"),
        pytest.param('A="x', id="open-quote"),
        pytest.param("A=$(x", id="open-substitution"),
        pytest.param("1A=2", id="name"),
    ],
)
def test_anything_but_assignments_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="environment"):
        assignments(text)


def values(text: str, folder: Path, **environment: str) -> dict[str, str]:
    (folder / "data.txt").write_text("from a file\n")
    own = {"PATH": "/usr/bin:/bin", **environment}
    log = folder / "log"
    return evaluate(assignments(text), environment=own, folder=folder, programs=Programs(), log=log)


def test_later_values_see_earlier_ones_and_the_environment(tmp_path: Path) -> None:
    found = values('FRUIT=lemon DRINK="$FRUIT tea with $WITH" PATH="/opt/x:$PATH"', tmp_path, WITH="milk")
    assert found["DRINK"] == "lemon tea with milk"
    assert found["PATH"] == "/opt/x:/usr/bin:/bin"


def test_commands_run_in_the_project(tmp_path: Path) -> None:
    assert values('TEXT="$(cat data.txt)" COUNT=$(ls | grep -c data)', tmp_path)["TEXT"] == "from a file"


def test_blanks_globs_and_newlines_in_values_survive(tmp_path: Path) -> None:
    found = values("A='two  words' B='*' C=$A D=\"$(printf 'a\\nb')\" E=é", tmp_path)
    assert [found[name] for name in "ABCDE"] == ["two  words", "*", "two  words", "a\nb", "é"]


def test_only_what_is_assigned_changes(tmp_path: Path) -> None:
    found = values("A=1", tmp_path, SHLVL="7", BASH_ENV=str(tmp_path / "no"))
    assert found == {"PATH": "/usr/bin:/bin", "SHLVL": "7", "BASH_ENV": str(tmp_path / "no"), "A": "1"}


def test_a_failing_command_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot evaluate"):
        values("A=$(cat no-such-file)", tmp_path)


def test_on_windows_quotes_and_variables_are_known_and_nothing_runs() -> None:
    words = assignments("A=1 B=\"x $A\" C='a b' D=${A}2")
    made = without_bash(words, environment={"PATH": "p"})
    assert made == {"PATH": "p", "A": "1", "B": "x 1", "C": "a b", "D": "12"}


@pytest.mark.parametrize("text", ["A=$(ls)", "A=`ls`", "A='$B'"])
def test_what_needs_a_bash_is_refused_on_windows(text: str) -> None:
    with pytest.raises(UsageError, match="needs a bash, which Windows has not"):
        without_bash(assignments(text), environment={})
