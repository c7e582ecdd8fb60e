"""What GitHub says, as values."""

from __future__ import annotations

import json

import pytest

from wheelyard.stores.github import calls, wire
from wheelyard.stores.github.wire import Answer, Release

RELEASE = Release(
    id=1, tag_name="v1", draft=True, html_url="", upload_url="https://uploads.github.com/r/1/assets{?name,label}"
)


def refusal(body: object, status: int = 422) -> Answer:
    return Answer(status=status, headers={}, body=json.dumps(body).encode())


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param("spam-1.0+cu12-cp312-cp312-win32.whl", "spam-1.0.cu12-cp312-cp312-win32.whl", id="local-version"),
        pytest.param("spam-1.0+cu12-cp312-cp312-win32.whl", "spam-1.0+cu12-cp312-cp312-win32.whl", id="kept"),
        pytest.param("spam-1!2.0.tar.gz", "spam-1.2.0.tar.gz", id="epoch"),
        pytest.param("a ~ (b).zip", "a.b.zip", id="run-of-characters"),
        pytest.param(".hidden.", "hidden", id="ends"),
    ],
)
def test_a_rewritten_name_is_the_same_name(ours: str, theirs: str) -> None:
    assert wire.key(ours) == wire.key(theirs)


def test_other_names_stay_other_names() -> None:
    names = ["spam-1.0-cp312-cp312-win32.whl", "spam-1.0-cp312-cp312-win_arm64.whl", "spam_1-0-cp312-cp312-win32.whl"]
    assert len({wire.key(name) for name in names}) == 3


def test_a_name_that_will_be_rewritten_is_kept_as_the_label() -> None:
    assert calls.upload(RELEASE, "a+b.whl").query == {"name": "a+b.whl", "label": "a+b.whl"}
    assert calls.upload(RELEASE, "a.whl").query == {"name": "a.whl"}


def test_a_plus_is_sent_as_one() -> None:
    assert wire.query(calls.upload(RELEASE, "a+b c.whl")).startswith("?name=a%2Bb%20c.whl")


def test_an_upload_goes_where_the_release_says() -> None:
    assert calls.upload(RELEASE, "a").path == "https://uploads.github.com/r/1/assets"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param({"message": "Bad credentials"}, "Bad credentials", id="message"),
        pytest.param(
            {"message": "Validation Failed", "errors": [{"resource": "ReleaseAsset", "field": "name", "code": "x"}]},
            "Validation Failed; ReleaseAsset name x",
            id="fields",
        ),
        pytest.param({"message": "No", "errors": ["one", {"message": "two"}]}, "No; one; two", id="mixed"),
        pytest.param({"message": "No", "errors": "one"}, "No", id="text"),
        pytest.param(["?"], "", id="no-object"),
    ],
)
def test_the_words_of_a_refusal(body: object, words: str) -> None:
    assert refusal(body).words == words


def test_a_refusal_is_known_by_its_code() -> None:
    there = refusal({"message": "Validation Failed", "errors": [{"code": "already_exists"}]})
    assert there.is_about("already_exists")
    assert not there.is_about("custom")
    assert not Answer(status=502, headers={}, body=b"<html>").is_about("already_exists")


def test_a_digest_of_another_kind_is_none() -> None:
    asset = wire.Asset(id=1, name="a", state="uploaded", size=1, digest="sha512:00")
    assert asset.sha256 is None


@pytest.mark.parametrize("status", [200, 401, 404, 422, 502])
def test_only_refusals_are_limits(status: int) -> None:
    answer = Answer(status=status, headers={"retry-after": "5", "x-ratelimit-remaining": "0"}, body=b"")
    assert wire.pause(answer, attempt=0, now=0.0) is None


def test_a_403_without_signs_of_a_limit_is_none() -> None:
    answer = refusal({"message": "Resource not accessible by integration"}, status=403)
    assert wire.pause(answer, attempt=0, now=0.0) is None
