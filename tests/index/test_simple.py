"""The pages of an index become values, and what is no page of an index is refused."""

from __future__ import annotations

import json

import pytest

from wheelyard.index import simple
from wheelyard.index.simple import HTML, JSON, Listed, NotSimpleError

URL = "https://index.example/simple/spam/"
DIGEST = "ab" * 32


def page(**entry: object) -> bytes:
    whole = {"filename": "spam-1.tar.gz", "url": "../../files/spam-1.tar.gz", "hashes": {}, **entry}
    return json.dumps({"meta": {"api-version": "1.1"}, "name": "spam", "files": [whole]}).encode()


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
        pytest.param(b"hello", "text/plain", "text/plain", id="plain-text"),
        pytest.param(b"\xff\xfe", "", "no content type", id="no-type"),
    ],
)
def test_what_is_no_page_is_refused(body: bytes, kind: str, said: str) -> None:
    with pytest.raises(NotSimpleError, match=said):
        simple.parse(body, content_type=kind, url=URL)
