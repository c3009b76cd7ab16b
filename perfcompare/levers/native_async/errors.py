"""The driver's errors as Django's: the same classes and messages that psycopg's would have been given."""

from __future__ import annotations

import asyncpg
import psycopg
from django import db


def translated(error: BaseException) -> Exception:
    """What Django raises for an error of asyncpg, of the network or of waiting; raise it `from error`.

    psycopg's table says which class an SQLSTATE is of (https://www.psycopg.org/psycopg3/docs/api/errors.html).
    """
    if isinstance(error, asyncpg.PostgresError):
        return _by_state(error)
    if isinstance(error, TimeoutError):
        return db.OperationalError("The database did not answer in time.")
    if isinstance(error, asyncpg.InterfaceError):
        return db.InterfaceError(str(error))
    return db.OperationalError(str(error) or type(error).__name__)


def _by_state(error: asyncpg.PostgresError) -> Exception:
    message = f"{error.message}\nDETAIL:  {error.detail}" if getattr(error, "detail", None) else str(error)
    try:
        kind: type[Exception] = psycopg.errors.lookup(error.sqlstate)
    except KeyError:
        kind = psycopg.OperationalError
    for name in ("DataError", "OperationalError", "IntegrityError", "InternalError", "ProgrammingError"):
        if issubclass(kind, getattr(psycopg, name)):
            django_error: type[Exception] = getattr(db, name)
            return django_error(message)
    return db.NotSupportedError(message) if issubclass(kind, psycopg.NotSupportedError) else db.DatabaseError(message)
