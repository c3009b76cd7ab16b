"""Where Redis is, and what a new connection says first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from hiredis import pack_command

from perfcompare.levers.cached_bytes.dialects import Option

Command = tuple[Option, ...]


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


class UnknownError(Exception):
    """Raised for settings that are left to the stock back end; its text is the end of a sentence."""


def address(location: object, options: Mapping[str, Any]) -> Address:
    """The address of a cache's LOCATION, with OPTIONS named as django-redis names them; raises UnknownError."""
    url = urlsplit(_only(location))
    if url.scheme not in {"redis", "unix"}:
        raise UnknownError(f"it takes redis:// and unix://, and not {url.scheme}:// in LOCATION")
    query = {name: values[-1] for name, values in parse_qs(url.query).items()}
    if unknown := sorted(query.keys() - {"db"}):
        raise UnknownError(f"it does not know {unknown[0]} in the URL of LOCATION")
    database = str(query.get("db") or _path_database(url) or options.get("DB") or 0)
    user, password = _credentials(url.username, url.password, options)
    return Address(
        path=unquote(url.netloc.rpartition("@")[2] + url.path) if url.scheme == "unix" else None,
        host=unquote(url.hostname or "localhost"),
        port=(url.port if url.scheme == "redis" else None) or 6379,
        greeting=(*_auth(user, password), *([("SELECT", database)] if database != "0" else [])),
        connect_timeout_s=options.get("SOCKET_CONNECT_TIMEOUT"),
        timeout_s=options.get("SOCKET_TIMEOUT"),
    )


def _only(location: object) -> str:
    """The one URL; several are a primary and its replicas, of which stock reads."""
    several = list(location) if isinstance(location, (list, tuple, set)) else [location]
    if len(several) != 1 or not isinstance(several[0], str) or "," in several[0] or ";" in several[0]:
        raise UnknownError("LOCATION is not one URL, and stock reads from the replicas")
    return several[0]


def _path_database(url: SplitResult) -> str:
    return "" if url.scheme == "unix" else url.path.strip("/")


def _credentials(user: str | None, password: str | None, options: Mapping[str, Any]) -> tuple[str, str]:
    given_user = options.get("USERNAME") or unquote(user or "")
    return given_user, options.get("PASSWORD") or unquote(password or "")


def _auth(user: str, password: str) -> list[Command]:
    if not password:
        return []
    return [("AUTH", user, password)] if user else [("AUTH", password)]


_PACK: Final[Callable[[Command], bytes]] = pack_command  # type: ignore[assignment]
"""hiredis packs tuples of any length; its types know only those of one word."""


def packed(commands: tuple[Command, ...] | list[Command]) -> bytes:
    """The commands as Redis reads them."""
    return _PACK(commands[0]) if len(commands) == 1 else b"".join([_PACK(command) for command in commands])
