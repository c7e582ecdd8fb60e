"""Workflows are read for what they build, and what cannot be read is named with its place."""

from __future__ import annotations

import textwrap

import pytest

from wheelyard.errors import UsageError
from wheelyard.migration import reading
from wheelyard.migration.today import Today
from wheelyard.targets import Platform


def workflow(jobs: str, *, on: str = "{push: {tags: ['v*']}}") -> str:
    return f"on: {on}\njobs:\n{textwrap.indent(textwrap.dedent(jobs), '  ')}"


def read(jobs: str, **others: str) -> Today:
    return reading.read({"w.yml": workflow(jobs), **{f"{name}.yml": text for name, text in others.items()}})


BUILD = """
build:
  runs-on: ubuntu-latest
  steps:
    - uses: pypa/cibuildwheel@v3.1.4
"""


def test_the_action_is_found_with_its_version_and_place() -> None:
    (call,) = read(BUILD).calls
    assert (call.version, call.place, call.platform, call.machine.arch) == (
        "3.1.4",
        "w.yml:7",
        Platform.LINUX,
        "x86_64",
    )


@pytest.mark.parametrize(
    ("command", "arguments", "package", "version"),
    [
        pytest.param("python -m cibuildwheel", (), ".", None, id="module"),
        pytest.param("pipx run cibuildwheel==2.21.3 pkg --output-dir=dist", (), "pkg", "2.21.3", id="pipx"),
        pytest.param("uvx cibuildwheel@3.0.0 --only cp312-win32", ("--only", "cp312-win32"), ".", "3.0.0", id="uvx"),
        pytest.param(
            "pip install cibuildwheel==3.2\ncibuildwheel . \\\n  --archs aarch64 # why",
            ("--archs", "aarch64"),
            ".",
            "3.2",
            id="lines",
        ),
    ],
)
def test_a_command_is_found(command: str, arguments: tuple[str, ...], package: str, version: str | None) -> None:
    jobs = f"build:\n  runs-on: macos-15\n  steps:\n    - run: |\n{textwrap.indent(command, ' ' * 8)}\n"
    (call,) = read(jobs).calls
    assert (call.arguments, call.package, call.version) == (arguments, package, version)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("pip install cibuildwheel", id="install"),
        pytest.param("echo cibuildwheel", id="echo"),
        pytest.param("cat cibuildwheel.toml", id="file"),
        pytest.param("# cibuildwheel", id="comment"),
        pytest.param("cibuildwheel --print-build-identifiers", id="print"),
    ],
)
def test_what_only_names_cibuildwheel_is_no_call(command: str) -> None:
    assert read(f"build:\n  runs-on: ubuntu-24.04\n  steps:\n    - run: '{command}'\n").calls == ()


def test_a_matrix_of_pairs_and_conditions_is_followed() -> None:
    calls = read("""
    build:
      runs-on: ${{ matrix.at[0] }}
      strategy:
        matrix:
          at: [[ubuntu-24.04, manylinux_x86_64], [windows-2025, win_amd64]]
          python: [cp312, cp313]
      steps:
        - run: cibuildwheel
          if: runner.os == 'Windows'
          env: {CIBW_BUILD: "${{ matrix.python }}-${{ matrix.at[1] }}"}
    """).calls
    assert [call.environment["CIBW_BUILD"] for call in calls] == ["cp312-win_amd64", "cp313-win_amd64"]


def test_variables_of_workflow_job_and_step_add_up() -> None:
    text = "env: {CIBW_SKIP: a, CIBW_BUILD: a}\n" + workflow("""
    build:
      runs-on: ubuntu-24.04
      env: {CIBW_BUILD: b, CIBW_ARCHS: b}
      steps:
        - run: CIBW_ENABLE=pypy cibuildwheel
          env: {CIBW_ARCHS: c}
    """)
    (call,) = reading.read({"w.yml": text}).calls
    assert call.environment == {"CIBW_SKIP": "a", "CIBW_BUILD": "b", "CIBW_ARCHS": "c", "CIBW_ENABLE": "pypy"}


