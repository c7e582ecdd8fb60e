"""Files are uploaded by the real twine, in order, side by side, and sent again only where that is needed."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from fakeindex import FakeIndex, Reply, fake_index
from releases import make_bundle, make_plan
from wheelyard.errors import FindingsError
from wheelyard.index import account, uploads
from wheelyard.index.publishing import Publishing
from wheelyard.index.uploads import Outcome, Sent
from wheelyard.releasing.manifest import File
from wheelyard.stores import Bundle
from wheelyard.targets import Identifier

SECRET = "s3cret-token"  # noqa: S105  # of nobody
LOGIN = ("ada", SECRET)


class Notes:
    """Watches and takes notes."""

    def __init__(self) -> None:
        self.bytes: dict[str, int] = {}
        self.reports: list[Sent] = []

    def progress(self, file: File, done: int) -> None:
        self.bytes[file.file] = done

    def ended(self, report: Sent) -> None:
        self.reports.append(report)


@pytest.fixture
def index() -> Iterator[FakeIndex]:
    with fake_index() as running:
        yield running


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    identifiers = [Identifier(f"cp3{minor}-manylinux_x86_64") for minor in range(8, 14)]
    return make_bundle(tmp_path / "made", plan=make_plan(identifiers=identifiers))


def publishing(index: FakeIndex, bundle: Bundle, *, blind: bool = False) -> Publishing:
    chosen = account.resolve(index.upload, login=LOGIN)
    reader = None if blind else chosen.reader()
    if reader is not None:
        reader.pause = lambda _seconds: None
    return Publishing(made=bundle.manifest, account=chosen, reader=reader, pause=lambda _seconds: None)


def publish(
    index: FakeIndex, bundle: Bundle, *, parallel: int = 4, watch: Notes | None = None, blind: bool = False
) -> dict[str, Sent]:
    task = publishing(index, bundle, blind=blind)
    reports = task.send(task.compare(), bundle.paths, parallel=parallel, watch=watch or Notes(), wait=0)
    assert [report.file for report in reports] == [file.file for file in bundle.manifest.files]
    return {report.file: report for report in reports}


def outcomes(reports: dict[str, Sent]) -> set[Outcome]:
    return {report.outcome for report in reports.values()}


def test_the_index_ends_up_with_the_bytes_of_the_release(index: FakeIndex, bundle: Bundle) -> None:
    reports = publish(index, bundle)
    assert outcomes(reports) == {Outcome.UPLOADED}
    assert index.held == {name: path.read_bytes() for name, path in bundle.paths.items()}


def test_one_wheel_goes_first_and_the_sdist_last(index: FakeIndex, bundle: Bundle) -> None:
    publish(index, bundle)
    assert index.order[0] == uploads.batches(bundle.manifest.files)[0][0].file
    assert index.order[-1].endswith(".tar.gz")


def test_the_first_is_alone_and_the_rest_side_by_side(index: FakeIndex, bundle: Bundle) -> None:
    seen: dict[str, int] = {}
    three = threading.Event()

    def held(file: str) -> None:
        seen[file] = index.now
        if index.now == 3:
            three.set()
        if len(seen) > 1:
            three.wait(timeout=60)

    index.faults = {0: held}
    publish(index, bundle, parallel=3)
    assert seen[index.order[0]] == 1
    assert index.most_at_once == 3


def test_where_an_index_ends_each_connection_the_next_is_opened_meanwhile(index: FakeIndex, bundle: Bundle) -> None:
    def one_more(_file: str) -> None:
        sent = len(index.order)
        with index.came:
            met.append(index.came.wait_for(lambda: index.connections > sent, timeout=10 if sent > 1 else 0))

    met: list[bool] = []
    index.faults = {0: one_more}
    publish(index, bundle, parallel=1, blind=True)
    assert met == [False, *(True for _ in bundle.manifest.files[1:])]
    index.settle()  # that is, none stays open


def test_a_connection_that_an_index_keeps_is_used_for_all(bundle: Bundle) -> None:
    with fake_index(keeps=True) as index:
        publish(index, bundle, parallel=1, blind=True)
    assert index.connections == 1


def test_a_second_run_sends_nothing(index: FakeIndex, bundle: Bundle) -> None:
    publish(index, bundle)
    received = index.received
    assert outcomes(publish(index, bundle)) == {Outcome.THERE}
    assert index.received == received


def test_a_second_run_sends_what_the_first_one_did_not(index: FakeIndex, bundle: Bundle) -> None:
    index.faults = {3: lambda _file: Reply(status=400, reason="No more today")}
    reports = publish(index, bundle, parallel=1)
    assert sum(report.outcome is Outcome.UPLOADED for report in reports.values()) == 2
    index.faults, index.order = {}, []
    publish(index, bundle)
    assert len(index.order) == len(bundle.paths) - 2
    assert set(index.accepted.values()) == {1}


def test_after_a_refusal_nothing_new_is_begun(index: FakeIndex, bundle: Bundle) -> None:
    index.faults = {1: lambda _file: Reply(status=403, reason="Not yours")}
    reports = publish(index, bundle)
    assert outcomes(reports) == {Outcome.REFUSED, Outcome.UNSENT}
    assert len(index.order) == 1
    assert "403 Not yours" in next(report.words for report in reports.values() if report.words)


def test_a_file_that_arrived_before_the_answer_was_lost_is_not_sent_again(index: FakeIndex, bundle: Bundle) -> None:
    index.faults = {2: lambda _file: Reply(store=True, drop=True)}
    assert outcomes(publish(index, bundle)) == {Outcome.UPLOADED}
    assert len(index.order) == len(bundle.paths)


def test_a_file_that_was_lost_on_its_way_is_sent_again(index: FakeIndex, bundle: Bundle) -> None:
    index.faults = {2: lambda _file: Reply(drop=True)}
    assert outcomes(publish(index, bundle)) == {Outcome.UPLOADED}
    assert len(index.order) == len(bundle.paths) + 1


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_passing_refusals_are_tried_again(index: FakeIndex, bundle: Bundle, status: int) -> None:
    index.faults = {2: lambda _file: Reply(status=status), 3: lambda _file: Reply(status=status)}
    assert outcomes(publish(index, bundle)) == {Outcome.UPLOADED}


def test_a_502_that_stored_the_file_counts_as_uploaded(index: FakeIndex, bundle: Bundle) -> None:
    index.faults = {1: lambda _file: Reply(status=502, store=True)}
    assert outcomes(publish(index, bundle)) == {Outcome.UPLOADED}
    assert set(index.accepted.values()) == {1}


def test_an_index_that_stays_away_is_given_up_with_its_words(index: FakeIndex, bundle: Bundle) -> None:
    index.faults = {0: lambda _file: Reply(status=503, reason="Down for repairs")}
    reports = publish(index, bundle)
    failed = [report for report in reports.values() if report.outcome is Outcome.FAILED]
    assert [report.words for report in failed] == ["503 Down for repairs (4 attempts)"]


def test_a_file_that_came_meanwhile_with_the_same_bytes_is_there(index: FakeIndex, bundle: Bundle) -> None:
    def taken(file: str) -> Reply:
        index.held[file] = bundle.paths[file].read_bytes()
        return Reply(status=400, reason="File already exists")

    index.faults = {1: taken}
    assert outcomes(publish(index, bundle)) == {Outcome.UPLOADED, Outcome.THERE}


def test_a_file_that_came_meanwhile_with_other_bytes_is_refused(index: FakeIndex, bundle: Bundle) -> None:
    def taken(file: str) -> Reply:
        index.held[file] = b"other"
        return Reply(status=409)

    index.faults = {1: taken}
    reports = publish(index, bundle)
    said = next(report.words for report in reports.values() if report.outcome is Outcome.REFUSED)
    assert "SHA-256" in said


def test_other_bytes_are_refused_before_the_first_upload(index: FakeIndex, bundle: Bundle) -> None:
    index.held = {bundle.manifest.files[2].file: b"other"}
    with pytest.raises(FindingsError, match=bundle.manifest.files[2].sha256):
        publish(index, bundle)
    assert index.order == []


def test_a_file_that_changed_since_it_was_checked_is_not_sent(index: FakeIndex, bundle: Bundle) -> None:
    victim = uploads.batches(bundle.manifest.files)[1][0].file
    with zipfile.ZipFile(bundle.paths[victim], "a") as archive:
        archive.writestr("wy_sample/late.py", "")
    with pytest.raises(FindingsError, match=f"{victim} changed"):
        publish(index, bundle)
    assert victim not in index.held


def test_a_page_without_digests_is_compared_by_bytes(index: FakeIndex, bundle: Bundle) -> None:
    index.shown_digest = lambda _file, _digest: None
    publish(index, bundle)
    assert outcomes(publish(index, bundle)) == {Outcome.THERE}
    index.held[bundle.manifest.files[0].file] = b"other"
    with pytest.raises(FindingsError):
        publish(index, bundle)


def test_a_file_the_index_does_not_show_yet_is_no_failure(index: FakeIndex, bundle: Bundle) -> None:
    index.shows = lambda file: not file.endswith(".tar.gz")
    reports = publish(index, bundle)
    assert reports["wy_sample-1.0.tar.gz"].outcome is Outcome.WAITING
    assert outcomes(reports) == {Outcome.UPLOADED, Outcome.WAITING}


def test_an_index_that_lies_about_digests_is_caught(index: FakeIndex, bundle: Bundle) -> None:
    index.shown_digest = lambda file, digest: "0" * 64 if file.endswith(".tar.gz") else digest
    reports = publish(index, bundle)
    assert reports["wy_sample-1.0.tar.gz"].outcome is Outcome.ALTERED
    with pytest.raises(FindingsError, match="Somebody else"):
        uploads.refuse(tuple(reports.values()), "the index")


def test_a_name_that_is_there_and_not_shown_is_told_with_what_to_do(index: FakeIndex, bundle: Bundle) -> None:
    index.faults = {0: lambda _file: Reply(status=400, reason="File already exists ('ada').")}
    (said,) = [report.words for report in publish(index, bundle).values() if report.words]
    assert said.startswith("400 File already exists ('ada'). ")  # the name of the user is no secret
    assert "raise the version" in said


def test_a_web_page_for_an_answer_is_no_success(index: FakeIndex, bundle: Bundle) -> None:
    index.faults = {0: lambda _file: Reply(kind="text/html", body="<!DOCTYPE html><html>Welcome!</html>")}
    reports = publish(index, bundle)
    assert outcomes(reports) == {Outcome.REFUSED, Outcome.UNSENT}


def test_a_redirect_is_not_followed(index: FakeIndex, bundle: Bundle) -> None:
    index.faults = {0: lambda _file: Reply(status=301, headers={"Location": "http://evil.invalid/"})}
    assert outcomes(publish(index, bundle)) == {Outcome.REFUSED, Outcome.UNSENT}


def test_a_redirect_to_nowhere_is_told(index: FakeIndex, bundle: Bundle) -> None:
    index.faults = {0: lambda _file: Reply(status=302, headers={"Location": "http://["})}
    reports = publish(index, bundle)
    assert [report.words for report in reports.values() if report.words] == [
        "The upload broke off: Invalid IPv6 URL. (4 attempts)"
    ]


def test_without_reading_everything_is_sent_and_believed(index: FakeIndex, bundle: Bundle) -> None:
    assert outcomes(publish(index, bundle, blind=True)) == {Outcome.UPLOADED}
    assert not [request for request in index.requests if request.startswith("GET")]


def test_progress_is_told_in_bytes(index: FakeIndex, bundle: Bundle) -> None:
    notes = Notes()
    publish(index, bundle, watch=notes)
    assert all(notes.bytes[file.file] >= file.size for file in bundle.manifest.files)
    assert len(notes.reports) == len(bundle.paths)


def test_a_secret_that_the_index_repeats_is_not_told(
    index: FakeIndex, bundle: Bundle, capfd: pytest.CaptureFixture[str]
) -> None:
    index.faults = {0: lambda _file: Reply(status=403, reason=f"No such token {SECRET}")}
    reports = publish(index, bundle)
    told: Sequence[str] = [*(report.words for report in reports.values()), *capfd.readouterr()]
    assert not [text for text in told if SECRET in text]


def test_nothing_is_printed_on_stdout(index: FakeIndex, bundle: Bundle, capfd: pytest.CaptureFixture[str]) -> None:
    publish(index, bundle)
    assert capfd.readouterr().out == ""
