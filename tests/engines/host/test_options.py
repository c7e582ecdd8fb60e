"""The options of cibuildwheel, read as it reads them; its own code is the referee here."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from cibuildwheel.options import CommandLineArguments
from cibuildwheel.options import Options as Theirs

from wheelyard.engines.host.layers import placeholders
from wheelyard.engines.host.options import FrontEnd, Options, resolve
from wheelyard.errors import UsageError
from wheelyard.targets import Identifier

CP311 = Identifier("cp311-manylinux_x86_64")
CP313 = Identifier("cp313-manylinux_x86_64")

TABLE = """
[tool.cibuildwheel]
environment = { FRUIT = "lemon", DRINK = "$FRUIT tea" }
before-build = ["echo one", "echo two"]
config-settings = { a = "1", b = ["2", "3 4"] }
test-command = "pytest {project}/tests"
test-requires = ["pytest>=8", "x; python_version < '3.12'"]
test-extras = ["a", "b"]
test-skip = "cp39-*"
test-environment = "A=1 B='2 3'"
build-verbosity = 2

[tool.cibuildwheel.linux]
inherit.environment = "append"
environment = { MORE = "yes" }
before-all = "echo linux"

[tool.cibuildwheel.macos]
before-all = "brew install x"

[[tool.cibuildwheel.overrides]]
select = "cp31{2,3}-*"
inherit.test-requires = "prepend"
inherit.config-settings = "append"
test-requires = "coverage"
config-settings = { b = "9" }
before-build = "echo override"

[[tool.cibuildwheel.overrides]]
select = ["*-manylinux_aarch64", "cp313-*"]
test-command = ["one", "two"]
"""

VARIABLES: tuple[dict[str, str], ...] = (
    {},
    {"CIBW_TEST_COMMAND": "from the environment", "CIBW_BEFORE_BUILD_LINUX": "linux only"},
    {"CIBW_TEST_COMMAND": ""},
    {"CIBW_ENVIRONMENT": "C=3 D='x y'", "CIBW_INHERIT": "environment: append"},
    {"CIBW_TEST_REQUIRES_LINUX": "more", "CIBW_INHERIT": "test-requires-linux: prepend; environment"},
    {"CIBW_CONFIG_SETTINGS": "k=v l='a b'", "CIBW_TEST_EXTRAS": "c,d", "CIBW_BUILD_VERBOSITY": "9"},
    {"CIBW_ENVIRONMENT_PASS_LINUX": "TOKEN OTHER", "CIBW_TEST_SOURCES": "tests 'my data'"},
    {"CIBW_TEST_COMMAND_MACOS": "not here"},
)


def ours(identifier: Identifier, variables: dict[str, str], text: str = TABLE) -> Options:
    return resolve(tomllib.loads(text)["tool"]["cibuildwheel"], identifier, variables)


def theirs(identifier: Identifier, variables: dict[str, str], folder: Path) -> Any:
    (folder / "pyproject.toml").write_text(TABLE)
    arguments = CommandLineArguments.defaults()
    arguments.package_dir = folder
    return Theirs("linux", arguments, variables)


@pytest.mark.parametrize("variables", VARIABLES, ids=lambda value: "+".join(value) or "no variables")
@pytest.mark.parametrize("identifier", [CP311, CP313])
def test_every_option_is_what_cibuildwheel_makes_of_it(
    identifier: Identifier, variables: dict[str, str], tmp_path: Path
) -> None:
    mine, referee = ours(identifier, variables), theirs(identifier, variables, tmp_path)
    build = referee.build_options(identifier)
    assert list(mine.environment) == [repr(item) for item in build.environment.assignments]
    assert list(mine.test_environment) == [repr(item) for item in build.test_environment.assignments]
    assert mine.before_all == build.before_all
    assert mine.before_build == build.before_build
    assert mine.test_command == (build.test_command if referee.globals.test_selector(identifier) else "")
    assert list(mine.test_requires) == build.test_requires
    assert list(mine.test_sources) == build.test_sources
    assert f"[{','.join(mine.test_extras)}]" == build.test_extras
    assert mine.verbosity == build.build_verbosity
    settings = tuple(f"-C{setting}" for setting in mine.config_settings)
    from cibuildwheel.frontend import get_build_frontend_extra_flags  # noqa: PLC0415

    assert list(settings) == get_build_frontend_extra_flags(build.build_frontend, 0, build.config_settings)


def test_skipped_tests_have_no_command() -> None:
    assert ours(Identifier("cp39-manylinux_x86_64"), {}).test_command == ""


@pytest.mark.parametrize(
    ("value", "front_end"),
    [
        pytest.param(
            '"build; args: --no-isolation -x"', FrontEnd(name="build", arguments=("--no-isolation", "-x")), id="text"
        ),
        pytest.param(
            '{ name = "pip", args = ["--no-build-isolation"] }',
            FrontEnd(name="pip", arguments=("--no-build-isolation",)),
            id="table",
        ),
        pytest.param('"default"', FrontEnd(), id="default"),
        pytest.param('"build[uv]"', FrontEnd(name="build[uv]"), id="uv"),
    ],
)
def test_the_front_end_is_read_in_every_form(value: str, front_end: FrontEnd) -> None:
    assert ours(CP311, {}, f"[tool.cibuildwheel]\nbuild-frontend = {value}").front_end == front_end


@pytest.mark.parametrize(
    ("value", "repair"),
    [
        pytest.param("", None, id="not-set"),
        pytest.param('repair-wheel-command = "auditwheel repair -w {dest_dir} {wheel}"', None, id="cibuildwheels-own"),
        pytest.param('repair-wheel-command = ""', "", id="turned-off"),
        pytest.param('repair-wheel-command = ["a", "b"]', "a && b", id="own"),
    ],
)
def test_the_repair_is_ours_unless_the_project_has_one(value: str, repair: str | None) -> None:
    assert ours(CP311, {}, f"[tool.cibuildwheel]\n{value}").repair == repair


@pytest.mark.parametrize(
    ("line", "named"),
    [
        pytest.param('build-frontend = "uv"', "build-frontend", id="uv"),
        pytest.param('audit-command = "my-audit {wheel}"', "audit-command", id="audit"),
        pytest.param('dependency-versions = "latest"', "dependency-versions", id="pins"),
    ],
)
def test_an_option_without_effect_is_told(line: str, named: str) -> None:
    notes = ours(CP311, {}, f"[tool.cibuildwheel]\n{line}").notes
    assert [note.split(" ")[0].rstrip(":") for note in notes] == [named]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("test-requires = { a = 1 }", "test-requires", id="table"),
        pytest.param('environment = ["A=1"]', "environment", id="list"),
        pytest.param('environment = "A=1; ls"', "environment", id="command"),
        pytest.param('inherit = { test-requires = "add" }', "inherit", id="rule"),
    ],
)
def test_a_value_of_the_wrong_form_is_an_error_with_its_name(line: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        ours(CP311, {}, f"[tool.cibuildwheel]\n{line}")


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        pytest.param("pytest {project}/tests", "pytest /p/tests", id="placeholder"),
        pytest.param("a {wheel} {dest_dir} {other} ${HOME}", "a /w {dest_dir} {other} ${HOME}", id="others-stay"),
        pytest.param("echo #{project} {project}", "echo {project} /p", id="escaped"),
    ],
)
def test_placeholders_are_filled_as_cibuildwheel_does(template: str, filled: str) -> None:
    from cibuildwheel.util.helpers import format_safe  # noqa: PLC0415

    values = {"project": "/p", "wheel": "/w"}
    assert placeholders(template, **values) == filled == format_safe(template, **values)
