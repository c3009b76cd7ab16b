"""The shortest way to rows on Django's own connection: one psycopg cursor, kept, with parameters bound by the server.

Django's way makes a cursor and two wrappers for each statement and writes the values into the SQL, so that PostgreSQL
parses and plans it anew. Only statements whose parameters are compared with columns go this way: for others Django
documents what binding by the server changes
(https://docs.djangoproject.com/en/5.2/ref/databases/#server-side-parameters-binding).
With `prepare_threshold` in the OPTIONS of the database they are prepared as well
(https://www.psycopg.org/psycopg3/docs/advanced/prepare.html), and then need no cursor: see `prepared`.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper

from perfcompare.levers._orm.plans import Statement
from perfcompare.levers.compiled_queries import prepared

try:
    import psycopg
except ImportError:  # another database, or psycopg 2
    psycopg = None  # type: ignore[assignment]

_KEPT: Final = "_compiled_queries_cursor"


def is_open(statement: Statement, connection: BaseDatabaseWrapper) -> bool:
    """Whether this way is open: nobody logs or wraps statements, and the connection needs no look first."""
    return (
        statement.plan.shaped
        and psycopg is not None
        and isinstance(connection.connection, psycopg.Connection)
        and not connection.closed_in_transaction
        and not connection.execute_wrappers
        and not connection.queries_logged
        and not connection.needs_rollback
        and (connection.health_check_done or not connection.health_check_enabled)  # type: ignore[attr-defined]
    )


def rows(statement: Statement, connection: BaseDatabaseWrapper) -> list[Any]:
    """The rows; raises Django's errors."""
    connection.validate_thread_sharing()
    sql, parameters = statement.with_bound_limits()
    with connection.wrap_database_errors:
        found = prepared.rows(connection.connection, sql, parameters)
        return _by_cursor(connection, sql, parameters) if found is None else found


def _by_cursor(connection: BaseDatabaseWrapper, sql: str, parameters: tuple[Any, ...]) -> list[Any]:
    cursor = connection.__dict__.get(_KEPT)
    if cursor is None or cursor.connection is not connection.connection:
        cursor = connection.__dict__[_KEPT] = psycopg.Cursor(connection.connection)
    cursor.execute(sql, parameters)
    found: list[Any] = cursor.fetchall()
    return found
