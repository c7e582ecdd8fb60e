"""Whatever happened before or happens meanwhile, the same command ends with the same release, or says why not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from fakegithub import Server
from releases import IDENTIFIERS, make_bundle, make_plan, wheel_name
from wheelyard import documents
from wheelyard.errors import FindingsError, IncompleteError, OutsideError, UsageError
from wheelyard.stores import Bundle, Change, Stage, comparing
from wheelyard.stores.github import GitHub, calls, drafts
from wheelyard.stores.github.holding import NEXT
from wheelyard.stores.github.wire import Release, Request

pytestmark = pytest.mark.integration

MakeStore = Callable[..., GitHub]
WHEEL = wheel_name(IDENTIFIERS[0])


def sent(server: Server, since: int = 0) -> list[str]:
    """The names of what was uploaded, whether it got there or not."""
    uploads = [exchange for exchange in server.exchanges()[since:] if exchange.host == "uploads"]
    return sorted(exchange.path.partition("name=")[2].partition("&")[0] for exchange in uploads)


def is_whole(server: Server, bundle: Bundle) -> bool:
    """Whether there is one release of the bundle's tag, and it holds exactly the bundle."""
    (release,) = server.releases()
    names = {*bundle.paths, "manifest.json", "SHA256SUMS"}
    complete = all(asset["state"] == "uploaded" for asset in release["assets"].values())
    same = all(server.content(bundle.tag, name) == path.read_bytes() for name, path in bundle.paths.items())
    return complete and same and set(release["assets"]) == names


def contents(bundle: Bundle, *names: str) -> dict[str, bytes]:
    return {name: bundle.paths[name].read_bytes() for name in names}


def without(bundle: Bundle, *names: str, missing: tuple[str, ...] = ()) -> Bundle:
    """The bundle with some of its files left out."""
    files = tuple(file for file in bundle.manifest.files if file.file not in names)
    paths = {name: path for name, path in bundle.paths.items() if name not in names}
    return replace(bundle, manifest=msgspec.structs.replace(bundle.manifest, files=files, missing=missing), paths=paths)


@pytest.mark.parametrize("kind", ["reset", "lost", "502", "403", "429", "422"])
def test_an_upload_that_goes_wrong_is_done_again(store: GitHub, server: Server, bundle: Bundle, kind: str) -> None:
    server.fault(kind, on="uploads", skip=1, times=2, seconds=1)
    store.save(bundle)
    assert is_whole(server, bundle)


@pytest.mark.parametrize("kind", ["reset", "lost", "502"])
def test_a_draft_is_made_once_though_its_answer_was_lost(
    store: GitHub, server: Server, bundle: Bundle, kind: str
) -> None:
    server.fault(kind, on="POST /repos/ada/spam/releases$")
    store.save(bundle)
    assert is_whole(server, bundle)


def test_what_is_there_is_not_sent_again(store: GitHub, server: Server, bundle: Bundle) -> None:
    server.seed("v1.0", contents(bundle, WHEEL, "wy_sample-1.0.tar.gz"))
    store.save(bundle)
    assert sent(server) == sorted({*bundle.paths, "manifest.json", "SHA256SUMS"} - {WHEEL, "wy_sample-1.0.tar.gz"})
    assert is_whole(server, bundle)


def test_a_starter_is_deleted_and_sent_again(
    store: GitHub, server: Server, bundle: Bundle, pauses: list[float]
) -> None:
    server.seed("v1.0", {f"{name}!": b"half" for name in (WHEEL, "SHA256SUMS", "manifest.json")})
    assert store.find("v1.0") is None
    store.save(bundle)
    assert is_whole(server, bundle)
    assert pauses  # it might have been another collector's at that moment


def test_other_bytes_in_a_draft_are_named_and_replaced_only_when_asked(
    store: GitHub, server: Server, bundle: Bundle
) -> None:
    server.seed("v1.0", {WHEEL: b"other"})
    with pytest.raises(FindingsError, match=rf"(?s){WHEEL}: SHA-256 \w+ there, \w+ here.*--replace"):
        store.save(bundle)
    assert sent(server) == []
    store.save(bundle, replace=True)
    assert is_whole(server, bundle)


def test_a_wheel_that_is_no_part_of_the_release_is_named(store: GitHub, server: Server, bundle: Bundle) -> None:
    server.seed("v1.0", {"wy_sample-1.0-cp39-cp39-win32.whl": b"x", "guide.pdf": b"x"})
    with pytest.raises(FindingsError, match="cp39-cp39-win32"):
        store.save(bundle)
    store.save(bundle, replace=True)
    (release,) = server.releases()
    assert "guide.pdf" in release["assets"]
    assert "wy_sample-1.0-cp39-cp39-win32.whl" not in release["assets"]


