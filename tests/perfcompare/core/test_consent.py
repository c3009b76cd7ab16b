"""Load goes to this machine unless the user allows another one."""

from __future__ import annotations

import pytest

from perfcompare.core.consent import require_consent
from perfcompare.core.errors import UsageError


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://localhost", "https://[::1]:8443/api/", "http://127.9.9.9"]
)
def test_this_machine_needs_no_consent(url: str) -> None:
    require_consent([url], allowed=False)


@pytest.mark.parametrize(
    "url",
    [
        *("http://169.254.169.254/latest/meta-data", "http://10.0.0.1", "http://0.0.0.0:8000", "http://people.example"),
        *("http://127.0.0.1@people.example", "http://localhost.people.example", "http://127.0.0.1.people.example"),
        *("http://[::ffff:10.0.0.1]", "http://2130706433.people.example", "http://people.example#127.0.0.1"),
    ],
)
def test_s6_another_machine_needs_consent(url: str) -> None:
    with pytest.raises(UsageError, match="is not this machine"):
        require_consent([url], allowed=False)

    require_consent([url], allowed=True)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://127.0.0.1", "gopher://127.0.0.1", "//127.0.0.1", "", "http://"]
)
@pytest.mark.parametrize("allowed", [False, True])
def test_s6_what_is_not_the_url_of_a_host_is_refused_with_consent_too(url: str, allowed: bool) -> None:
    with pytest.raises(UsageError, match="is not the URL of a host"):
        require_consent([url], allowed=allowed)
