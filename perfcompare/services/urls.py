"""The URLs of the three services: validates them, finds their addresses, and points them elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from perfcompare.core.errors import UsageError

_DEFAULT_PORTS: Final = {"postgresql": 5432, "postgres": 5432, "redis": 6379, "rediss": 6379}
_EXAMPLES: Final = {
    "DATABASE_URL": "postgresql://user:password@localhost:5432/perfcompare",
    "REDIS_URL": "redis://localhost:6379/0",
    "UPSTREAM_URL": "http://localhost:8099",
    "BENCH_DATABASE_URL": "postgresql://user:password@localhost:5432/perfcompare_timed",
    "BENCH_REDIS_URL": "redis://localhost:6379/1",
}
VARIABLES: Final = tuple(_EXAMPLES)
"""Every variable whose value is a URL."""


def example(variable: str) -> str:
    """A valid value for each of VARIABLES."""
    return _EXAMPLES[variable]


def check(variable: str, url: str) -> None:
    """Raise UsageError when `url` is not a valid value of `variable`.

    The message contains no URL, and therefore no password.
    """
    try:
        parts = urlsplit(url)
        fault = _FAULTS[variable](parts) or ("its port is not a port" if parts.port == 0 else None)
    except ValueError as error:
        fault = f"it cannot be read ({error})"
    if fault is not None:
        raise UsageError(f"{variable} is malformed: {fault}. Example: {variable}={example(variable)}")


def _database_fault(parts: SplitResult) -> str | None:
    if parts.scheme not in {"postgresql", "postgres", "sqlite"}:
        return f"its scheme is {parts.scheme!r}, not postgresql or sqlite"
    return None if parts.path.strip("/") else "it names no database"


def _timed_database_fault(parts: SplitResult) -> str | None:
    if parts.scheme not in {"postgresql", "postgres"}:
        return f"its scheme is {parts.scheme!r}, not postgresql"
    return _database_fault(parts)


def _redis_fault(parts: SplitResult) -> str | None:
    if parts.scheme == "unix":
        return None if parts.path.strip("/") else "it names no socket"
    if parts.scheme not in {"redis", "rediss"}:
        return f"its scheme is {parts.scheme!r}, not redis, rediss or unix"
    if not parts.hostname:
        return "it names no host"
    number = parts.path.strip("/")
    return None if number == "" or number.isdecimal() else f"its database {number!r} is not a number"


def _upstream_fault(parts: SplitResult) -> str | None:
    if parts.scheme not in {"http", "https"}:
        return f"its scheme is {parts.scheme!r}, not http or https"
    return None if parts.hostname else "it names no host"


_FAULTS: Final = {
    "DATABASE_URL": _database_fault,
    "REDIS_URL": _redis_fault,
    "UPSTREAM_URL": _upstream_fault,
    "BENCH_DATABASE_URL": _timed_database_fault,
    "BENCH_REDIS_URL": _redis_fault,
}


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a server listens: the unix socket `path`, else `host` and `port`."""

    path: Path | None = None
    host: str = "127.0.0.1"
    port: int = 0


def address(url: str) -> Address:
    """The address a PostgreSQL or Redis URL points at."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return Address(path=Path(unquote(parts.path)))
    query = dict(parse_qsl(parts.query))
    port = parts.port or int(query.get("port", _DEFAULT_PORTS[parts.scheme]))
    host = unquote(parts.hostname or query.get("host", "localhost"))
    if host.startswith("/"):
        return Address(path=Path(host) / f".s.PGSQL.{port}")
    return Address(host=host, port=port)


def with_database(url: str, name: str) -> str:
    """The PostgreSQL URL of database `name` on the server of `url`."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{quote(name, safe='')}{query}"


def with_redis_database(url: str, number: int) -> str:
    """The Redis URL of database `number` on the server of `url`."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        query = {**dict(parse_qsl(parts.query)), "db": str(number)}
        return f"unix://{parts.netloc}{parts.path}?{urlencode(query)}"
    query_text = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{number}{query_text}"


def with_address(url: str, place: Address) -> str:
    """The same database with the same credentials, at another address."""
    parts = urlsplit(url)
    if parts.scheme in {"postgresql", "postgres"}:
        return _postgresql_at(parts, place)
    return _redis_at(parts, place)


def _user(parts: SplitResult) -> str:
    user, at, _ = parts.netloc.rpartition("@")
    return user + at


def _postgresql_at(parts: SplitResult, place: Address) -> str:
    query = {key: value for key, value in parse_qsl(parts.query) if key not in {"host", "port"}}
    if place.path is None:
        return f"{parts.scheme}://{_user(parts)}{place.host}:{place.port}{parts.path}?{urlencode(query)}".rstrip("?")
    query |= {"host": str(place.path.parent), "port": place.path.suffix.removeprefix(".")}
    return f"{parts.scheme}://{_user(parts)}{parts.path}?{urlencode(query)}"


def _redis_at(parts: SplitResult, place: Address) -> str:
    number = dict(parse_qsl(parts.query)).get("db", "0") if parts.scheme == "unix" else parts.path.strip("/") or "0"
    if place.path is None:
        return f"redis://{_user(parts)}{place.host}:{place.port}/{number}"
    return f"unix://{_user(parts)}{quote(str(place.path))}?db={number}"
