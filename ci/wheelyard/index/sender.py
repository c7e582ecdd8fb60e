"""Upload files with twine: one alone, then several at a time, and after a failure look before trying again."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import redirect_stdout, suppress
from http import HTTPStatus
from itertools import chain
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Protocol

import requests

from wheelyard.doors.web import backoff, trouble
from wheelyard.errors import OutsideError
from wheelyard.index import answers, packages
from wheelyard.index.account import Account
from wheelyard.index.answers import Answer, Verdict
from wheelyard.index.connection import Connection
from wheelyard.index.uploads import Outcome, Sent, sent
from wheelyard.index.waiting import waited
from wheelyard.releasing.manifest import File

if TYPE_CHECKING:
    from twine.package import PackageFile

ATTEMPTS = 4
LOOKS = 3
RENEW_SECONDS = 600  # of the 900 that a token of trusted publishing lives

Look = Callable[[str], str | None]
"""The SHA-256 the index shows for a file name, or None where it shows none."""


class Watch(Protocol):
    """Who is told how the uploads go; called from several threads."""

    def progress(self, file: File, done: int) -> None:
        """So many bytes of a file, and of the form around it, have left."""
        ...

    def ended(self, report: Sent) -> None:
        """A file is done with, well or not."""
        ...


class _Aborted(Exception):  # noqa: N818  # nothing went wrong: a person stopped it
    """Raised inside an upload that is to end at once."""


class Sender:
    """Uploads to one account over as many connections as run side by side."""

    def __init__(
        self,
        account: Account,
        *,
        parallel: int,
        look: Look | None,
        watch: Watch,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the connections; this is where credentials are asked for. Without `look` nothing can be compared."""
        self._look_up = look
        self._watch = watch
        self._pause = pause
        self._clock = clock
        self._aborted = threading.Event()
        self._halted = threading.Event()
        self._looking = threading.Lock()
        self._renewing = threading.Lock()
        self._parallel = parallel
        self._account = account
        self._ready: Mapping[str, Future[PackageFile]] = {}
        self._secrets = _secrets(account)
        self._trusted = account.is_trusted
        self._born = clock()
        self._connections = tuple(Connection(account) for _ in range(parallel))
        self._free: SimpleQueue[Connection] = SimpleQueue()
        for connection in self._connections:
            self._free.put(connection)

    def send(
        self,
        batches: Iterable[Sequence[File]],
        *,
        paths: Mapping[str, Path],
        attestations: Mapping[str, str] | None = None,
    ) -> tuple[Sent, ...]:
        """Upload batch after batch, then let go of the connections; after a refusal or a failure nothing new is begun.

        `attestations`, as JSON by the file's name, go along with their files.
        """
        batches = tuple(batches)
        self._ready = packages.prepared(tuple(chain(*batches)), paths, attestations or {})
        with redirect_stdout(io.StringIO()):  # twine talks there
            reports = tuple(report for batch in batches for report in self._batch(batch))
        for connection in self._connections:
            connection.close()
        return reports

    def _batch(self, batch: Sequence[File]) -> list[Sent]:
        """Upload side by side. The threads are daemons: an interruption does not wait for an index that is silent."""
        todo: SimpleQueue[File] = SimpleQueue()
        done: SimpleQueue[Sent | Exception] = SimpleQueue()
        for file in batch:
            todo.put(file)
        for _ in range(min(self._parallel, len(batch))):
            threading.Thread(target=self._work, args=(todo, done), daemon=True).start()
        try:
            return [waited(done) for _ in batch]
        except BaseException:
            self._aborted.set()
            raise

    def _work(self, todo: SimpleQueue[File], done: SimpleQueue[Sent | Exception]) -> None:
        """Upload what is still to do over one connection."""
        connection = self._free.get()
        with suppress(Empty):
            while True:
                file = todo.get_nowait()
                try:
                    done.put(self._one(connection, file))
                except Exception as error:  # noqa: BLE001  # told to the thread that waits
                    done.put(error)
        self._free.put(connection)

    def _one(self, connection: Connection, file: File) -> Sent:
        if self._halted.is_set() or self._aborted.is_set():
            outcome, words = Outcome.UNSENT, ""
        else:
            outcome, words = self._attempts(connection, file)
        report = sent(file, outcome, words)
        if report.went_wrong:
            self._halted.set()
        self._watch.ended(report)
        return report

    def _attempts(self, connection: Connection, file: File) -> tuple[Outcome, str]:
        package, answer = self._ready[file.file].result(), Answer(verdict=Verdict.AGAIN)
        for attempt in range(ATTEMPTS):
            connection.use(self._valid())
            answer = self._post(connection, package, file)
            if answer.verdict is Verdict.STALE and self._renew(connection.account):
                connection.use(self._account)
                answer = self._post(connection, package, file)
            match answer.verdict:
                case Verdict.TAKEN:
                    return Outcome.UPLOADED, ""
                case Verdict.REFUSED | Verdict.STALE:
                    return Outcome.REFUSED, answer.words
                case Verdict.LOOK | Verdict.AGAIN:
                    named = answer.verdict is Verdict.LOOK
                    if seen := self._seen(file, answer, tries=LOOKS if named else 1):
                        return seen
                    if named:
                        return Outcome.REFUSED, answers.advised(HTTPStatus.CONFLICT, answer.words)
            if attempt < ATTEMPTS - 1:
                self._pause(answer.wait if answer.wait is not None else backoff(attempt))
        return Outcome.FAILED, f"{answer.words} ({ATTEMPTS} attempts)"

    def _valid(self) -> Account:
        """The account, its short-lived token got anew well before it ends."""
        if self._trusted and self._clock() - self._born > RENEW_SECONDS:
            self._renew(self._account)
        return self._account

    def _renew(self, used: Account) -> bool:
        """Get a new token in place of the one in `used`, if it is of the kind that ends, and nobody did it before."""
        with self._renewing:
            if self._trusted and used is self._account:
                self._account = used.renewed()
                self._secrets |= _secrets(self._account)
                self._born = self._clock()
            return self._trusted

    def _seen(self, file: File, answer: Answer, *, tries: int) -> tuple[Outcome, str] | None:
        """What the index shows of a file after an answer that was no clear yes or no."""
        for attempt in range(tries if self._look_up else 0):
            if attempt:
                self._pause(backoff(attempt))
            theirs = self._looked_up(file)
            if theirs == file.sha256:
                return (Outcome.THERE if answer.verdict is Verdict.LOOK else Outcome.UPLOADED), ""
            if theirs is not None:
                return Outcome.REFUSED, f"{answer.words} It has SHA-256 {theirs} there, {file.sha256} here."
        return None

    def _looked_up(self, file: File) -> str | None:
        """The digest the index shows, or None also when it cannot be asked: sending again is safe, it takes no twin."""
        with self._looking:
            try:
                return self._look_up(file.file) if self._look_up else None
            except OutsideError:
                return None

    def _post(self, connection: Connection, package: PackageFile, file: File) -> Answer:
        def tell(done: int) -> None:
            if self._aborted.is_set():
                raise _Aborted
            self._watch.progress(file, done)

        try:
            response = connection.upload(package, tell)
        except requests.RequestException as error:
            return Answer(verdict=Verdict.AGAIN, words=f"The upload broke off: {trouble(error)}.")
        answer = answers.judge(
            response.status_code,
            reason=response.reason,
            body=response.text,
            retry_after=response.headers.get("Retry-After"),
            location=response.headers.get("Location"),
        )
        return Answer(verdict=answer.verdict, words=self._redacted(answer.words), wait=answer.wait)

    def _redacted(self, words: str) -> str:
        for secret in self._secrets:
            words = words.replace(secret, "***")
        return words


def _secrets(account: Account) -> set[str]:
    """What an index might repeat and nobody should read; a user name is none, and may be a word like any other."""
    _, password = account.login() or ("", "")
    return {password} - {""}
