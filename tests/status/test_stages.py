"""What builds, stores and indexes say, as rows of what is planned."""

from __future__ import annotations

import msgspec
import pytest
from rich.console import Console

from releases import IDENTIFIERS, NAME, make_plan
from wheelyard.index.project import Listed, Page
from wheelyard.planning.plan import Plan
from wheelyard.report import status as report
from wheelyard.status import stages
from wheelyard.status.stages import Cell, Mark, Next, Row, Source, Status, Step
from wheelyard.stores.github import wire

ABI3 = f"{NAME}-1.0-cp311-abi3-manylinux_2_17_x86_64.whl"
RUN = wire.Run(id=1, event="push", status="completed", conclusion="failure", created_at="", html_url="https://x/1")


def page(*files: str, yanked: bool = False) -> Page:
    return Page(files=tuple(Listed(file=file, url="", sha256="a" * 64, yanked=yanked) for file in files))


def pure(plan: Plan) -> Plan:
    return msgspec.structs.replace(plan, pure=True)


def words(cells: dict[str, Cell]) -> dict[str, str]:
    return {name: cell.words for name, cell in cells.items()}


def test_one_wheel_stands_for_all_that_it_answers() -> None:
    found = stages.of_index(page(ABI3), make_plan(), version="1.0", made=None)
    assert words(found) == dict.fromkeys(map(str, IDENTIFIERS), "there")


def test_a_pure_wheel_stands_for_itself_alone() -> None:
    found = stages.of_index(page(f"{NAME}-1.0-py3-none-any.whl"), pure(make_plan()), version="1.0", made=None)
    assert words(found) == {"pure wheel": "there"}


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(f"{NAME}-1.1.tar.gz", id="another version"),
        pytest.param("other-1.0.tar.gz", id="another project"),
        pytest.param(f"{NAME}-1.0.exe", id="no distribution"),
        pytest.param(f"{NAME}-1.0-cp399-cp399-win_amd64.whl", id="nothing planned"),
    ],
)
def test_other_files_on_an_index_are_not_ours(file: str) -> None:
    assert stages.of_index(page(file), make_plan(), version="1.0", made=None) == {}


def test_a_yanked_file_is_there_and_says_so() -> None:
    found = stages.of_index(page(f"{NAME}-1.0.tar.gz", yanked=True), make_plan(), version="1.0", made=None)
    assert words(found) == {"sdist": "yanked"}


def test_jobs_that_an_ended_run_never_had_are_not_run() -> None:
    look = stages.of_run([], RUN)
    assert look("linux-x86_64", str(IDENTIFIERS[0])) == Cell(mark=Mark.ABSENT, words="not run")


def test_a_failed_job_leads_to_its_log() -> None:
    job = wire.Job(name="Build linux-x86_64", status="completed", conclusion="failure", html_url="https://x/1/job/2")
    assert stages.of_run([job], RUN)("linux-x86_64", str(IDENTIFIERS[0])).link == "https://x/1/job/2"


def test_the_sdist_and_the_pure_wheel_come_of_one_job() -> None:
    job = wire.Job(name="Build the sdist and the pure wheel", status="completed", conclusion="success")
    look = stages.of_run([job], RUN)
    assert {look("sdist", name).words for name in ("sdist", "pure wheel")} == {"built"}


def test_sixty_columns_hold_every_identifier_and_stage() -> None:
    done, failed = Cell(mark=Mark.DONE, words="published"), Cell(mark=Mark.FAILED, words="other bytes")
    job = "a-job-with-a-name-that-takes-half-the-line"
    row = Row(name="cp314t-musllinux_x86_64", job=job, build=done, release=done, index=failed)
    found = Status(
        name="spam",
        tag="v1.0",
        commit="c" * 40,
        builds=Source(where="here"),
        release=Source(where="there"),
        index=Source(where="pypi"),
        rows=(row,),
        next=Next(step=Step.PUBLISH, words="lacking", command="wheelyard publish --tag v1.0"),
    )
    console = Console(width=60, record=True, color_system=None)
    console.print(report.table(found, wide=False))
    lines = [line.split() for line in console.export_text().splitlines()]
    assert lines == [
        ["identifier", "build", "release", "index"],
        ["cp314t-musllinux_x86_64", "published", "published", "other", "bytes"],
    ]
    assert "index: 0 of 1, 1 other bytes (pypi)" in report.summary(found)
