"""One connection of twine's, with timeouts, and with word of how much of an upload has left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, cast

from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from wheelyard.doors.web import addresses
from wheelyard.index.account import Account
from wheelyard.index.waiting import meanwhile

if TYPE_CHECKING:
    import requests
    from twine.package import PackageFile

PIECE = 1 << 17  # bytes
_HTTP_1_0 = 10
TIMEOUT = (30.0, 300.0)  # seconds to connect or to send a piece, and for the index to take the file in


class Connection:
    """A connection of twine's that tells how much of an upload has left."""

    def __init__(self, account: Account) -> None:
        self._connect(account)

    def use(self, account: Account) -> None:
        """Go on as another account."""
        if account is not self.account:
            self.close()
            self._connect(account)

    def close(self) -> None:
        """Let go of what is open."""
        self._repository.close()

    def _connect(self, account: Account) -> None:
        self.account, self._adapter = account, _Metered()
        self._repository = account.repository()
        for scheme in ("https://", "http://"):
            self._repository.session.mount(scheme, self._adapter)

    def upload(self, package: PackageFile, tell: Callable[[int], None]) -> requests.Response:
        """The index's answer to one attempt: twine's own further ones would not look first."""
        self._adapter.tell = tell
        with addresses():
            return self._repository.upload(package, max_redirects=1)


class _Metered(HTTPAdapter):
    """Gives every request a timeout, and tells of its body, which is a `MultipartEncoderMonitor` of twine's making."""

    tell: Callable[[int], None] | None = None
    _pool: Any = None
    _ends = False  # the index, each connection with its answer

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # requests' own
        """Send in large pieces: the usual ones of 16 kB keep the processor busy, and other uploads waiting for it."""
        super().init_poolmanager(*args, **{**kwargs, "blocksize": PIECE})

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """The connections of the index."""
        self._pool = super().get_connection_with_tls_context(*args, **kwargs)
        return self._pool

    def close(self) -> None:
        """Close what is open, which requests leaves to the collection of garbage."""
        if self._pool is not None:
            self._pool.close()
        super().close()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        """Send with our timeout; meanwhile the next connection is opened where the index ends each."""
        body, tell = cast("Any", request.body), self.tell
        if tell is not None and hasattr(body, "callback"):
            body.callback = lambda monitor: tell(monitor.bytes_read)
        with _opening(self._pool) if self._ends else nullcontext():
            answer = super().send(request, *args, **{**kwargs, "timeout": TIMEOUT})
            answer.content  # noqa: B018  # once it is read, its connection is back among the others
        ended = answer.raw.version == _HTTP_1_0 or answer.headers.get("Connection", "").lower() == "close"
        self._ends = ended and self._pool.proxy is None
        return answer


@contextmanager
def _opening(pool: Any) -> Iterator[None]:  # noqa: ANN401
    """Open a connection while another is in use, and put it in its place: the next upload need not wait for it."""
    connection = pool._new_conn()  # noqa: SLF001  # urllib3 has no way to open one ahead
    connection.timeout = TIMEOUT[0]
    opened = meanwhile(connection.connect)
    try:
        yield
    finally:
        with suppress(OSError, HTTPError):  # the next upload tries again, and tells what is wrong
            opened()
        pool._get_conn().close()  # noqa: SLF001
        pool._put_conn(connection)  # noqa: SLF001
