"""What passes is told from what lasts."""

from __future__ import annotations

import ssl

import pytest
import requests

from wheelyard.doors import web


def caused(error: requests.RequestException, *, by: Exception) -> requests.RequestException:
    error.__context__ = by
    return error


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        pytest.param(requests.ConnectionError(), True, id="reset"),
        pytest.param(requests.ReadTimeout(), True, id="timeout"),
        pytest.param(requests.exceptions.ChunkedEncodingError(), True, id="truncated"),
        pytest.param(caused(requests.exceptions.SSLError(), by=ssl.SSLEOFError(8, "EOF")), True, id="tls-broke-off"),
        pytest.param(
            caused(requests.exceptions.SSLError(), by=ssl.SSLCertVerificationError("no")), False, id="distrust"
        ),
        pytest.param(
            caused(requests.exceptions.SSLError(), by=Exception(ssl.SSLCertVerificationError("no"))),
            False,
            id="distrust-by-a-proxy",
        ),
        pytest.param(requests.exceptions.ProxyError(), False, id="proxy"),
        pytest.param(requests.exceptions.InvalidURL(), False, id="address"),
    ],
)
def test_only_what_may_be_better_in_a_moment_is_tried_again(error: requests.RequestException, passes: object) -> None:
    assert web.passes(error) is passes


def test_a_certificate_is_blamed_only_where_it_is_to_blame() -> None:
    distrust = caused(requests.exceptions.SSLError(), by=ssl.SSLCertVerificationError(1, "self-signed"))
    assert "REQUESTS_CA_BUNDLE" in web.trouble(distrust)
    broken = caused(requests.exceptions.SSLError(), by=ssl.SSLEOFError(8, "EOF occurred"))
    assert web.trouble(broken) == "EOF occurred"