def test_anchors_are_what_they_name() -> None:
    today = read("""
    one:
      runs-on: ubuntu-24.04
      env: &options {CIBW_BUILD: cp312-*}
      steps: &steps
        - run: cibuildwheel
    two:
      runs-on: macos-15
      env: *options
      steps: *steps
    """)
    assert [call.environment["CIBW_BUILD"] for call in today.calls] == ["cp312-*", "cp312-*"]


def test_a_workflow_of_this_repository_is_followed_with_its_inputs() -> None:
    reusable = workflow(
        """
        build:
          runs-on: ${{ inputs.os }}
          steps:
            - run: cibuildwheel
              env: {CIBW_BUILD: "${{ inputs.python }}-*"}
        """,
        on="{workflow_call: {inputs: {os: {type: string}, python: {type: string, default: cp313}}}}",
    )
    today = read("call:\n  uses: ./r.yml\n  with: {os: windows-2025}\n", r=reusable)
    (call,) = today.calls
    assert (call.platform, call.environment["CIBW_BUILD"]) == (Platform.WINDOWS, "cp313-*")


@pytest.mark.parametrize(
    ("jobs", "says"),
    [
        pytest.param(
            "b:\n  strategy: {matrix: '${{ fromJSON(needs.p.outputs.m) }}'}\n  steps: [{run: cibuildwheel}]\n",
            "matrix of the job b: it is known only while",
            id="matrix",
        ),
        pytest.param(
            "b:\n  runs-on: ${{ needs.p.outputs.os }}\n  steps: [{run: cibuildwheel}]\n",
            "w.yml:4: the runner of b: it is known only while",
            id="runner",
        ),
        pytest.param(
            "wheels:\n  uses: other/wheels/.github/workflows/w.yml@v1\n", "not in this repository", id="reusable"
        ),
        pytest.param(
            "b:\n  runs-on: macos-15\n  steps: [{run: cibuildwheel, env: {CIBW_BUILD: '${{ needs.p.x }}'}}]\n",
            "CIBW_BUILD: it is known only while",
            id="variable",
        ),
        pytest.param(
            "b:\n  steps: [{uses: PyO3/maturin-action@v1}]\n", "w.yml:4: b builds wheels without", id="maturin"
        ),
        pytest.param(
            "b:\n  runs-on: ubuntu-24.04\n  steps:\n"
            "    - run: echo CIBW_SKIP=x >> $GITHUB_ENV\n    - run: cibuildwheel\n",
            "w.yml:6: a step sets CIBW_SKIP while it runs",
            id="GITHUB_ENV",
        ),
    ],
)
def test_what_only_a_run_knows_is_named_with_its_place(jobs: str, says: str) -> None:
    assert says in "\n".join(read(jobs).notes)


def test_broken_yaml_is_named_and_the_others_are_read() -> None:
    today = read(BUILD, broken="on: push\njobs:\n  a: [\n")
    assert len(today.calls) == 1
    assert "broken.yml:4 is not YAML" in "".join(today.notes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("jobs: [", "w.yml:1 is not YAML", id="broken"),
        pytest.param("[" * 3000, "is not YAML", id="deep"),
        pytest.param("a: &a [*a]", "recursive", id="recursive"),
        pytest.param("- 1", "is no workflow", id="list"),
        pytest.param("", "is no workflow", id="empty"),
    ],
)
def test_the_workflow_that_was_asked_for_has_to_be_one(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        reading.read({"w.yml": text}, only="w.yml")


def test_of_several_workflows_the_one_that_releases_counts() -> None:
    today = read(BUILD, test=workflow(BUILD, on="push"))
    assert today.files == ("w.yml",)
    assert "test.yml runs cibuildwheel" in "".join(today.notes)


def test_steps_around_and_publishing_are_found() -> None:
    today = read("""
    build:
      runs-on: ubuntu-24.04
      steps:
        - uses: actions/checkout@v5
          with: {submodules: true}
        - run: make headers
        - run: cibuildwheel
    publish:
      environment: {name: release}
      steps:
        - uses: pypa/gh-action-pypi-publish@v1
          with: {password: "${{ secrets.TOKEN }}"}
    """)
    assert today.checkout == {"submodules": "true"}
    assert [(each.when, each.step["run"]) for each in today.around] == [("before", "make headers")]
    assert [(each.environment, each.trusted) for each in today.publishing] == [("release", False)]
