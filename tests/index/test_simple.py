"""The pages of an index become values, and what is no page of an index is refused."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wheelyard.index import simple
from wheelyard.index.project import Listed, Metadata, Page, Status
from wheelyard.index.simple import HTML, JSON, NotSimpleError

URL = "https://index.example/simple/spam/"
DIGEST = "ab" * 32


WHEEL = "spam-1-py3-none-any.whl"


def page(**entry: object) -> bytes:
    whole = {"filename": "spam-1.tar.gz", "url": "../../files/spam-1.tar.gz", "hashes": {}, **entry}
    return json.dumps({"meta": {"api-version": "1.1"}, "name": "spam", "files": [whole]}).encode()


def of_json(**entry: object) -> Listed:
    return simple.parse(page(**entry), content_type=JSON, url=URL).files[0]


def of_html(body: str) -> Page:
    return simple.parse(body.encode(), content_type=HTML, url=URL)


def test_json_gives_name_address_digest_size_and_yanking() -> None:
    body = page(hashes={"sha256": DIGEST.upper()}, size=7, yanked="broken")
    expected = Listed(
        file="spam-1.tar.gz", url="https://index.example/files/spam-1.tar.gz", sha256=DIGEST, size=7, yanked=True
    )
    assert simple.parse(body, content_type=JSON, url=URL).files == (expected,)


def test_json_without_a_sha256_says_so() -> None:
    body = page(hashes={"md5": "0" * 32})
    assert simple.parse(body, content_type=JSON, url=URL).files[0].sha256 is None


def test_html_gives_the_same() -> None:
    body = f"""<!DOCTYPE html><html><body>
      <a href="../../files/spam-1%2Blocal.tar.gz#sha256={DIGEST}" data-yanked="">spam-1+local.tar.gz</a>
      </body></html>"""
    expected = Listed(
        file="spam-1+local.tar.gz",
        url="https://index.example/files/spam-1%2Blocal.tar.gz",
        sha256=DIGEST,
        yanked=True,
    )
    assert simple.parse(body.encode(), content_type="text/html; charset=utf-8", url=URL).files == (expected,)


def test_html_digests_of_other_kinds_are_none() -> None:
    body = b'<a href="spam-1.tar.gz#md5=00">spam-1.tar.gz</a>'
    assert simple.parse(body, content_type="text/html", url=URL).files[0].sha256 is None


def test_a_base_changes_where_links_lead() -> None:
    body = b'<base href="https://files.example/x/"><a href="spam-1.zip">spam-1.zip</a>'
    assert simple.parse(body, content_type="text/html", url=URL).files[0].url == "https://files.example/x/spam-1.zip"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(b'<meta name="pypi:repository-version" content="1.0">', "text/html", id="by-its-mark"),
        pytest.param(b'<meta name="pypi:project-status" content="active">', "text/html", id="by-its-status"),
        pytest.param(b"<html></html>", HTML, id="by-its-type"),
    ],
)
def test_a_page_without_files_that_says_it_is_one_is_one(body: bytes, kind: str) -> None:
    assert simple.parse(body, content_type=kind, url=URL).files == ()


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        pytest.param(b"<title>Sorry</title><a href='/home'>home</a>", "text/html", "Sorry", id="error-page-with-200"),
        pytest.param(b"<a href='spam'>spam</a>", "text/html", "lists no files", id="list-of-projects"),
        pytest.param(b'{"error": "down"}', "application/json", "KeyError", id="other-json"),
        pytest.param(b'{"files": 3}', JSON, "TypeError", id="files-of-another-type"),
        pytest.param(b'{"files": [3]}', JSON, "is no page", id="a-file-of-another-type"),
        pytest.param(b"{", JSON, "is no page", id="half-a-document"),
        pytest.param(b"[]", JSON, "is no page", id="a-list"),
        pytest.param(b"[" * 100_000, JSON, "RecursionError", id="a-well-without-end"),
        pytest.param(b'{"files": [{"filename": "a", "url": "http://["}]}', JSON, "is no page", id="no-address"),
        pytest.param(b'{"files": [{"filename": "a", "url": "x\\u001b"}]}', JSON, "no address", id="unsayable"),
        pytest.param(b'<a href="http://[/spam-1.zip">', HTML, "of no use", id="no-address-in-html"),
        pytest.param(b'<base href="http://["><a href="spam-1.zip">', HTML, "of no use", id="no-base"),
        pytest.param(b"hello", "text/plain", "text/plain", id="plain-text"),
        pytest.param(b"\xff\xfe", "", "no content type", id="no-type"),
    ],
)
def test_what_is_no_page_is_refused(body: bytes, kind: str, said: str) -> None:
    with pytest.raises(NotSimpleError, match=said):
        simple.parse(body, content_type=kind, url=URL)


@pytest.mark.parametrize(
    ("keys", "sha256"),
    [
        pytest.param({"core-metadata": {"sha256": DIGEST}}, DIGEST, id="with-its-hash"),
        pytest.param({"core-metadata": True}, None, id="without-a-hash"),
        pytest.param({"core-metadata": {"blake2b": "00"}}, None, id="with-another-hash"),
        pytest.param({"dist-info-metadata": {"sha256": DIGEST}}, DIGEST, id="by-its-first-name"),
    ],
)
def test_json_says_where_the_metadata_of_a_file_is(keys: dict[str, object], sha256: str | None) -> None:
    assert of_json(**keys).metadata == Metadata(url="https://index.example/files/spam-1.tar.gz.metadata", sha256=sha256)


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param({}, id="never-heard-of"),
        pytest.param({"core-metadata": False}, id="not-for-this-file"),
        pytest.param({"core-metadata": False, "dist-info-metadata": True}, id="the-newer-name-counts"),
        pytest.param({"data-dist-info-metadata": {"sha256": DIGEST}}, id="a-name-of-no-specification"),
    ],
)
def test_metadata_that_is_not_offered_is_none(keys: dict[str, object]) -> None:
    assert of_json(**keys).metadata is None


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param(f'data-core-metadata="sha256={DIGEST}"', (DIGEST,), id="with-its-hash"),
        pytest.param('data-core-metadata="true"', (None,), id="without-a-hash"),
        pytest.param(f'data-dist-info-metadata="sha256={DIGEST}"', (DIGEST,), id="by-its-first-name"),
        pytest.param("", (), id="not-offered"),
    ],
)
def test_html_says_the_same(attributes: str, expected: tuple[str | None, ...]) -> None:
    metadata = of_html(f'<a href="{WHEEL}#sha256={DIGEST}" {attributes}>{WHEEL}</a>').files[0].metadata
    assert metadata == (Metadata(url=f"{URL}{WHEEL}.metadata", sha256=expected[0]) if expected else None)


@pytest.mark.parametrize("size", [-1, True, "7", None])
def test_a_size_that_is_none_is_not_known(size: object) -> None:
    assert of_json(size=size).size is None
    assert simple.parse(page(size=size), content_type=JSON, url=URL).size is None


def test_the_sizes_of_all_files_are_that_of_the_project() -> None:
    files = [{"filename": f"spam-{n}.zip", "url": f"{n}.zip", "size": n} for n in (1, 20)]
    body = json.dumps({"files": files}).encode()
    assert simple.parse(body, content_type=JSON, url=URL).size == 21


@pytest.mark.parametrize(
    ("marker", "status"),
    [
        pytest.param({"status": "archived", "reason": "moved\nto eggs"}, Status.ARCHIVED, id="archived"),
        pytest.param({"status": "quarantined"}, Status.QUARANTINED, id="quarantined"),
        pytest.param({"status": "deprecated"}, Status.DEPRECATED, id="deprecated"),
        pytest.param({"status": "resting"}, Status.ACTIVE, id="a-word-of-later"),
        pytest.param({"status": ["archived"]}, Status.ACTIVE, id="no-word"),
        pytest.param(None, Status.ACTIVE, id="unmarked"),
    ],
)
def test_the_status_of_a_project_is_read(marker: dict[str, str] | None, status: Status) -> None:
    found = simple.parse(json.dumps({"files": [], "project-status": marker}).encode(), content_type=JSON, url=URL)
    assert found.status is status
    given = marker or {}
    metas = f'<meta name="pypi:project-status" content="{given.get("status")}">'
    metas += f'<meta name="pypi:project-status-reason" content="{given.get("reason", "")}">'
    assert of_html(metas) == found


def test_the_serial_is_read_from_both_kinds_of_page() -> None:
    body = json.dumps({"files": [], "meta": {"_last-serial": 22406780}}).encode()
    assert simple.parse(body, content_type=JSON, url=URL).serial == 22406780
    assert of_html("<html></html>\n<!--SERIAL 22406780-->").serial == 22406780


@pytest.mark.parametrize("text", [None, True, -1, "", "1e3", "9" * 40, "\u0661"])
def test_what_is_no_serial_is_none(text: object) -> None:
    assert simple.serial(text) is None


def test_a_file_whose_name_cannot_be_said_is_none() -> None:
    assert simple.parse(page(filename="spam-1\x1b[31m.tar.gz"), content_type=JSON, url=URL).files == ()
    assert of_html('<a href="spam-1%1b.tar.gz">x</a>').files == ()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=9), each, max_size=3),
    max_leaves=4,
)
ENTRY = st.fixed_dictionaries(
    {"filename": st.just("spam-1.zip") | ANYTHING, "url": st.text() | ANYTHING},
    optional=dict.fromkeys(("hashes", "size", "yanked", "core-metadata", "provenance"), ANYTHING),
)
DOCUMENT = st.fixed_dictionaries(
    {"files": st.lists(ENTRY, max_size=2)}, optional=dict.fromkeys(("meta", "project-status"), ANYTHING)
)
PIECES = (
    "<a href='", "<base href='", "<meta name='pypi:project-status' content='", "'>", "http://", "[", "]", "spam-1.zip",
    "#sha256=", "<!--SERIAL ", "-->", "\x1b", "&#x1b;", " data-core-metadata='true", "<title>",
)  # fmt: skip


@given(DOCUMENT)
def test_whatever_json_an_index_gives_is_a_page_or_none(document: dict[str, object]) -> None:
    with contextlib.suppress(NotSimpleError):
        found = simple.parse(json.dumps(document).encode(), content_type=JSON, url=URL)
        assert all((listed.file + listed.url).isprintable() for listed in found.files)


@given(st.lists(st.sampled_from(PIECES)).map("".join) | st.text())
def test_whatever_html_an_index_gives_is_a_page_or_none(document: str) -> None:
    with contextlib.suppress(NotSimpleError):
        assert all((listed.file + listed.url).isprintable() for listed in of_html(document).files)