def test_of_two_drafts_the_first_is_filled_and_the_empty_one_goes(
    store: GitHub, server: Server, bundle: Bundle
) -> None:
    first = server.seed("v1.0")
    server.seed("v1.0")
    store.save(bundle)
    assert is_whole(server, bundle)
    assert server.releases()[0]["id"] == first


def test_an_empty_draft_beside_a_whole_one_goes(store: GitHub, server: Server, bundle: Bundle) -> None:
    store.save(bundle)
    server.seed("v1.0")
    assert store.save(bundle).change is Change.UNCHANGED
    assert is_whole(server, bundle)


def test_a_second_draft_with_something_in_it_stays(store: GitHub, server: Server, bundle: Bundle) -> None:
    server.seed("v1.0")
    server.seed("v1.0", {"guide.pdf": b"x"})
    server.seed("v1.0", body="Notes that somebody wrote")
    store.save(bundle)
    assert len(server.releases()) == 3


def test_a_second_draft_with_the_same_files_goes(store: GitHub, server: Server, bundle: Bundle) -> None:
    store.save(bundle)
    server.seed("v1.0", {**contents(bundle, WHEEL), f"{wheel_name(IDENTIFIERS[1])}!": b"half"})
    assert store.save(bundle).change is Change.UNCHANGED
    assert is_whole(server, bundle)


def test_an_earlier_draft_that_comes_to_light_is_told(store: GitHub, server: Server) -> None:
    server.seed("v1.0")
    ours = store.client.read(calls.get(server.seed("v1.0")), Release)
    with pytest.raises(OutsideError, match="Run the same command again"):
        drafts.later(store.client, ours)


def test_a_draft_that_another_run_deletes_first_is_no_error(store: GitHub, server: Server) -> None:
    gone = store.client.read(calls.get(server.seed("v1.0")), Release)
    store.client.ask(calls.drop(gone))
    drafts.drop_spare(store.client, [gone], holds=lambda _: True)


def test_files_that_another_run_takes_away_are_told_as_gone(store: GitHub, server: Server, bundle: Bundle) -> None:
    store.save(bundle)
    server.fault("404", "GET .*/assets")
    with pytest.raises(OutsideError, match="Run the same command again"):
        store.find("v1.0")


def test_a_list_that_is_a_moment_late_is_looked_at_again(store: GitHub, server: Server, bundle: Bundle) -> None:
    server.rules(lag=0.02)
    assert store.save(bundle).change is Change.MADE
    assert is_whole(server, bundle)


def test_a_draft_beyond_the_first_page_is_found(store: GitHub, server: Server, bundle: Bundle) -> None:
    server.seed("v1.0")
    for number in range(101):
        server.seed(f"v0.{number}")
    store.save(bundle)
    assert [each["tag"] for each in server.releases()].count("v1.0") == 1


