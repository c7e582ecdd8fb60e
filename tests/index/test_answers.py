"""What an index answers to an upload is understood, and passed on in its own words."""

from __future__ import annotations

import pytest

from wheelyard.index import answers
from wheelyard.index.answers import Verdict

WAREHOUSE = """<html>
 <head><title>400 Bad Request</title></head>
 <body><h1>400 Bad Request</h1>
  The server could not comply with the request since it is either malformed or otherwise incorrect.<br/><br/>
  Invalid value for classifiers. Error: Classifier &#x27;Nonsense&#x27; is not a valid classifier.
 </body></html>"""
PYPISERVER = """<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN"><html><head><title>Error: 400 Bad Request</title>
 <style type="text/css">html {background-color: #eee;}</style></head><body><h1>Error: 400 Bad Request</h1>
 <p>Sorry, the requested URL caused an error:</p><pre>Package &#039;spam-1.whl&#039; already exists!</pre></body>
</html>"""


@pytest.mark.parametrize(
    ("status", "reason", "body", "verdict"),
    [
        pytest.param(200, "OK", "", Verdict.TAKEN, id="taken"),
        pytest.param(201, "Created", "", Verdict.TAKEN, id="created"),
        pytest.param(200, "OK", "<!DOCTYPE html><html>Welcome</html>", Verdict.LOOK, id="a-web-page"),
        pytest.param(200, "Upload of identical file", "<html>200</html>", Verdict.TAKEN, id="devpi-duplicate"),
        pytest.param(302, "Found", "", Verdict.REFUSED, id="redirect"),
        pytest.param(400, "File already exists ('spam').", "", Verdict.LOOK, id="pypi-duplicate"),
        pytest.param(400, "Bad Request", PYPISERVER, Verdict.LOOK, id="pypiserver-duplicate"),
        pytest.param(409, "Conflict", "", Verdict.LOOK, id="conflict"),
        pytest.param(400, "Bad Request", WAREHOUSE, Verdict.REFUSED, id="bad-classifier"),
        pytest.param(401, "Unauthorized", "", Verdict.STALE, id="no-login"),
        pytest.param(403, "Forbidden", "", Verdict.STALE, id="wrong-login"),
        pytest.param(413, "Too Large", "", Verdict.REFUSED, id="too-large"),
        pytest.param(429, "Too Many Requests", "", Verdict.AGAIN, id="slow-down"),
        pytest.param(503, "Service Unavailable", "", Verdict.AGAIN, id="unavailable"),
    ],
)
def test_every_answer_has_a_meaning(status: int, reason: str, body: str, verdict: Verdict) -> None:
    assert answers.judge(status, reason=reason, body=body).verdict is verdict


def test_the_words_come_out_of_a_web_page() -> None:
    said = answers.judge(400, reason="Bad Request", body=WAREHOUSE).words
    assert "Classifier 'Nonsense' is not a valid classifier." in said
    assert "Correct `classifiers`" in said
    assert "<" not in said


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        pytest.param("The user 'ada' isn't allowed to upload to project 'spam'.", "have its owner add you", id="taken"),
        pytest.param("The name 'spam' is too similar to an existing project.", "Choose another name", id="similar"),
        pytest.param("The name 'os' isn't allowed (conflict with a module).", "Choose another name", id="forbidden"),
        pytest.param("File already exists ('spam').", "raise the version", id="exists"),
        pytest.param("This filename has already been used.", "raise the version", id="deleted"),
    ],
)
def test_each_refusal_says_what_to_do(words: str, advice: str) -> None:
    assert advice in answers.advised(400, f"400 {words}")


def test_a_redirect_says_where_to_and_nothing_secret() -> None:
    said = answers.judge(301, location="https://ada:s3cret@other.example/legacy/?key=s3cret").words
    assert "a redirect to https://other.example/legacy/." in said
    assert "s3cret" not in said


def test_the_words_come_out_of_the_status_line() -> None:
    assert answers.words(400, reason="This filename is odd", body=WAREHOUSE) == "400 This filename is odd"


@pytest.mark.parametrize("key", ["message", "detail", "error"])
def test_the_words_come_out_of_json(key: str) -> None:
    assert answers.words(400, reason="Bad Request", body=f'{{"{key}": "no room"}}') == "400 no room"


def test_a_page_that_has_only_a_title_is_still_heard() -> None:
    assert answers.words(502, reason="", body="<title>Upstream is away</title>") == "502 Upstream is away"


def test_styles_and_scripts_are_not_words() -> None:
    assert "background" not in answers.words(400, reason="Bad Request", body=PYPISERVER)


def test_what_would_command_a_terminal_is_left_out() -> None:
    assert answers.words(400, reason="bad \x1b[31mred\x07") == "400 bad [31mred"


@pytest.mark.parametrize("body", ["[" * 100_000, "<" * 100_000, "<style" * 100_000])
def test_a_hostile_body_is_no_trouble(body: str) -> None:
    assert answers.judge(400, body=body).verdict is Verdict.REFUSED


def test_a_redirect_to_nowhere_is_told() -> None:
    assert "a redirect to no address." in answers.judge(302, location="http://[").words


def test_a_book_is_cut_short() -> None:
    assert len(answers.words(500, body="word " * 10_000)) == 500


def test_an_unknown_status_is_said_as_it_is() -> None:
    assert answers.words(599) == "599"


def test_the_time_to_wait_is_kept() -> None:
    assert answers.judge(429, retry_after="7").wait == 7
    assert answers.judge(429, retry_after="9" * 400).wait == answers.MOST_SECONDS
    assert answers.judge(429, retry_after="Fri, 31 Dec 1999 23:59:59 GMT").wait is None
