"""The driver's errors as Django's: the same classes and messages as of psycopg's, which stands behind them as always.

Code that looks at `error.__cause__`, or at the `diag` of it, finds what it finds with Django. asyncpg's own error is
the cause of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NoReturn

import asyncpg
import psycopg
from django import db
from psycopg.pq import DiagnosticField

_DIAGNOSTICS: Final[dict[str, DiagnosticField]] = {
    "severity": DiagnosticField.SEVERITY,
    "severity_en": DiagnosticField.SEVERITY_NONLOCALIZED,
    "sqlstate": DiagnosticField.SQLSTATE,
    "message": DiagnosticField.MESSAGE_PRIMARY,
    "detail": DiagnosticField.MESSAGE_DETAIL,
    "hint": DiagnosticField.MESSAGE_HINT,
    "position": DiagnosticField.STATEMENT_POSITION,
    "internal_position": DiagnosticField.INTERNAL_POSITION,
    "internal_query": DiagnosticField.INTERNAL_QUERY,
    "context": DiagnosticField.CONTEXT,
    "schema_name": DiagnosticField.SCHEMA_NAME,
    "table_name": DiagnosticField.TABLE_NAME,
    "column_name": DiagnosticField.COLUMN_NAME,
    "data_type_name": DiagnosticField.DATATYPE_NAME,
    "constraint_name": DiagnosticField.CONSTRAINT_NAME,
    "server_source_filename": DiagnosticField.SOURCE_FILE,
    "server_source_line": DiagnosticField.SOURCE_LINE,
    "server_source_function": DiagnosticField.SOURCE_FUNCTION,
}
_CLASSES: Final = (
    *("DataError", "OperationalError", "IntegrityError", "InternalError", "ProgrammingError", "NotSupportedError"),
    *("DatabaseError", "InterfaceError", "Error"),
)
"""Those of the DB-API, in the order in which Django looks for one (django.db.utils.DatabaseErrorWrapper)."""


def raise_as_django(error: BaseException) -> NoReturn:
    """Raise what Django raises for an error of asyncpg, of the network or of waiting."""
    try:
        raise _of_psycopg(error) from error
    except psycopg.Error as cause:
        name = next(name for name in _CLASSES if isinstance(cause, getattr(psycopg, name)))
        raise getattr(db, name)(*cause.args) from cause


def _of_psycopg(error: BaseException) -> psycopg.Error:
    """What psycopg would have raised.

    Its table says which class an SQLSTATE is of (https://www.psycopg.org/psycopg3/docs/api/errors.html).
    """
    if isinstance(error, asyncpg.PostgresError):
        try:
            kind: type[psycopg.Error] = psycopg.errors.lookup(error.sqlstate)
        except KeyError:
            kind = psycopg.OperationalError
        return kind("\n".join(_said(error)), info=dict(_diagnostics(error)))
    if isinstance(error, TimeoutError):
        return psycopg.OperationalError(str(error) or "The database did not answer in time.")
    if isinstance(error, asyncpg.InterfaceError):
        return psycopg.InterfaceError(str(error))
    return psycopg.OperationalError(str(error) or type(error).__name__)


def _said(error: asyncpg.PostgresError) -> Iterator[str]:
    """The lines of libpq's message, but for the one that shows a place in the statement."""
    yield error.message or str(error)  # an error that asyncpg makes itself has no message of the server
    for label in ("detail", "hint", "context"):
        if text := getattr(error, label, None):
            yield f"{label.upper()}:  {text}"


def _diagnostics(error: asyncpg.PostgresError) -> Iterator[tuple[int, bytes]]:
    for name, field in _DIAGNOSTICS.items():
        if (value := getattr(error, name, None)) is not None:
            yield int(field), str(value).encode()
