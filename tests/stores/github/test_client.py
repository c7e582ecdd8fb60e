"""The client is patient with GitHub, keeps its token to itself, and says whose fault it was."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

import scripted
from scripted import Reply, Scripted
from wheelyard.errors import OutsideError, UsageError
from wheelyard.stores.github import calls, wire
from wheelyard.stores.github.access import Place
from wheelyard.stores.github.client import Client, LostError
from wheelyard.stores.github.pace import Pace

TOKEN = "ghp_" + "s3cret" * 5
NOW = 1_700_000_000.0
RELEASE = {"id": 1, "tag_name": "v1", "draft": True, "html_url": "https://x/v1", "upload_url": ""}
LIMITED = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW) + 90)}


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with scripted.serve() as running:
        yield running


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(github: Scripted, clock: Clock) -> Client:
    place = Place(api=github.url, host="127.0.0.1", name="ada/spam")
    return Client(place=place, token=TOKEN, pace=Pace(clock=clock, sleep=clock.sleep), now=lambda: NOW + clock.time)


def test_a_request_says_who_it_is_and_which_api_it_means(github: Scripted, client: Client) -> None:
    client.ask(calls.repository())
    (asked,) = github.asked
    assert asked.path == "/repos/ada/spam"
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["X-GitHub-Api-Version"] == wire.VERSION
    assert asked.headers["User-Agent"].startswith("wheelyard/")


def test_a_token_in_netrc_is_not_used(
    github: Scripted, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    client.ask(calls.repository())
    assert github.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("trouble", [Reply(status=0), Reply(status=502), Reply(status=503), Reply(short=1)])
def test_passing_troubles_pass(github: Scripted, client: Client, clock: Clock, trouble: Reply) -> None:
    github.replies = [trouble, trouble, Reply(body=[RELEASE])]
    assert [each.id for each in client.pages(calls.releases, wire.Release)] == [1]
    assert len(clock.slept) == 2


def test_lasting_troubles_are_told(github: Scripted, client: Client) -> None:
    github.replies = [Reply(status=502)]
    with pytest.raises(OutsideError, match="502 Bad Gateway"):
        client.ask(calls.repository())


def test_what_must_not_be_sent_twice_is_sent_once(github: Scripted, client: Client) -> None:
    github.replies = [Reply(status=0)]
    with pytest.raises(LostError):
        client.ask(calls.create("v1", commit=None, prerelease=False))
    assert len(github.asked) == 1


@pytest.mark.parametrize("status", [403, 429])
def test_retry_after_is_waited_for_and_then_anything_is_sent_again(
    github: Scripted, client: Client, clock: Clock, status: int
) -> None:
    github.replies = [Reply(status=status, headers={"Retry-After": "42"}), Reply(status=201, body=RELEASE)]
    client.ask(calls.create("v1", commit=None, prerelease=False))
    assert clock.slept == [42.0]


def test_the_primary_limit_is_waited_for_by_the_servers_clock(github: Scripted, client: Client, clock: Clock) -> None:
    theirs = formatdate(NOW + 30, usegmt=True)
    github.replies = [Reply(status=403, headers={**LIMITED, "Date": theirs}), Reply()]
    client.ask(calls.repository())
    assert clock.slept == [61.0]


def test_a_secondary_limit_without_a_time_is_waited_for_longer_and_longer(
    github: Scripted, client: Client, clock: Clock
) -> None:
    limited = Reply(status=403, body={"message": "You have exceeded a secondary rate limit."})
    github.replies = [limited, limited, Reply()]
    client.ask(calls.repository())
    assert clock.slept == [60.0, 120.0]


def test_a_limit_that_lasts_too_long_is_told(github: Scripted, client: Client) -> None:
    github.replies = [Reply(status=403, headers={"Retry-After": "7200"})]
    with pytest.raises(OutsideError, match="in 120 minutes"):
        client.ask(calls.repository())


@pytest.mark.parametrize(
    ("status", "words"),
    [
        pytest.param(401, "has expired, or was revoked", id="expired"),
        pytest.param(403, "`contents: write`", id="read-only"),
        pytest.param(404, "GitHub hides what a token may not see", id="hidden"),
    ],
)
def test_a_refusal_says_what_to_do(github: Scripted, client: Client, status: int, words: str) -> None:
    github.replies = [Reply(status=status, body={"message": "Resource not accessible"})]
    with pytest.raises(UsageError) as caught:
        client.ask(calls.create("v1", commit=None, prerelease=False))
    assert words in str(caught.value)
    assert "Resource not accessible" in str(caught.value)
    assert len(github.asked) == 1


def test_words_of_the_server_never_show_the_token_nor_break_the_line(github: Scripted, client: Client) -> None:
    message = f"No {TOKEN}\n::error::\x1b[31m" + "x" * 250 + TOKEN + "x" * 1000
    github.replies = [Reply(status=403, body={"message": message, "errors": [{"code": "a"}, "b"]})]
    with pytest.raises(UsageError) as caught:
        client.ask(calls.repository())
    assert TOKEN[:9] not in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 800


def test_a_client_does_not_show_its_token(client: Client) -> None:
    assert TOKEN not in repr(client)


def test_an_answer_that_is_not_githubs_is_told(github: Scripted, client: Client) -> None:
    github.replies = [Reply(body=b"<html>Log in to the airport's network</html>")]
    with pytest.raises(OutsideError, match="not GitHub's"):
        client.read(calls.repository(), wire.Repository)


@pytest.mark.parametrize("status", [301, 307])
def test_a_repository_that_moved_is_followed_on_the_same_host(github: Scripted, client: Client, status: int) -> None:
    github.replies = [Reply(status=status, headers={"Location": "/repositories/7/releases"}), Reply(body=RELEASE)]
    client.ask(calls.create("v1", commit=None, prerelease=False))
    first, second = github.asked
    assert (second.method, second.path, second.body) == ("POST", "/repositories/7/releases", first.body)
    assert second.headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_redirect_elsewhere_is_not_followed(github: Scripted, client: Client) -> None:
    with scripted.serve() as stranger:
        github.replies = [Reply(status=301, headers={"Location": f"{stranger.url}/repos/ada/spam"})]
        with pytest.raises(UsageError, match="has moved"):
            client.ask(calls.repository())
        assert stranger.asked == []


def test_a_download_elsewhere_never_gets_the_token(github: Scripted, client: Client, tmp_path: Path) -> None:
    asset = wire.Asset(id=5, name="a.whl", state="uploaded", size=5)
    with scripted.serve() as storage:
        storage.replies = [Reply(body=b"bytes", short=2), Reply(body=b"bytes")]
        github.replies = [Reply(status=302, headers={"Location": f"{storage.url}/5?sig=x"})]
        client.download(calls.download(asset), tmp_path / "a.whl")
        assert all("Authorization" not in asked.headers for asked in storage.asked)
        assert len(storage.asked) == 2
    assert (tmp_path / "a.whl").read_bytes() == b"bytes"


def test_a_download_that_never_ends_leaves_nothing(github: Scripted, client: Client, tmp_path: Path) -> None:
    github.replies = [Reply(body=b"bytes", short=2)]
    with pytest.raises(OutsideError):
        client.download(calls.download(wire.Asset(id=5, name="a", state="uploaded", size=5)), tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_an_upload_goes_only_to_a_host_of_githubs(client: Client, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    release = wire.Release(id=1, tag_name="v1", draft=True, html_url="", upload_url="http://evil.example/assets{?name}")
    with pytest.raises(OutsideError, match=r"evil\.example.*Nothing was sent"):
        client.upload(calls.upload(release, "a"), tmp_path / "a")


def test_pages_are_asked_for_one_by_one(github: Scripted, client: Client) -> None:
    more = {"Link": '<https://elsewhere.example/?page=2>; rel="next", <x>; rel="last"'}
    github.replies = [Reply(body=[RELEASE], headers=more), Reply(body=[{**RELEASE, "id": 2}])]
    assert [each.id for each in client.pages(calls.releases, wire.Release)] == [1, 2]
    assert [asked.path.partition("?")[2] for asked in github.asked] == ["per_page=100&page=1", "per_page=100&page=2"]


def test_writes_keep_within_the_limits_and_reads_do_not_wait(clock: Clock) -> None:
    pace = Pace(clock=clock, sleep=clock.sleep, limits=((2, 60.0), (3, 3600.0)))
    moments = []
    for _ in range(4):
        pace.wait(writes=True)
        moments.append(clock.time)
        pace.wait(writes=False)
    assert moments == [0.0, 0.0, 60.0, 3600.0]


def test_a_long_wait_is_told(clock: Clock) -> None:
    said: list[str] = []
    pace = Pace(clock=clock, sleep=clock.sleep, say=said.append)
    pace.hold(40)
    pace.wait(writes=False)
    assert said == ["waiting 40 s for GitHub's limits on requests"]
