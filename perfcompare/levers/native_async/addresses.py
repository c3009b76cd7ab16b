"""How to reach the database of a Django alias with asyncpg."""

from __future__ import annotations

import datetime
import os
from typing import Any
from urllib.parse import urlencode

import asyncpg

from perfcompare.levers._orm.database_wrapper import sample_of
from perfcompare.levers.native_async.settings import Limits
from perfcompare.levers.native_async.types import own_adapter, set_codecs

_HANDLED = frozenset({"dbname", "user", "password", "host", "port", "connect_timeout"})
_TLS = frozenset({"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslpassword"})
_PSYCOPG_ONLY = frozenset({"client_encoding", "cursor_factory", "context", "prepare_threshold"})
_CHANGING = frozenset({"assume_role", "isolation_level"})
_ALIKE = frozenset(
    {"PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGPASSFILE", "PGDATA", "PGCONNECT_TIMEOUT"}
)
"""Variables that settings come before, that asyncpg reads as libpq does, or that are the server's."""


def unreachable(alias: str) -> str | None:
    """Why a connection of asyncpg would not be like Django's, which is PostgreSQL in UTC with options that both know:
    the end of a sentence; None where it would be."""
    connection = sample_of(alias)
    given = connection.settings_dict
    if connection.vendor != "postgresql":
        return "it is not PostgreSQL"
    if connection.timezone is not datetime.UTC:
        return "its times are not in UTC"
    if not given["AUTOCOMMIT"]:
        return "AUTOCOMMIT is off"
    parameters = connection.get_connection_params()
    if not parameters.get("host") or not parameters.get("dbname"):
        return "HOST or NAME is left to libpq"
    options = set(parameters) - _HANDLED - _TLS - _PSYCOPG_ONLY
    if found := sorted(options | (_CHANGING & set(given["OPTIONS"]))):
        return f"OPTIONS has {', '.join(found)}"
    if found := sorted(name for name in os.environ if name.startswith("PG") and name not in _ALIKE):
        return f"libpq reads {', '.join(found)} from the environment"
    return own_adapter(parameters["context"])


async def connect(alias: str, limits: Limits) -> asyncpg.Connection:
    """A new connection to the database of `alias`."""
    given = sample_of(alias).get_connection_params()
    tls = {name: value for name, value in given.items() if name in _TLS}
    connection = await asyncpg.connect(
        f"postgresql://?{urlencode(tls)}" if tls else None,
        host=given.get("host"),
        port=given.get("port"),
        user=given.get("user"),
        password=given.get("password"),
        database=given["dbname"],
        timeout=_connect_timeout(given, limits),
        command_timeout=limits.command_timeout_s,
        server_settings=_session(limits),
    )
    await set_codecs(connection)
    return connection


def _connect_timeout(given: dict[str, Any], limits: Limits) -> float | None:
    """The lever's own limit, or that of the OPTIONS, where libpq takes zero for none."""
    return limits.timeout_s or float(given.get("connect_timeout") or 0) or None


def _session(limits: Limits) -> dict[str, str]:
    session = {"TimeZone": "UTC"}
    if limits.command_timeout_s is not None:
        session["statement_timeout"] = str(int(limits.command_timeout_s * 1000))
    return session
