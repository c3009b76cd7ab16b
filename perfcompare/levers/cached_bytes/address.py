"""Where Redis is, and what a new connection says first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from hiredis import pack_command

Command = tuple[bytes | str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Address:
    """A Redis server, a database on it, and how long to wait for it."""

    path: str | None
    """The unix socket; None for TCP."""
    host: str
    port: int
    greeting: tuple[Command, ...]
    """AUTH and SELECT, where they are needed."""
    connect_timeout_s: float | None
    timeout_s: float | None
    """Of a command; None waits for ever."""


def address(location: str, options: Mapping[str, Any]) -> Address:
    """The address of a cache's LOCATION and OPTIONS, named as django-redis names them; ImproperlyConfigured if odd."""
    url = urlsplit(location)
    if url.scheme not in {"redis", "unix"} or "," in location:
        raise ImproperlyConfigured(
            f"cached_bytes takes one redis:// or unix:// URL, not {url.scheme}://; keep django-redis for the rest."
        )
    query = {name: values[-1] for name, values in parse_qs(url.query).items()}
    database = query.get("db") or ("" if url.scheme == "unix" else url.path.strip("/")) or "0"
    user, password = _credentials(url.username, url.password, options)
    return Address(
        path=unquote(url.netloc.rpartition("@")[2] + url.path) if url.scheme == "unix" else None,
        host=url.hostname or "localhost",
        port=(url.port if url.scheme == "redis" else None) or 6379,
        greeting=(*_auth(user, password), *([("SELECT", database)] if database != "0" else [])),
        connect_timeout_s=options.get("SOCKET_CONNECT_TIMEOUT"),
        timeout_s=options.get("SOCKET_TIMEOUT"),
    )


def _credentials(user: str | None, password: str | None, options: Mapping[str, Any]) -> tuple[str, str]:
    given_user = options.get("USERNAME") or unquote(user or "")
    return given_user, options.get("PASSWORD") or unquote(password or "")


def _auth(user: str, password: str) -> list[Command]:
    if not password:
        return []
    return [("AUTH", user, password)] if user else [("AUTH", password)]


def packed(commands: tuple[Command, ...] | list[Command]) -> bytes:
    """The commands as Redis reads them."""
    # hiredis packs tuples of any length; its types know only those of one word.
    return b"".join(pack_command(cast("Any", command)) for command in commands)