def test_two_collectors_at_once_make_one_release(make_store: MakeStore, server: Server, bundle: Bundle) -> None:
    failures: list[Exception] = []

    def collect() -> None:
        try:
            make_store().save(bundle)
        except (FindingsError, OutsideError) as error:
            failures.append(error)

    threads = [threading.Thread(target=collect) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all("same command again" in str(failure) for failure in failures)
    make_store().save(bundle)
    assert is_whole(server, bundle)


@pytest.mark.parametrize("tag", ["v1.0$(id)", "v1.0;id&'\"|`id`", "pkg/v1.0", "v1.0%2e"])
def test_a_tag_is_a_name_and_nothing_else(store: GitHub, server: Server, bundle: Bundle, tag: str) -> None:
    made = replace(bundle, tag=tag)
    store.save(made)
    assert is_whole(server, made)
    found = store.find(tag)
    assert found is not None
    assert found.tag == tag


def test_without_digests_bytes_are_compared(store: GitHub, server: Server, bundle: Bundle) -> None:
    server.rules(digests=False)
    store.save(bundle)
    assert store.save(bundle).change is Change.UNCHANGED
    server.seed("v2.0", {WHEEL: bytes(bundle.paths[WHEEL].stat().st_size)})
    with pytest.raises(FindingsError, match=WHEEL):
        store.save(replace(bundle, tag="v2.0"))


def test_a_rewritten_name_is_found_again(store: GitHub, server: Server, tmp_path: Path) -> None:
    plan = make_plan(identifiers=IDENTIFIERS[:1], sdist=False, version="1.0+cu12")
    made = make_bundle(tmp_path / "made", plan=plan, tag="v1.0+cu12")
    store.save(made)
    (release,) = server.releases()
    (name,) = made.paths
    assert "+" in name
    assert name not in release["assets"]
    assert store.save(made).change is Change.UNCHANGED
    found = store.find("v1.0+cu12")
    assert found is not None
    assert store.fetch(found, folder=tmp_path / "fetched")[name].read_bytes() == made.paths[name].read_bytes()


def test_a_repository_that_moved_is_followed(store: GitHub, server: Server, bundle: Bundle) -> None:
    server.rules(moved="ada/eggs")
    store.save(bundle)
    assert is_whole(server, bundle)


def test_a_reader_s_token_says_which_permission_it_needs(make_store: MakeStore, server: Server, bundle: Bundle) -> None:
    with pytest.raises(UsageError, match="contents: write"):
        make_store(token=server.reader).save(bundle)


def test_a_draft_that_a_token_may_not_see_is_not_taken_for_none(
    make_store: MakeStore, server: Server, bundle: Bundle
) -> None:
    make_store().save(bundle)
    with pytest.raises(UsageError, match=r"see drafts.*contents: write"):
        make_store(token=server.reader).find("v1.0")


def test_a_release_that_somebody_published_is_not_touched(store: GitHub, server: Server, bundle: Bundle) -> None:
    server.seed("v1.0", {}, draft=False)
    with pytest.raises(FindingsError, match="published already"):
        store.save(bundle)
    assert sent(server) == []


def test_a_draft_that_is_published_meanwhile_gets_no_manifest(
    make_store: MakeStore, server: Server, bundle: Bundle
) -> None:
    store = make_store()
    number = server.seed("v1.0")

    def publish(_: str) -> None:
        path, body = f"/releases/{number}", b'{"draft": false}'
        store.client.ask(Request(does="publish", method="PATCH", path=path, body=body))

    with pytest.raises(FindingsError, match="published by somebody"):
        replace(store, say=publish).save(bundle)
    (release,) = server.releases()
    assert "manifest.json" not in release["assets"]


def test_nothing_is_added_to_an_immutable_release(store: GitHub, server: Server, bundle: Bundle) -> None:
    server.rules(immutable=True)
    release = store.finish(store.save(without(bundle, WHEEL)).release, latest=True)
    before = server.releases()
    with pytest.raises(FindingsError, match="immutable"):
        store.save(bundle)
    with pytest.raises(FindingsError, match="immutable"):
        store.attach(release, b"<p>a newer page")
    assert server.releases() == before


@pytest.mark.parametrize("stage", list(Stage))
def test_files_can_be_added_at_any_stage(store: GitHub, server: Server, bundle: Bundle, stage: Stage) -> None:
    release = store.save(without(bundle, WHEEL, missing=(IDENTIFIERS[0],))).release
    if stage is not Stage.DRAFT:
        store.freeze(release, index="https://index.example/", sent=stage is Stage.SENT)
    if stage is Stage.PUBLISHED:
        store.finish(release, latest=True)
    saved = store.save(bundle)
    assert (saved.change, saved.written) == (Change.EXTENDED, (WHEEL,))
    found = store.find("v1.0")
    assert found is not None
    assert found.manifest == bundle.manifest
    assert found.stage is (Stage.FROZEN if stage is Stage.SENT else stage)  # the new file was not sent
    assert is_whole(server, bundle)


@pytest.mark.parametrize("kept", [("manifest.json", NEXT), (NEXT,)], ids=["both", "next-only"])
def test_killed_while_the_manifest_is_exchanged_it_is_never_lost(
    store: GitHub, server: Server, bundle: Bundle, kept: tuple[str, ...]
) -> None:
    old = without(bundle, WHEEL)
    manifests = {name: documents.dump(old.manifest) for name in kept}
    server.seed("v1.0", {**contents(bundle, *old.paths), **manifests})
    found = store.find("v1.0")
    assert found is not None
    assert found.manifest == old.manifest
    assert store.save(bundle).change is Change.EXTENDED
    assert is_whole(server, bundle)


def test_killed_while_the_manifest_is_exchanged_nothing_is_published(
    store: GitHub, server: Server, bundle: Bundle
) -> None:
    server.seed("v1.0", {**contents(bundle, *bundle.paths), NEXT: documents.dump(bundle.manifest)})
    found = store.find("v1.0")
    assert found is not None
    with pytest.raises(IncompleteError, match="Collect it again"):
        store.finish(found, latest=True)


@pytest.mark.parametrize("left", [(NEXT, "SHA256SUMS"), ()], ids=["next", "no-sums"])
def test_killed_just_before_the_end_the_next_run_tidies_up(
    store: GitHub, server: Server, bundle: Bundle, left: tuple[str, ...]
) -> None:
    document = documents.dump(bundle.manifest)
    own = {"manifest.json": document, NEXT: document, "SHA256SUMS": comparing.sums(bundle.manifest, document)}
    kept = {name: own[name] for name in ("manifest.json", *left)}
    server.seed("v1.0", {**contents(bundle, *bundle.paths), **kept})
    assert store.save(bundle).change is Change.REPAIRED
    assert is_whole(server, bundle)
    assert store.save(bundle).change is Change.UNCHANGED


def test_what_was_sent_is_not_replaced_though_its_manifest_was_lost(
    store: GitHub, server: Server, bundle: Bundle
) -> None:
    server.seed("v1.0", {WHEEL: b"other"}, body="<!-- wheelyard: files went to https://index.example/ -->")
    with pytest.raises(FindingsError, match=WHEEL):
        store.save(bundle, replace=True)


def test_a_manifest_of_another_commit_is_refused(store: GitHub, server: Server, bundle: Bundle) -> None:
    strange = msgspec.structs.replace(bundle.manifest, commit="d" * 40)
    store.save(replace(bundle, manifest=strange))
    with pytest.raises(FindingsError, match="d" * 40):
        store.save(bundle)


def test_the_mark_of_publishing_survives_notes_and_changes_nothing_twice(
    store: GitHub, server: Server, bundle: Bundle
) -> None:
    server.seed("v1.0", {}, body="What is new")
    release = store.save(bundle).release
    for _ in range(2):
        store.freeze(release, index="https://index.example/")
    (kept,) = server.releases()
    assert kept["body"] == "What is new\n\n<!-- wheelyard: files went to https://index.example/ -->"
    for sent in (True, False):
        store.freeze(release, index="https://index.example/", sent=sent)
    (kept,) = server.releases()
    assert kept["body"] == "What is new\n\n<!-- wheelyard: all files went to https://index.example/ -->"


def test_an_incomplete_draft_is_not_published(store: GitHub, server: Server, bundle: Bundle) -> None:
    release = store.save(bundle).release
    (kept,) = server.releases()
    path = f"/releases/assets/{kept['assets'][WHEEL]['id']}"
    store.client.ask(Request(does="delete", method="DELETE", path=path))
    with pytest.raises(IncompleteError, match=WHEEL):
        store.finish(release, latest=True)
    assert store.save(bundle).change is Change.REPAIRED
    assert is_whole(server, bundle)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"size": 2 << 30}, "2 GiB", id="too-large"),
        pytest.param({"size": 0}, "empty", id="empty"),
        pytest.param({"file": "manifest.json"}, "one name", id="our-own-name"),
        pytest.param({"file": "a+b.whl"}, "one name", id="alike"),
    ],
)
def test_what_github_would_refuse_is_said_before_the_first_byte(
    store: GitHub, server: Server, bundle: Bundle, changes: dict[str, object], words: str
) -> None:
    first, *rest = bundle.manifest.files
    files = (msgspec.structs.replace(first, **changes), msgspec.structs.replace(first, file="a.b.whl"), *rest)
    with pytest.raises(FindingsError, match=words):
        store.save(replace(bundle, manifest=msgspec.structs.replace(bundle.manifest, files=files)))
    assert server.exchanges() == []


