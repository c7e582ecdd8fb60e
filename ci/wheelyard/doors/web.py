"""What every HTTP client here does alike: whether to try again, how long to pause, words for troubles."""

from __future__ import annotations

import random
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import requests

from wheelyard.words import line

AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_PASSING = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


def passes(error: requests.RequestException) -> bool:
    """Whether the same request may well succeed a moment later."""
    lasting = isinstance(error, requests.exceptions.ProxyError) or is_distrust(error)
    return isinstance(error, _PASSING) and not lasting


def is_distrust(error: BaseException) -> bool:
    """Whether a certificate is not trusted; all else that TLS complains of is a connection that broke."""
    inner = _innermost(error)
    return any(isinstance(each, ssl.CertificateError) for each in (inner, *inner.args))  # urllib3 wraps it by a proxy


def backoff(attempt: int) -> float:
    """Seconds to wait after a failed attempt: 1, 2, 4, ... with half of it left to chance."""
    return min(2.0**attempt, 30.0) * random.uniform(0.5, 1.0)  # noqa: S311  # spreads load, hides nothing


def trouble(error: Exception) -> str:
    """What failed, in a few words, without the address, which may hold a password."""
    match error:
        case requests.exceptions.ProxyError():
            return "the proxy did not let the request through. Check HTTPS_PROXY, its user name and its password"
        case requests.exceptions.SSLError() if is_distrust(error):
            return f"its certificate is not trusted ({_words(error)}). Set REQUESTS_CA_BUNDLE for a private one"
        case requests.exceptions.ConnectTimeout():
            return "no connection in time"
        case requests.Timeout():
            return "no answer in time"
        case _:
            return _words(error)


def _innermost(error: BaseException) -> BaseException:
    """The exception at the bottom of the chain."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error


def _words(error: BaseException) -> str:
    """The system's own words."""
    error = _innermost(error)
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(words).rpartition("] ")[2].rstrip(".")


def same_host(one: str, other: str) -> bool:
    """Whether an address may be asked in place of another: the same host and port, or its HTTPS."""
    left, right = urlsplit(one), urlsplit(other)
    upgraded = (left.scheme, right.scheme) == ("http", "https") and left.hostname == right.hostname
    return (left.scheme, left.netloc) == (right.scheme, right.netloc) or upgraded


def address(url: str) -> str:
    """An address that may be shown: without user name, password and query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "no address"
    return line(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl())


def target(url: str, location: str) -> str:
    """Where a redirect from an address leads to; words instead for what is no address."""
    try:
        return urljoin(url, location)
    except ValueError:
        return "no address"


def downgrades(one: str, other: str) -> bool:
    """Whether a redirect leads from HTTPS to where answers can be changed on the way."""
    return one.startswith("https://") and not other.startswith("https://")


@contextmanager
def addresses() -> Iterator[None]:
    """Tell of a Location that is no address as of requests' other troubles: it lets Python's own error out."""
    try:
        yield
    except ValueError as error:
        if isinstance(error, requests.RequestException):
            raise
        raise requests.exceptions.InvalidURL(str(error)) from error


def status(code: int) -> str:
    """A status code with its name: `404 Not Found`."""
    return f"{code} {HTTPStatus(code).phrase}" if code in set(HTTPStatus) else str(code)
