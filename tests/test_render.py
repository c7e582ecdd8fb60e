"""Values survive YAML and GitHub; workflows are the same bytes everywhere; templates of the user's own are checked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import goldens
from wheelyard import config, render, resources
from wheelyard.errors import ConfigError, UsageError
from wheelyard.locking import pins
from wheelyard.locking.lock import Pin
from wheelyard.planning import planner
from wheelyard.render import drift, quoting, seal, workflow
from wheelyard.render.quoting import Expression, Uses
from wheelyard.revision import Revision

ROOT = Path(__file__).parents[1]
NASTY = (
    "1e3",
    "no",
    "3.10",
    "'",
    '"',
    "#",
    "a #b",
    "a: b",
    "- a",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a",
    "{a}",
    "[a]",
    "",
)
MORE = ("naïve 🛞", "two\nlines", "tab\there", "\x07", "~", "null", "0x10", "1_000", "2001-01-01", "=", "<<", "on", "y")


def read(text: str) -> Any:
    return yaml.safe_load(text)


@pytest.mark.parametrize("name", goldens.NAMES)
def test_a_workflow_is_as_it_was_reviewed(name: str) -> None:
    workflow.verify(goldens.file(name).read_text())
    assert goldens.render(name).text == goldens.file(name).read_text(), "if this is meant, run tests/goldens.py"


@pytest.mark.parametrize("text", NASTY + MORE)
def test_a_string_stays_that_string_in_yaml(text: str) -> None:
    assert read(f"key: {quoting.scalar(text)}") == {"key": text}
    assert read(f"key: [{quoting.scalar(text)}, b]") == {"key": [text, "b"]}


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives(text: str) -> None:
    text = text.replace("${{", "")
    assert read(f"a:\n  - b: {quoting.scalar(text)}\n") == {"a": [{"b": text}]}


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_command_survives_as_a_block(text: str) -> None:
    text = text.replace("${{", "")
    found = read(f"- run: {quoting.block(text, 4)}\n")[0]["run"]
    assert found.rstrip("\n") == text.rstrip("\n")


def test_text_that_looks_like_an_expression_is_kept_from_github() -> None:
    assert quoting.scalar("a ${{ secrets.X }}") == """"a ${{ '${{' }} secrets.X }}\""""


def test_an_expression_is_kept_for_github() -> None:
    assert quoting.scalar(Expression("github.ref")) == "${{ github.ref }}"
    assert read(quoting.scalar(Expression("a == 'b: c' #"))) == "${{ a == 'b: c' # }}"


@pytest.mark.parametrize("text", ["it's", "${{ x }}", "}}", "two\nlines", '"', "🛞", "\\"])
def test_a_literal_in_an_expression_holds_no_quote_and_no_brace(text: str) -> None:
    found = quoting.literal(text)
    inside = found.removeprefix("fromJSON('").removesuffix("')")
    assert not set(inside) & set("'{}\n$")
    assert json.loads(inside) == text


def test_a_list_a_number_and_a_truth_are_yaml() -> None:
    assert read(quoting.scalar(("a", "3.10"))) == ["a", "3.10"]
    assert (quoting.scalar(value=True), quoting.scalar(7)) == ("true", "7")
    assert quoting.scalar(Uses(action="a/b", ref="c", tag="v1")) == "a/b@c # v1"


def test_a_cell_of_a_table_holds_no_markup() -> None:
    assert quoting.cell("<img|`x`>\n") == "&#60;img&#124;&#96;x&#96;&#62; "


@pytest.mark.parametrize("template", sorted(resources.templates().rglob("*.yml")), ids=lambda path: path.name)
def test_a_template_is_valid_yaml_itself(template: Path) -> None:
    assert read(template.read_text())


@pytest.mark.parametrize("name", goldens.NAMES)
def test_every_action_is_pinned_and_every_job_has_a_timeout_and_permissions(name: str) -> None:
    text = goldens.file(name).read_text()
    document = read(text)
    assert all(use.pinned and use.tag for use in pins.used(text))
    assert document["permissions"] == {}
    assert all("timeout-minutes" in job and "permissions" in job for job in document["jobs"].values())


@pytest.mark.parametrize("name", goldens.NAMES)
def test_no_command_holds_an_expression(name: str) -> None:
    jobs = read(goldens.file(name).read_text())["jobs"]
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert commands
    assert not [command for command in commands if "${{" in command]


