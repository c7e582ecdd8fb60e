"""`wheelyard docs`, as a person runs it."""

from __future__ import annotations

import json

import pytest

from wheelyard import cli


def test_a_key_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["docs", "audit.max-size"]) == 0
    assert capsys.readouterr().out == (
        "[tool.wheelyard.audit] max-size\n"
        "  The largest wheel, in kB, MB or GB.\n\n"
        "  takes:   text\n"
        "  default: none\n"
        '  example: max-size = "25 MB"\n'
    )


def test_without_a_key_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["docs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("targets ")
    assert any(line.startswith("workflow.jobs.steps.run ") for line in lines)


def test_json_has_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["docs", "timeout", "--json"]) == 0
    (key,) = json.loads(capsys.readouterr().out)
    assert (key["path"], key["type"], key["example"]) == ("timeout", "a whole number", "timeout = 90")


@pytest.mark.parametrize("name", ["runers", "tool.wheelyard.runers"])
def test_an_unknown_key_is_a_usage_error(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["docs", name]) == 2
    assert "Did you mean 'runners'" in capsys.readouterr().err