def test_a_thousand_files_are_too_many(store: GitHub, server: Server, bundle: Bundle) -> None:
    first = bundle.manifest.files[0]
    files = tuple(msgspec.structs.replace(first, file=f"{number}.whl") for number in range(999))
    with pytest.raises(FindingsError, match="999 files"):
        store.save(replace(bundle, manifest=msgspec.structs.replace(bundle.manifest, files=files)))
    assert server.exchanges() == []


@pytest.mark.parametrize("name", ["../../etc/x", "a/b.whl", "a\\b.whl", "a\r\nb.whl", ".hidden", "x" * 300, ""])
def test_a_manifest_cannot_name_files_elsewhere(store: GitHub, server: Server, bundle: Bundle, name: str) -> None:
    first, *rest = bundle.manifest.files
    strange = msgspec.structs.replace(bundle.manifest, files=(msgspec.structs.replace(first, file=name), *rest))
    server.seed("v1.0", {"manifest.json": documents.dump(strange)})
    with pytest.raises(FindingsError, match="no release has"):
        store.find("v1.0")


def test_bytes_that_changed_at_github_are_found(store: GitHub, server: Server, bundle: Bundle, tmp_path: Path) -> None:
    release = store.save(bundle).release
    (kept,) = server.releases()
    (server.folder / str(kept["assets"][WHEEL]["id"])).write_bytes(b"rot")
    with pytest.raises(FindingsError, match=WHEEL):
        store.fetch(release, folder=tmp_path / "fetched")


def test_a_truncated_download_is_fetched_again(store: GitHub, server: Server, bundle: Bundle, tmp_path: Path) -> None:
    release = store.save(bundle).release
    server.fault("truncated", on="storage", times=3)
    paths = store.fetch(release, folder=tmp_path / "fetched")
    assert all(paths[name].read_bytes() == path.read_bytes() for name, path in bundle.paths.items())
