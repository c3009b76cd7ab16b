"""The shortest way to rows on Django's own connection: a bare psycopg cursor, with parameters bound by the server.

Django's way makes a cursor and two wrappers for each statement and writes the values into the SQL, so that PostgreSQL
parses and plans it anew. Only statements whose parameters are compared with columns go this way: for others Django
documents what binding by the server changes
(https://docs.djangoproject.com/en/5.2/ref/databases/#server-side-parameters-binding).
With `prepare_threshold` in the OPTIONS of the database they are prepared as well
(https://www.psycopg.org/psycopg3/docs/advanced/prepare.html), and then need no cursor: see `prepared`.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import get_ident
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from perfcompare.levers._orm.plans import Statement
from perfcompare.levers._replacing import origin_of
from perfcompare.levers._settings import setting
from perfcompare.levers.compiled_queries import prepared

try:
    import psycopg
    from psycopg import errors

    # A prepared statement whose table has been changed, or that somebody else has deallocated: it was not run.
    _OUT_OF_DATE: tuple[type[Exception], ...] = (errors.FeatureNotSupported, errors.InvalidSqlStatementName)
    # Bound by the server a value has a type, which in the SQL it may not have: there it is seen whose fault it is.
    _REFUSED: tuple[type[Exception], ...] = (psycopg.ProgrammingError, psycopg.DataError)
    _IDLE = psycopg.pq.TransactionStatus.IDLE
except ImportError:  # another database, or psycopg 2
    psycopg = None  # type: ignore[assignment]


def watched() -> Iterator[tuple[str, str]]:
    """The aliases whose statements somebody sees, so that they are not sent in this way, and who: ends of sentences."""
    for alias in connections:
        connection = connections[alias]
        if connection.vendor == "postgresql" and (setting("DEBUG") or connection.force_debug_cursor):
            yield alias, "settings.DEBUG logs statements" if setting("DEBUG") else "its connection logs statements"
        elif connection.vendor == "postgresql" and connection.execute_wrappers:
            yield alias, f"{', '.join(map(origin_of, connection.execute_wrappers))} wraps its statements"


def rows(statement: Statement, connection: BaseDatabaseWrapper) -> list[Any]:
    """The rows; raises Django's errors."""
    if connection._thread_ident != get_ident():  # type: ignore[attr-defined]
        connection.validate_thread_sharing()  # others may use it if they are allowed to
    sql, parameters = statement.with_bound_limits()
    try:
        return _asked(connection.connection, sql, parameters)
    except psycopg.Error as error:
        if isinstance(error, _REFUSED) and not _is_in_transaction(connection.connection):
            return rows_by_django(statement, connection)
        with connection.wrap_database_errors:
            raise
    except OverflowError:  # a number that psycopg writes, but does not bind: nothing was sent
        return rows_by_django(statement, connection)


def rows_by_django(statement: Statement, connection: BaseDatabaseWrapper) -> list[Any]:
    """The rows by Django's own cursor, which writes the parameters into the SQL."""
    with connection.cursor() as cursor:
        cursor.execute(statement.with_percents(), statement.parameters)
        found: list[Any] = cursor.fetchall()
    return found


def _asked(raw: psycopg.Connection[Any], sql: str, parameters: tuple[Any, ...]) -> list[Any]:
    # In a transaction a statement that the server refuses ends everything, so nothing there may be out of date.
    if _is_in_transaction(raw):
        return _by_cursor(raw, sql, parameters, prepare=False)
    try:
        found = prepared.rows(raw, sql, parameters)
        return _by_cursor(raw, sql, parameters) if found is None else found
    except _OUT_OF_DATE:
        raw._prepared.clear()
        return _by_cursor(raw, sql, parameters, prepare=False)


def _is_in_transaction(raw: psycopg.Connection[Any]) -> bool:
    """Whether the next statement is part of more than itself."""
    return raw.pgconn.transaction_status != _IDLE or not raw.autocommit


def _by_cursor(
    raw: psycopg.Connection[Any], sql: str, parameters: tuple[Any, ...], *, prepare: bool | None = None
) -> list[Any]:
    """By a cursor of its own, which goes with the rows that it holds."""
    return psycopg.Cursor(raw).execute(sql, parameters, prepare=prepare).fetchall()