@pytest.mark.parametrize("name", goldens.NAMES)
def test_only_the_ends_of_a_release_may_write(name: str) -> None:
    jobs = read(goldens.file(name).read_text())["jobs"]
    writers = {key for key, job in jobs.items() if "write" in (job["permissions"] or {}).values()}
    assert writers <= {"preflight", "collect", "publish-test", "publish", "finish", "announce"}


def test_who_uploads_to_a_private_index_shows_a_private_sigstore_who_it_is() -> None:
    table = '[tool.wheelyard.publish]\nindex = "https://pypi.example.org/legacy/"\n'
    made = {}
    for trust in ("", 'trust-config = "sigstore.json"\n'):
        parsed = config.parse(f"{goldens.source('shortest')}\n{table}{trust}", source="pyproject.toml")
        plan = planner.make(parsed, goldens.locked("shortest"), Revision(commit=None, tree="", date=0, dirty=False))
        text = workflow.make(parsed, plan, pins.effective(goldens.locked("shortest"))).text
        made[trust] = read(text)["jobs"]["publish"]
    before, after = made.values()
    assert after["permissions"] == {**before["permissions"], "id-token": "write"}
    assert "secrets.TWINE_PASSWORD" in str(after)
    assert ["wheelyard[attest]==" in str(job) for job in (before, after)] == [False, True]


