"""Nothing but this machine is loaded unless somebody says that it may be."""

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
    """Raise UsageError for what is no URL of a host, and, without `allowed`, for a host that is not this machine."""
    for url in urls:
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise UsageError(f"{url!r} is no URL of a host; write http://host:port.")
        if not allowed and not is_local(url):
            raise UsageError(f"{url} is not this machine. If it is yours and may be loaded, add --allow-remote.")
