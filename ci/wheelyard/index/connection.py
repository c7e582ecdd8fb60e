"""One connection of twine's, with timeouts, and with word of how much of an upload has left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from requests.adapters import HTTPAdapter

from wheelyard.index.account import Account

if TYPE_CHECKING:
    import requests
    from twine.package import PackageFile

PIECE = 1 << 17  # bytes
TIMEOUT = (30.0, 300.0)  # seconds to connect or to send a piece, and for the index to take the file in


class Connection:
    """A connection of twine's that tells how much of an upload has left."""

    def __init__(self, account: Account) -> None:
        self._adapter = _Metered()
        self._connect(account)

    def use(self, account: Account) -> None:
        """Go on as another account."""
        if account is not self.account:
            self._repository.close()
            self._connect(account)

    def _connect(self, account: Account) -> None:
        self.account = account
        self._repository = account.repository()
        for scheme in ("https://", "http://"):
            self._repository.session.mount(scheme, self._adapter)

    def upload(self, package: PackageFile, tell: Callable[[int], None]) -> requests.Response:
        """The index's answer to one attempt: twine's own further ones would not look first."""
        self._adapter.tell = tell
        return self._repository.upload(package, max_redirects=1)


class _Metered(HTTPAdapter):
    """Gives every request a timeout, and tells of its body, which is a `MultipartEncoderMonitor` of twine's making."""

    tell: Callable[[int], None] | None = None

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # requests' own
        """Send in large pieces: the usual ones of 16 kB keep the processor busy, and other uploads waiting for it."""
        super().init_poolmanager(*args, **{**kwargs, "blocksize": PIECE})

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        """Send with our timeout."""
        body, tell = cast("Any", request.body), self.tell
        if tell is not None and hasattr(body, "callback"):
            body.callback = lambda monitor: tell(monitor.bytes_read)
        return super().send(request, *args, **{**kwargs, "timeout": TIMEOUT})
