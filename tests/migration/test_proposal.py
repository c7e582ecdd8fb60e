"""What the workflows do becomes a table as short as it can be, and sentences for the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from twine.utils import TEST_REPOSITORY

from wheelyard.migration import calls, document, proposal
from wheelyard.migration.calls import Call
from wheelyard.migration.document import Table
from wheelyard.migration.project import Facts
from wheelyard.migration.proposal import Surroundings
from wheelyard.migration.today import Around, Publishing, Today
from wheelyard.targets import Identifier

FACTS = Facts(package=".", backend="setuptools.build_meta", languages=(), native=True)
LINUX, ARM, S390X = (Identifier(f"cp312-manylinux_{arch}") for arch in ("x86_64", "aarch64", "s390x"))
INTEL, WINDOWS = Identifier("cp312-macosx_x86_64"), Identifier("cp312-win_amd64")


def call(*labels: str, target: str = "") -> Call:
    machine = calls.machine(labels)
    assert machine is not None
    return Call(
        job="b",
        place="w.yml:3",
        machine=machine,
        environment={},
        arguments=(),
        package=".",
        version=None,
        deployment_target=target,
    )


def table(
    *pairs: tuple[Call, Identifier], facts: Facts = FACTS, triggers: str = "{}", **more: Any
) -> tuple[dict[str, Any], str]:
    """The table and the notes, as one text."""
    read = document.load(f"on: {triggers}\njobs: {{a: {{}}}}", name="w.yml")["on"]
    today = Today(files=("w.yml",), calls=tuple(each for each, _ in pairs), triggers=read, **more)
    made, notes = proposal.table(today, facts, [frozenset({found}) for _, found in pairs], Surroundings())
    return made, "\n".join(notes)


@pytest.mark.parametrize(
    ("label", "identifier", "runners"),
    [
        pytest.param("ubuntu-latest", LINUX, None, id="latest"),
        pytest.param("ubuntu-22.04", LINUX, {"linux-x86_64": "ubuntu-22.04"}, id="another"),
        pytest.param("ubuntu-22.04-big", LINUX, {"linux-x86_64": ["ubuntu-22.04-big"]}, id="larger"),
        pytest.param("macos-13", INTEL, None, id="retired"),
        pytest.param("macos-14", INTEL, {"macos-x86_64": "macos-14"}, id="crossing"),
    ],
)
def test_runners_are_named_where_they_are_not_ours(label: str, identifier: Identifier, runners: object) -> None:
    assert table((call(label), identifier))[0].get("runners") == runners


def test_emulation_stays_only_where_there_is_no_machine() -> None:
    made, notes = table((call("ubuntu-latest"), ARM), (call("ubuntu-latest"), S390X))
    assert made["emulate"] == ["linux-s390x"]
    assert "linux-aarch64 is emulated here, and will be built on a machine of its own kind" in notes


def test_two_runners_of_one_target_are_said() -> None:
    other = Identifier("cp313-manylinux_x86_64")
    made, notes = table((call("ubuntu-22.04"), LINUX), (call("ubuntu-24.04"), other))
    assert made["runners"] == {"linux-x86_64": "ubuntu-22.04"}
    assert "is built on ubuntu-22.04 and on ubuntu-24.04" in notes


def test_deployment_targets_become_one_or_overrides() -> None:
    other = Identifier("cp39-macosx_x86_64")
    one, _ = table((call("macos-15", target="10.13"), INTEL))
    two, _ = table((call("macos-15", target="10.13"), INTEL), (call("macos-15", target="10.9"), other))
    assert one["macos"] == {"deployment-target": "10.13"}
    assert [each["env"]["MACOSX_DEPLOYMENT_TARGET"] for each in two["override"]] == ["10.13", "10.9"]


@pytest.mark.parametrize(
    ("triggers", "facts", "keys"),
    [
        pytest.param("{push: {tags: ['v*']}}", FACTS, {}, id="the default"),
        pytest.param("{push: {tags: 'spam-*'}}", FACTS, {"release": {"tag": "spam-{version}"}}, id="prefix"),
        pytest.param(
            "{push: {tags: ['[0-9]*']}}", FACTS, {"on": {"tag": "[0-9]*"}, "release": {"tag": "{version}"}}, id="none"
        ),
        pytest.param("{schedule: [{cron: '0 0 * * 1'}]}", FACTS, {"on": {"schedule": "0 0 * * 1"}}, id="schedule"),
        pytest.param(
            "{release: {}}",
            Facts(package=".", backend="x", languages=(), native=True, tags=("v0.9", "1.0", "1.1")),
            {"release": {"tag": "{version}"}},
            id="by the tags there are",
        ),
    ],
)
def test_triggers_become_on_and_tag(triggers: str, facts: Facts, keys: dict[str, object]) -> None:
    made, _ = table((call("ubuntu-latest"), LINUX), facts=facts, triggers=triggers)
    assert {key: made[key] for key in ("on", "release") if key in made} == keys


def test_publishing_keeps_its_environment_and_its_secret_is_named() -> None:
    rehearsal = Publishing(place="w.yml:8", url=TEST_REPOSITORY)
    real = Publishing(place="w.yml:9", environment="release", attest=False, trusted=False)
    made, notes = table((call("ubuntu-latest"), LINUX), publishing=(rehearsal, real))
    assert made["publish"] == {"environment": "release", "attest": False}
    assert "w.yml:9: a password or token publishes today" in notes


def test_options_in_a_file_of_their_own_are_named() -> None:
    _, notes = table((replace(call("ubuntu-latest"), arguments=("--config-file", "wheels.toml")), LINUX))
    assert "w.yml:3: its options are in a file of their own (wheels.toml)" in notes


def around(step: dict[str, str], *jobs: int, when: Any = "before", own: str = "") -> Around:
    return Around(place="w.yml:5", when=when, step=Table(step), shell=own, jobs=frozenset(jobs))


@pytest.mark.parametrize(
    ("jobs", "where"),
    [pytest.param((0, 1), [None], id="all"), pytest.param((1,), ["windows-*"], id="platform")],
)
def test_a_step_goes_with_the_targets_of_its_jobs(jobs: tuple[int, ...], where: list[str | None]) -> None:
    step = around({"run": "make\n"}, *jobs)
    made, _ = table((call("ubuntu-latest"), LINUX), (call("windows-latest"), WINDOWS), around=(step,))
    assert [each.get("where") for each in made["steps"]] == where
    assert made["steps"][0]["run"] == "make"


@pytest.mark.parametrize(
    ("step", "says"),
    [
        pytest.param(around({"uses": "a/b@v1"}, 0), "has to be pinned", id="not pinned"),
        pytest.param(around({"uses": "./local"}, 0), "an action of this repository", id="local"),
        pytest.param(around({"run": "x"}, 0, own="pwsh"), "a shell or folder of its own (pwsh)", id="shell"),
        pytest.param(around({"run": "x"}, 0, when="after"), "'x' is not carried over", id="after"),
        pytest.param(around({"name": "n"}, 0), "known only while the workflow runs", id="unknown"),
    ],
)
def test_a_step_that_cannot_be_carried_is_named(step: Around, says: str) -> None:
    made, notes = table((call("ubuntu-latest"), LINUX), around=(step,))
    assert "steps" not in made
    assert notes.startswith("w.yml:5: ")
    assert says in notes
