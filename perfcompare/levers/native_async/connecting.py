"""How to reach the database of a Django alias with asyncpg."""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import urlencode

import asyncpg
from django.db import connections

from perfcompare.levers.native_async.settings import Limits
from perfcompare.levers.native_async.types import set_codecs

_HANDLED = frozenset({"dbname", "user", "password", "host", "port", "connect_timeout"})
_TLS = frozenset({"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslpassword"})
_PSYCOPG_ONLY = frozenset({"client_encoding", "cursor_factory", "context", "prepare_threshold"})
_CHANGING = frozenset({"assume_role", "isolation_level"})


def reachable(alias: str) -> bool:
    """Whether a connection of asyncpg would be like Django's: PostgreSQL in UTC, with options that both know."""
    connection = connections[alias]
    if connection.vendor != "postgresql" or connection.timezone is not datetime.UTC:
        return False
    options = set(connection.get_connection_params())
    return options <= _HANDLED | _TLS | _PSYCOPG_ONLY and not _CHANGING & set(connection.settings_dict["OPTIONS"])


async def connect(alias: str, limits: Limits) -> asyncpg.Connection:
    """A new connection to the database of `alias`."""
    given = connections[alias].get_connection_params()
    tls = {name: value for name, value in given.items() if name in _TLS}
    connection = await asyncpg.connect(
        f"postgresql://?{urlencode(tls)}" if tls else None,
        host=given.get("host"),
        port=given.get("port"),
        user=given.get("user"),
        password=given.get("password"),
        database=given["dbname"],
        timeout=limits.timeout_s,
        command_timeout=limits.command_timeout_s,
        server_settings=_session(limits),
    )
    await set_codecs(connection)
    return connection


def _session(limits: Limits) -> dict[str, Any]:
    return {"TimeZone": "UTC", "statement_timeout": str(int(limits.command_timeout_s * 1000))}
