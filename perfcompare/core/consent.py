"""Load goes to this machine only, unless the user allows another one."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from perfcompare.core.errors import UsageError


def is_local(url: str) -> bool:
    """Whether the host of a URL is this machine by name or by a loopback address."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def require_consent(urls: Iterable[str], *, allowed: bool) -> None:
    """Raise UsageError for anything but the URL of a host, and, without `allowed`, for another machine."""
    for url in urls:
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise UsageError(f"{url!r} is not the URL of a host. Write http://host:port.")
        if not allowed and not is_local(url):
            raise UsageError(f"{url} is not this machine. If it is yours and you may load it, add --allow-remote.")
