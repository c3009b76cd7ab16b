"""System checks for the settings of PostgreSQL connections.

| id | finds |
|---|---|
| database_connections.W001 | persistent connections in a process that serves ASGI |
| database_connections.W002 | a pool of psycopg_pool's default size: four connections, thirty seconds of waiting |
| database_connections.W003 | no time limit for connecting |
| database_connections.W004 | more connections than PostgreSQL allows (`check --database default`) |
| database_connections.W005 | a health check for each checkout from a pool |
| database_connections.W006 | prepared statements through pgbouncer's usual port |

What an interface is cannot be seen from settings: the lever's options {"interface": "asgi", "workers": 4,
"threads": 8} say it. Without an interface there is no W001, without workers one process is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from django.apps import apps
from django.core.checks import CheckMessage
from django.core.checks import Warning as CheckWarning
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from perfcompare.levers.database_connections.settings import options
from perfcompare.levers.native_async.settings import limits

PGBOUNCER_PORT: Final = "6432"
_RESERVED: Final = "superuser_reserved_connections"


def check_connections(app_configs: object = None, **_options: object) -> list[CheckMessage]:
    """What the settings alone show."""
    return [message for alias in connections for message in _of(alias, connections[alias])]


def check_size(
    app_configs: object = None, databases: Sequence[str] | None = None, **_options: object
) -> list[CheckMessage]:
    """What the server must be asked for; Django runs it for the databases that `check --database` names."""
    return [message for alias in databases or () for message in _size(alias, connections[alias])]


def _of(alias: str, connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    if connection.vendor != "postgresql":
        return
    given = connection.settings_dict
    chosen = given["OPTIONS"]
    pool = chosen.get("pool")
    if given["CONN_MAX_AGE"] != 0 and options().interface == "asgi":
        yield _warning(
            1, alias, "keeps connections open that no request uses again: under ASGI each has a thread of its own",
            "Set CONN_MAX_AGE to 0 and give OPTIONS a pool.",
        )  # fmt: skip
    if pool and not {"max_size", "timeout"} <= set(pool if isinstance(pool, dict) else ()):
        yield _warning(
            2, alias, "has a pool of the default size or time limit: 4 connections a process, 30 s of waiting",
            'Give max_size and timeout: "pool": {"max_size": 20, "timeout": 2}.',
        )  # fmt: skip
    if "connect_timeout" not in chosen and "service" not in chosen:
        yield _warning(
            3, alias, "has no time limit for connecting: a host that does not answer holds a thread for minutes",
            'Set OPTIONS["connect_timeout"] in seconds.',
        )  # fmt: skip
    if pool and given["CONN_HEALTH_CHECKS"]:
        yield _warning(
            5, alias, "asks the server before each checkout from the pool whether the connection is alive",
            "Set CONN_HEALTH_CHECKS to False if an error after a restart of the server may be seen once.",
        )  # fmt: skip
    if chosen.get("prepare_threshold") is not None and str(given["PORT"]) == PGBOUNCER_PORT:
        yield _warning(
            6, alias, "prepares statements through pgbouncer's usual port, which forgets them in transaction mode",
            "Leave prepare_threshold out, or use session mode.",
        )  # fmt: skip


def _size(alias: str, connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    if connection.vendor != "postgresql":
        return
    wanted = options().workers * _per_worker(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(CASE name WHEN 'max_connections' THEN setting::int ELSE -setting::int END) FROM pg_settings"
            " WHERE name IN ('max_connections', %s)",
            [_RESERVED],
        )
        allowed = int(cursor.fetchone()[0])
    if wanted > allowed:
        yield _warning(
            4, alias, f"may need {wanted} connections, but PostgreSQL allows {allowed} to ordinary users",
            "Use fewer workers, threads or pooled connections, or raise max_connections.",
        )  # fmt: skip


def _per_worker(connection: BaseDatabaseWrapper) -> int:
    """The most connections that one process opens to this database."""
    pool = connection.settings_dict["OPTIONS"].get("pool")
    asynchronous = limits().max_size if apps.is_installed("perfcompare.levers.native_async") else 0
    if not pool:
        return options().threads + asynchronous
    sizes = pool if isinstance(pool, dict) else {}
    return int(sizes.get("max_size") or sizes.get("min_size", 4)) + asynchronous


def _warning(number: int, alias: str, what: str, hint: str) -> CheckMessage:
    return CheckWarning(
        f"The database {alias!r} {what}.", hint=hint, obj=alias, id=f"database_connections.W{number:03}"
    )
