"""An index is asked until it answers, and no answer is never taken for "nothing there"."""

from __future__ import annotations

import base64
import hashlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fakeindex import FakeIndex, Reply, fake_index
from wheelyard.errors import OutsideError
from wheelyard.index.reader import Reader
from wheelyard.index.simple import NotSimpleError

PAGE = "/simple/spam/"
WHEEL = "spam-1-py3-none-any.whl"
LOGIN = ("ada", "s3cret")


@dataclass
class Pauses:
    """Waits for nobody and remembers how long it should have."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def index() -> Iterator[FakeIndex]:
    with fake_index(held={WHEEL: b"bytes"}) as running:
        yield running


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


def reader(index: FakeIndex, pauses: Pauses, *, known: bool = False) -> Reader:
    return Reader(roots=(index.simple,), known=known, pause=pauses, login=lambda: LOGIN)


@pytest.mark.parametrize("html", [pytest.param(False, id="json"), pytest.param(True, id="html")])
def test_a_project_is_read(index: FakeIndex, pauses: Pauses, *, html: bool) -> None:
    index.html = html
    page = reader(index, pauses).page("spam")
    assert page is not None
    assert [listed.sha256 for listed in page.files] == [hashlib.sha256(b"bytes").hexdigest()]


def test_an_unknown_project_of_an_index_is_surely_none(index: FakeIndex, pauses: Pauses) -> None:
    index.held.clear()
    assert reader(index, pauses).page("eggs") is None


def test_where_no_index_is_nothing_is_known(index: FakeIndex, pauses: Pauses) -> None:
    index.pages = {"/simple/": [Reply(status=404)], PAGE: [Reply(status=404)]}
    with pytest.raises(OutsideError, match="--simple"):
        reader(index, pauses).page("spam")


def test_the_place_that_answers_is_found_and_kept(index: FakeIndex, pauses: Pauses) -> None:
    found = Reader(roots=(f"{index.url}/wrong/", index.simple), pause=pauses)
    index.pages = {"/wrong/spam/": [Reply(status=404)], "/wrong/": [Reply(status=404)]}
    assert found.page("spam") is not None
    assert found.roots == (index.simple,)


def test_passing_troubles_pass(index: FakeIndex, pauses: Pauses) -> None:
    good = Reply(kind="text/html", body=f'<a href="{WHEEL}">{WHEEL}</a>')
    index.pages = {PAGE: [Reply(status=503), Reply(drop=True), Reply(status=429, headers={"Retry-After": "7"}), good]}
    assert reader(index, pauses).page("spam") is not None
    assert len(pauses.seconds) == 3
    assert pauses.seconds[2] == 7


def test_a_body_that_breaks_off_is_asked_for_again(index: FakeIndex, pauses: Pauses) -> None:
    good = Reply(kind="text/html", body=f'<a href="{WHEEL}">{WHEEL}</a>')
    broken = Reply(kind="text/html", body="<html>", headers={"Content-Length": "1000", "Connection": "close"})
    index.pages = {PAGE: [broken, good]}
    assert reader(index, pauses).page("spam") is not None


def test_lasting_troubles_are_told_with_their_status(index: FakeIndex, pauses: Pauses) -> None:
    index.pages = {PAGE: [Reply(status=503)]}
    with pytest.raises(OutsideError, match="503 Service Unavailable"):
        reader(index, pauses).page("spam")


def test_an_error_page_with_200_is_no_page(index: FakeIndex, pauses: Pauses) -> None:
    index.pages = {PAGE: [Reply(kind="text/html", body="<title>Maintenance</title>")]}
    with pytest.raises(NotSimpleError, match="Maintenance"):
        reader(index, pauses).page("spam")


def test_a_dead_index_is_told_in_the_systems_words(pauses: Pauses) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(OutsideError, match=r"Connection refused\. Check the address, or try again later"):
        Reader(roots=(f"http://127.0.0.1:{port}/simple/",), pause=pauses).page("spam")


def test_a_name_that_does_not_resolve_is_told(pauses: Pauses) -> None:
    with pytest.raises(OutsideError, match=r"cannot be read: .*(known|resolution|nodename)"):
        Reader(roots=("http://no-such-host.invalid/simple/",), pause=pauses).page("spam")


def test_a_redirect_on_the_same_host_is_followed(index: FakeIndex, pauses: Pauses) -> None:
    index.pages = {"/old/spam/": [Reply(status=301, headers={"Location": PAGE})]}
    assert Reader(roots=(f"{index.url}/old/",), pause=pauses).page("spam") is not None


def test_a_circle_of_redirects_ends(index: FakeIndex, pauses: Pauses) -> None:
    index.pages = {PAGE: [Reply(status=302, headers={"Location": PAGE})]}
    with pytest.raises(OutsideError, match="redirects more than"):
        reader(index, pauses).page("spam")


def test_files_of_another_index_are_not_taken_for_its_own(index: FakeIndex, pauses: Pauses) -> None:
    with fake_index(held={WHEEL: b"somebody else's"}) as elsewhere:
        index.pages = {PAGE: [Reply(status=302, headers={"Location": f"{elsewhere.url}{PAGE}"})]}
        assert reader(index, pauses).page("spam") is None
        assert elsewhere.requests == []


def test_a_file_may_lie_elsewhere_which_gets_no_password(index: FakeIndex, pauses: Pauses) -> None:
    index.login = "Basic " + base64.b64encode(":".join(LOGIN).encode()).decode()
    asking = reader(index, pauses)
    page = asking.page("spam")
    assert page is not None
    with fake_index(held={WHEEL: b"bytes"}, login="Basic other") as elsewhere:
        away = f"{elsewhere.url}/files/{WHEEL}"
        index.pages = {f"/files/{WHEEL}": [Reply(status=302, headers={"Location": away})]}
        with pytest.raises(OutsideError, match="401 Unauthorized"):  # a password of ours would be another
            asking.digest(page.files[0])
        elsewhere.login = None
        assert asking.digest(page.files[0]) == hashlib.sha256(b"bytes").hexdigest()
        assert asking.document(page.files[0].url, accept="*/*") == b"bytes"


def test_a_login_page_elsewhere_is_no_index(index: FakeIndex, pauses: Pauses) -> None:
    away = Reply(status=302, headers={"Location": "http://portal.invalid/login"})
    index.pages = {PAGE: [away], "/simple/": [away]}
    with pytest.raises(OutsideError, match=r"No simple page .* \(a redirect to http://portal\.invalid/login\)"):
        reader(index, pauses).page("spam")


def test_a_portal_says_nothing_of_what_an_index_lacks(index: FakeIndex, pauses: Pauses) -> None:
    index.pages = {PAGE: [Reply(status=302, headers={"Location": "https://a:s3cret@portal.invalid/login?to=spam"})]}
    with pytest.raises(OutsideError, match=r"a redirect to https://portal\.invalid/login\)"):
        reader(index, pauses).page("spam")


def test_a_redirect_to_nowhere_is_told(index: FakeIndex, pauses: Pauses) -> None:
    index.pages = {PAGE: [Reply(status=302, headers={"Location": "http://["})]}
    with pytest.raises(OutsideError, match="cannot be read: Invalid IPv6 URL"):
        reader(index, pauses, known=True).page("spam")


def test_an_index_that_is_known_leads_to_no_other(index: FakeIndex, pauses: Pauses) -> None:
    index.pages = {PAGE: [Reply(status=302, headers={"Location": "https://other.invalid/simple/spam/"})]}
    with pytest.raises(OutsideError, match=r"a redirect to https://other\.invalid/simple/spam/\)"):
        reader(index, pauses, known=True).page("spam")


def test_no_page_is_taken_from_where_it_could_be_changed_on_the_way(tmp_path: Path, pauses: Pauses) -> None:
    trustme = pytest.importorskip("trustme")
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with fake_index(tls=context, held={WHEEL: b"bytes"}) as index:
        insecure = index.url.replace("https://", "http://")
        index.pages = {PAGE: [Reply(status=301, headers={"Location": f"{insecure}{PAGE}"})]}
        asking = Reader(roots=(index.simple,), pause=pauses, verify=str(tmp_path / "ca.pem"))
        with pytest.raises(OutsideError, match=r"a redirect to http://127\.0\.0\.1"):
            asking.page("spam")
        with pytest.raises(OutsideError, match="301 Moved Permanently"):
            asking.document(f"{index.simple}spam/", accept="*/*")


def test_user_name_and_password_are_given_when_asked_for(index: FakeIndex, pauses: Pauses) -> None:
    index.login = "Basic " + base64.b64encode(":".join(LOGIN).encode()).decode()
    assert reader(index, pauses).page("spam") is not None


def test_a_wrong_login_is_told(index: FakeIndex, pauses: Pauses) -> None:
    index.login = "Basic other"
    with pytest.raises(OutsideError, match=r"401 Unauthorized.*TWINE_PASSWORD") as caught:
        reader(index, pauses).page("spam")
    assert LOGIN[1] not in str(caught.value)


def test_a_digest_the_page_does_not_say_is_read_from_the_file(index: FakeIndex, pauses: Pauses) -> None:
    index.shown_digest = lambda _file, _digest: None
    asking = reader(index, pauses)
    page = asking.page("spam")
    assert page is not None
    assert page.files[0].sha256 is None
    assert asking.digest(page.files[0]) == hashlib.sha256(b"bytes").hexdigest()


@pytest.mark.parametrize("html", [pytest.param(False, id="json"), pytest.param(True, id="html")])
def test_a_page_is_sent_again_only_if_it_changed(index: FakeIndex, pauses: Pauses, *, html: bool) -> None:
    index.serial, index.html = 100, html
    asking = reader(index, pauses)
    first = asking.page("spam")
    assert (asking.page("spam"), index.unchanged) == (first, 1)
    index.held["spam-2-py3-none-any.whl"] = b"more"
    second = asking.page("spam")
    assert first is not None
    assert second is not None
    assert (len(second.files), index.unchanged) == (2, 1)
    assert (first.serial, second.serial) == (101, 102)


def test_what_a_cache_says_of_a_page_is_kept(index: FakeIndex, pauses: Pauses) -> None:
    index.serial, index.cache = 100, {"Age": "35", "Cache-Control": "max-age=600, public"}
    asking = reader(index, pauses)
    page = asking.page("spam")
    assert page is not None
    assert page.edition == "serial 101, 35 s old, kept for up to 600 s"
    index.cache = {"Age": "37"}
    page = asking.page("spam")
    assert page is not None
    assert page.edition == "serial 101, 37 s old, kept for up to 600 s"


def test_the_serial_of_a_header_counts_where_the_page_has_none(index: FakeIndex, pauses: Pauses) -> None:
    body = f'<a href="{WHEEL}">{WHEEL}</a>'
    index.pages = {PAGE: [Reply(kind="text/html", body=body, headers={"X-PyPI-Last-Serial": "7"})]}
    page = reader(index, pauses).page("spam")
    assert page is not None
    assert page.serial == 7


@pytest.mark.parametrize("behind", [pytest.param(1, id="an-older-page"), pytest.param(2, id="no-page-yet")])
def test_a_node_that_lags_is_asked_again(index: FakeIndex, pauses: Pauses, behind: int) -> None:
    index.serial, lags = 100, iter([0, behind, behind, 0])
    index.held["spam-2-py3-none-any.whl"] = b"more"
    index.lag = lambda: next(lags)
    asking = reader(index, pauses)
    first = asking.page("spam")
    assert asking.page("spam") == first
    assert len(pauses.seconds) == 2


@pytest.mark.parametrize("behind", [pytest.param(1, id="an-older-page"), pytest.param(2, id="no-page-yet")])
def test_what_was_seen_once_is_never_unseen(index: FakeIndex, pauses: Pauses, behind: int) -> None:
    index.serial, lags = 100, iter([0, behind, behind, behind])
    index.held["spam-2-py3-none-any.whl"] = b"more"
    index.lag = lambda: next(lags)
    asking = reader(index, pauses)
    first = asking.page("spam")
    again = asking.page("spam")
    assert first is not None
    assert again is not None
    assert (again.serial, len(again.files)) == (102, 2)


def test_without_serials_the_last_page_counts(index: FakeIndex, pauses: Pauses) -> None:
    asking = reader(index, pauses)
    assert asking.page("spam") is not None
    index.held.clear()
    assert asking.page("spam") is None


def test_a_trouble_is_told_though_a_page_was_seen(index: FakeIndex, pauses: Pauses) -> None:
    index.serial = 100
    asking = reader(index, pauses)
    asking.page("spam")
    index.pages = {PAGE: [Reply(status=503)]}
    with pytest.raises(OutsideError, match="503 Service Unavailable"):
        asking.page("spam")


@pytest.mark.parametrize("etag", ["", "unquoted", '"a"b"', '"tab\there"'])
def test_an_etag_that_is_none_is_never_sent(index: FakeIndex, pauses: Pauses, etag: str) -> None:
    index.serial, index.cache = 100, {"ETag": etag}
    asking = reader(index, pauses)
    page = asking.page("spam")
    assert page is not None
    assert page.etag is None
    assert asking.page("spam") == page


def test_an_answer_that_nobody_asked_for_is_an_error(index: FakeIndex, pauses: Pauses) -> None:
    index.pages = {PAGE: [Reply(status=304)]}
    with pytest.raises(OutsideError, match="304 Not Modified"):
        reader(index, pauses).page("spam")