def test_the_bytes_depend_on_neither_hash_seed_nor_locale(tmp_path: Path) -> None:
    code = "import goldens, sys; [sys.stdout.buffer.write(goldens.render(n).text.encode()) for n in goldens.SMALL]"
    found = set()
    for seed, language in (("1", "C"), ("2", "de_DE.UTF-8"), ("3", "tr_TR.UTF-8")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": language, "PYTHONPATH": f"{ROOT}/ci:{ROOT}/tests"}
        found.add(subprocess.run((sys.executable, "-c", code), check=True, capture_output=True, env=env).stdout)
    assert len(found) == 1


def own(tmp_path: Path, text: str, *, name: str = "workflow.yml") -> str:
    """The workflow of the shortest configuration with a template of the user's own."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    found = goldens.locked("shortest")
    plan = planner.make(goldens.parsed("shortest"), found, Revision(commit=None, tree="", date=0, dirty=False))
    made = workflow.make(goldens.parsed("shortest"), plan, pins.effective(found), custom=tmp_path).text
    workflow.verify(made)
    return made


def test_a_template_of_the_users_own_changes_one_block(tmp_path: Path) -> None:
    text = own(tmp_path, '#% extends "wheelyard/workflow.yml"\n#% block header\nname: Mine\n#% endblock\n')
    assert "\nname: Mine\n" in text
    assert set(read(text)["jobs"]) == {"plan", "sdist", "build", "collect", "publish", "report"}


def test_a_piece_of_the_users_own_takes_the_place_of_ours(tmp_path: Path) -> None:
    text = own(tmp_path, "      - name: All of it\n        run: ./set-up\n", name="pieces/set-up.yml")
    assert text.count("./set-up") == 6


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("a: 1\nb: <% nothing %>\n", r"workflow.yml, line 2: 'nothing' is undefined", id="unknown name"),
        pytest.param("a: 1\n#% if\n", r"workflow.yml, line 2: ", id="syntax"),
        pytest.param("#% for x in tags\n- <% x %>\n", r"workflow.yml, line \d: ", id="unclosed"),
        pytest.param('#% include "none.yml"\n', "'none.yml', which is not there", id="no such file"),
        pytest.param("a: <% tags.nothing %>\n", r"workflow.yml, line 1: .*nothing", id="unknown attribute"),
        pytest.param("a: [\n", "not YAML", id="no YAML"),
        pytest.param("a: 1\n", "without jobs", id="no jobs"),
        pytest.param(
            "jobs:\n  a:\n    steps:\n      - uses: a/b@v1\n", "not pinned to a commit: a/b", id="an action by its tag"
        ),
    ],
)
def test_a_bad_template_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        own(tmp_path, text)


def test_an_undefined_name_is_an_error_even_in_a_condition(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'nothing' is undefined"):
        render.text("workflow.yml", {}, custom=_folder(tmp_path, "#% if nothing\n#% endif\n"))


def _folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "workflow.yml").write_text(text)
    return tmp_path


PINNED = {"actions/checkout": Pin(tag="v7.0.1", sha="a" * 40)}


def moved(line: str) -> dict[str, Pin]:
    return pins.newer(pins.used(f"    steps:\n      - uses: {line}\n"), PINNED)


def test_a_newer_pin_of_a_bot_is_found() -> None:
    assert moved(f"actions/checkout@{'b' * 40} # v7.1.0") == {"actions/checkout": Pin(tag="v7.1.0", sha="b" * 40)}
    assert moved(f"actions/checkout@{'a' * 40} # v7.0.1") == {}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        pytest.param("actions/checkout@v8 # v8", "a name that can be moved", id="a tag"),
        pytest.param(f"actions/checkout@{'b' * 40}", "does not say its tag", id="no tag"),
        pytest.param(f"actions/checkout@{'b' * 40} # v6.9", "goes back", id="older"),
        pytest.param(f"actions/checkout@{'b' * 40} # v7.0.1", "a tag that moves may be an attack", id="moved tag"),
    ],
)
def test_a_pin_that_is_no_progress_is_refused(line: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        moved(line)


def test_one_action_at_two_commits_is_refused() -> None:
    text = "".join(f"- uses: actions/checkout@{letter * 40} # v8\n" for letter in "bc")
    with pytest.raises(UsageError, match="several commits"):
        pins.newer(pins.used(text), PINNED)


@pytest.mark.parametrize("name", ['spam"', "spam: settings x", "🛞 spam"])
def test_the_head_names_any_package(name: str) -> None:
    parts = dict.fromkeys(("settings", "plan", "pins", "templates"), 1)
    text = seal.sealed("on: 1\n", package=name, source="pyproject.toml", parts=parts)
    found = seal.read(text)
    assert found is not None
    assert found.package == name
    assert seal.body(text) == "on: 1\n"
    assert not drift.is_edited(text)


TABLE = '[project]\nname = "spam"\n[tool.wheelyard]\ntargets = ["linux-x86_64"]\n'


@pytest.mark.parametrize(
    ("table", "says"),
    [
        pytest.param("on = { tag = false, pull-request = false, dispatch = false }", "nothing starts", id="nothing"),
        pytest.param('on = { tag = "release-*" }', "would never match", id="a tag that never comes"),
        pytest.param('on = { schedule = "weekly" }', "no cron line", id="no cron"),
        pytest.param('on = { pull-request = { mode = "full", subset = "cp*" } }', "contradict", id="two modes"),
        pytest.param('on = { pull-request = { paths = ["${{ x }}"] } }', "cannot be matched", id="expression in paths"),
        pytest.param('on = { pul-request = "full" }', "Did you mean 'pull-request'", id="a typing mistake"),
        pytest.param(
            'steps = [{ when = "before", uses = "a/b@v1" }]', r"steps\[0\].uses: .* is not pinned", id="uses a tag"
        ),
        pytest.param('steps = [{ when = "before", run = "x", uses = "y" }]', "either run or uses", id="run and uses"),
        pytest.param('steps = [{ when = "before" }]', "either run or uses", id="neither"),
        pytest.param('steps = [{ when = "after", run = "echo ${{ x }}" }]', "Hand it over in env", id="expression"),
        pytest.param('steps = [{ when = "after", run = "x", where = "win*" }]', "none of the targets", id="nowhere"),
        pytest.param('steps = [{ when = "after", run = "x", env = { "A B" = "" } }]', "no name of an env", id="env"),
        pytest.param('workflow = { file = "../x.yml" }', "workflow.file", id="a file elsewhere"),
        pytest.param(
            'workflow = { jobs = [{ id = "plan", steps = [{ run = "x" }] }] }', "another job called 'plan'", id="our id"
        ),
        pytest.param(
            'workflow = { jobs = [{ id = "a", permissions = { content = "read" }, steps = [{ run = "x" }] }] }',
            "Did you mean 'contents'",
            id="unknown permission",
        ),
        pytest.param(
            'workflow = { jobs = [{ id = "a", after = "publish", before = "collect", steps = [{ run = "x" }] }] }',
            "does not come after",
            id="a circle",
        ),
    ],
)
def test_a_mistake_about_the_workflow_is_said(table: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        config.parse(TABLE + table, source="pyproject.toml")


@pytest.mark.parametrize("tag", ["v*", "v[0-9]+.[0-9]+", "v**", "v?[0-9]*"])
def test_patterns_of_github_that_match_a_release_are_taken(tag: str) -> None:
    assert config.parse(f'{TABLE}on = {{ tag = "{tag}" }}', source="pyproject.toml").tool.on.tag == tag
