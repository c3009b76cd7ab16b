"""Databases on a PostgreSQL server."""

from __future__ import annotations

import contextlib
from urllib.parse import urlsplit

import psycopg
from psycopg import errors, sql

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services import urls

_CONNECT_S = 5


class UnreachableError(EnvironmentProblem):
    """Raised when the server of a URL does not take a connection."""


def ensure(url: str, name: str) -> str:
    """Create database `name` on the PostgreSQL server of `url` unless it exists; its URL.

    Raises UnreachableError, or EnvironmentProblem when `url` is no PostgreSQL or its role may not create databases.
    """
    if urlsplit(url).scheme not in {"postgresql", "postgres"}:
        raise EnvironmentProblem(
            "The benchmark needs PostgreSQL, and DATABASE_URL names another database. "
            f"Set BENCH_DATABASE_URL to a PostgreSQL, for example {urls.example('DATABASE_URL')}"
        )
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=_CONNECT_S) as connection:
            _create_unless_exists(connection, name)
    except errors.InsufficientPrivilege as error:
        raise EnvironmentProblem(
            f"The role of DATABASE_URL may not create the database {name!r} ({_first_line(error)}). "
            f"Create it yourself and set BENCH_DATABASE_URL to its URL, or `ALTER ROLE ... CREATEDB`."
        ) from error
    except psycopg.OperationalError as error:
        raise UnreachableError(f"PostgreSQL cannot be used: {_first_line(error)}") from error
    return urls.with_database(url, name)


def _create_unless_exists(connection: psycopg.Connection, name: str) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    with contextlib.suppress(errors.DuplicateDatabase, errors.UniqueViolation):  # somebody else was quicker
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _first_line(error: psycopg.Error) -> str:
    return str(error).partition("\n")[0]
