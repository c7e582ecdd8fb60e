"""Every golden workflow passes the checkers of others, and those checkers do find what is broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import goldens
import validators

pytestmark = pytest.mark.peers


@pytest.mark.parametrize("name", goldens.NAMES)
def test_actionlint_and_shellcheck_find_nothing(name: str, tmp_path: Path) -> None:
    assert validators.actionlint(goldens.file(name), tmp_path) == []


@pytest.mark.parametrize("name", goldens.NAMES)
def test_actionlint_finds_nothing_where_it_knows_the_inputs_of_actions(name: str, tmp_path: Path) -> None:
    tagged = tmp_path / "wheels.yml"
    tagged.write_text(goldens.render(name, by_tag=True).text)
    assert validators.actionlint(tagged, tmp_path) == []


@pytest.mark.parametrize("name", goldens.NAMES)
def test_zizmor_finds_nothing(name: str) -> None:
    assert [finding["ident"] for finding in validators.zizmor(goldens.file(name))] == []


def test_the_schema_of_workflows_is_kept() -> None:
    assert validators.schema([goldens.file(name) for name in goldens.NAMES]) == ""


def test_github_itself_has_neither_error_nor_warning() -> None:
    said = validators.github([goldens.file(name) for name in goldens.NAMES])
    assert len(said) == len(goldens.NAMES)
    assert {name: sentences for name, sentences in said.items() if sentences} == {}


GOOD = goldens.file("pull-request").read_text()


def change(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


CHECKOUT = "uses: actions/checkout@"
BROKEN = {
    "yaml": GOOD + "  : [\n",
    "a tab": change("  plan:", "\tplan:"),
    "no jobs": GOOD[: GOOD.index("jobs:")],
    "an unknown key": change("timeout-minutes:", "timeout-minute:"),
    "an unknown event": change("  push:", "  pushed:"),
    "a need that is not there": change("needs: [plan]", "needs: [plane]"),
    "a circle of needs": change("    name: Plan\n", "    name: Plan\n    needs: publish\n"),
    "a job twice": GOOD + "\n  plan:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: 'true'\n",
    "no runner": change("    runs-on: ubuntu-24.04\n", ""),
    "a retired runner": change("runs-on: ubuntu-24.04", "runs-on: ubuntu-16.04"),
    "a step with run and uses": change("        run: python -m", "        uses: a/b@v1\n        run: python -m"),
    "an unclosed expression": change(
        "${{ github.sha }}" if "${{ github.sha }}" in GOOD else "${{ inputs.only }}", "${{ x"
    ),
    "an unknown function": change("format(", "formatted("),
    "an unknown context": change("${{ inputs.only }}", "${{ input.only }}"),
    "an output that no job has": change("needs.plan.outputs.commit", "needs.plan.outputs.commits"),
    "a matrix value that no row has": change("${{ matrix.timeout }}", "${{ matrix.timeouts }}"),
    "an action by its tag": change(CHECKOUT, "uses: actions/checkout@v7 # "),
    "text of strangers in a command": change("nox -s lock", "echo ${{ github.event.pull_request.title }}; nox -s lock"),
    "credentials left in the checkout": change("persist-credentials: false", "persist-credentials: true"),
    "permissions for all": change("permissions: {}", "permissions: write-all"),
    "a permission without a reason": change(" # prove to the index that this workflow uploads", ""),
    "a shell mistake": change('"$JOB"', "$JOB"),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_workflow_is_found_by_somebody(text: str, tmp_path: Path) -> None:
    path = tmp_path / "wheels.yml"
    path.write_text(text)
    checkers: tuple[Callable[[], object], ...] = (
        lambda: validators.actionlint(path, tmp_path),
        lambda: validators.github([path])[path.as_posix()],
        lambda: validators.schema([path]),
        lambda: validators.zizmor(path),
    )
    assert any(found(checker) for checker in checkers)


def found(checker: Callable[[], object]) -> bool:
    """Whether a checker has something to say, if only that it cannot read this."""
    try:
        return bool(checker())
    except AssertionError:
        return True
