"""Whether the services of timed servers answer.

A stack whose cache is gone answers rightly from its database. Its figures would be those of other work.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

import psycopg
import redis

_WAIT_S: Final = 2


def ailing(environ: Mapping[str, str]) -> str | None:
    """A sentence about the first service of DATABASE_URL, REDIS_URL and UPSTREAM_URL that does not answer, or None."""
    for name, (variable, ask) in _SERVICES.items():
        try:
            ask(environ[variable])
        except (psycopg.Error, redis.RedisError, OSError) as error:
            return f"{name} does not answer ({' '.join(str(error).split())})."
    return None


def _ask_database(url: str) -> None:
    if url.startswith("postgres"):
        with psycopg.connect(url, connect_timeout=_WAIT_S, autocommit=True) as connection:
            connection.execute(f"SET statement_timeout = '{_WAIT_S}s'")
            connection.execute("SELECT 1")


def _ask_cache(url: str) -> None:
    with redis.Redis.from_url(url, socket_connect_timeout=_WAIT_S, socket_timeout=_WAIT_S) as client:
        client.ping()


def _ask_upstream(url: str) -> None:
    parts = urlsplit(url)
    port = parts.port or {"https": 443}.get(parts.scheme, 80)
    socket.create_connection((parts.hostname or "", port), timeout=_WAIT_S).close()


_SERVICES: Final[Mapping[str, tuple[str, Callable[[str], None]]]] = {
    "PostgreSQL": ("DATABASE_URL", _ask_database),
    "Redis": ("REDIS_URL", _ask_cache),
    "The upstream service": ("UPSTREAM_URL", _ask_upstream),
}
