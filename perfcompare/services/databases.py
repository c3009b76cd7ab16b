"""Databases on a PostgreSQL server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import errors, sql

from perfcompare.core.errors import EnvironmentProblem, UsageError
from perfcompare.services import urls

_CONNECT_S = 5


class UnreachableError(EnvironmentProblem):
    """Raised when the server of a URL refuses or does not accept a connection."""


def ensure(url: str, name: str) -> str:
    """Create database `name` on the PostgreSQL server of `url` unless it exists, and return its URL.

    Raises UnreachableError, or EnvironmentProblem when `url` does not name a PostgreSQL or its role may not create
    databases.
    """
    with _connected(url, name) as connection:
        if not _exists(connection, name):
            with contextlib.suppress(errors.DuplicateDatabase, errors.UniqueViolation):  # another process was quicker
                _create(connection, name)
    return urls.with_database(url, name)


def remake(url: str, name: str) -> None:
    """Drop database `name` on the server of `url`, even with clients connected, and create it empty. Raises as
    `ensure`.

    Everything in it is lost, so use it only for databases that this program created.
    """
    with _connected(url, name) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        _create(connection, name)


def note(url: str, name: str) -> str | None:
    """The note that `set_note` last stored about database `name`, or None. Raises as `ensure`."""
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    with _connected(url, name) as connection:
        row = connection.execute(query, [name]).fetchone()
    return None if row is None else row[0]


def set_note(url: str, name: str, text: str) -> None:
    """Store `text` about database `name` as its comment: outside its tables, and gone when it is dropped."""
    with _connected(url, name) as connection:
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), text))


@contextmanager
def _connected(url: str, name: str) -> Iterator[psycopg.Connection]:
    """Connect to the database of `url` to work on database `name`. Errors become this project's errors."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise EnvironmentProblem(
            "The benchmark needs PostgreSQL, and DATABASE_URL names another database. "
            f"Set BENCH_DATABASE_URL to a PostgreSQL, for example {urls.example('BENCH_DATABASE_URL')}"
        )
    if unquote(parts.path.strip("/")) == name:
        raise UsageError(
            f"DATABASE_URL names the database {name}, which timed servers use and which is made anew for them. "
            "Give what is stored another one, or set BENCH_DATABASE_URL."
        )
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=_CONNECT_S) as connection:
            yield connection
    except errors.InsufficientPrivilege as error:
        raise EnvironmentProblem(
            f"The role of DATABASE_URL may not create the database {name!r} ({_first_line(error)}). "
            f"Create it yourself and set BENCH_DATABASE_URL to its URL, or `ALTER ROLE ... CREATEDB`."
        ) from error
    except psycopg.OperationalError as error:
        raise UnreachableError(f"PostgreSQL cannot be used: {_first_line(error)}") from error


def _exists(connection: psycopg.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _create(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _first_line(error: psycopg.Error) -> str:
    return str(error).partition("\n")[0]
