from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from psycopg import adapters, pq
from psycopg.adapt import Loader

from perfcompare.levers.compiled_queries import times

_OID = adapters.types["timestamptz"].oid
_TEXTS = [
    b"2024-02-29 12:00:00+00",
    b"2024-02-29 12:00:00.5+00",
    b"2024-02-29 23:59:59.12345+00",
    b"2024-02-29 23:59:59.000001+00",
    b"0001-01-01 00:00:00+00",
    b"9999-12-31 23:59:59.999999+00",
    b"2024-02-29 12:00:00+05:30",
    b"2024-02-29 12:00:00-03",
    b"1890-01-01 00:00:00+00:53:28",
    b"10000-01-01 00:00:00+00",
    b"294276-12-31 00:00:00+00",
    b"0044-03-15 00:00:00+00 BC",
    b"infinity",
    b"-infinity",
    b"",
]


@pytest.fixture
def raw() -> Iterator[Any]:
    """A connection of psycopg's own."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as raw:
        yield raw


@pytest.fixture
def opened(transactional_db: None) -> Iterator[Any]:
    """Django's connection, opened now; closed again afterwards."""
    connection.close()
    connection.ensure_connection()
    yield connection
    connection.close()


def _loader(opened: Any) -> Any:
    return opened.connection.adapters.get_loader(_OID, pq.Format.TEXT)


def _said(loader: Loader, text: bytes) -> Any:
    try:
        made = loader.load(text)
    except Exception as error:
        return type(error), str(error)
    return made, made.tzinfo


def _loaders(raw: Any, zone: Any) -> tuple[Any, Any]:
    """A quick one and Django's own."""
    stock = type("Stock", (BaseTzLoader,), {"timezone": zone})
    return times._quick(stock)(_OID, raw), stock(_OID, raw)


@pytest.mark.parametrize("text", _TEXTS)
@pytest.mark.parametrize("zone", [datetime.UTC, ZoneInfo("Europe/London"), None])
def test_times_are_djangos(raw: Any, text: bytes, zone: Any) -> None:
    raw.execute(f"SET TIME ZONE '{getattr(zone, 'key', 'UTC')}'")

    quick, stock = _loaders(raw, zone)

    assert _said(quick, text) == _said(quick, memoryview(text)) == _said(stock, text)  # type: ignore[arg-type]


@pytest.mark.parametrize("zone", ["UTC", "Europe/London", "America/New_York", "Asia/Kolkata"])
def test_times_of_a_session_are_djangos(raw: Any, zone: str) -> None:
    raw.execute(f"SET TIME ZONE '{zone}'")
    quick, stock = _loaders(raw, datetime.UTC)

    for month in range(1, 13):
        text = raw.execute(f"SELECT '2024-{month}-15 12:34:56.789Z'::timestamptz::text").fetchone()[0].encode()
        assert _said(quick, text) == _said(stock, text)


@pytest.mark.parametrize("style", ["ISO", "German", "SQL, DMY", "Postgres"])
def test_other_styles_are_psycopgs_business(raw: Any, style: str) -> None:
    raw.execute(f"SET DateStyle = '{style}'")
    raw.execute("SET TIME ZONE 'UTC'")
    text = raw.execute("SELECT '2024-02-29 12:00:00+00'::timestamptz::text").fetchone()[0].encode()

    quick, stock = _loaders(raw, datetime.UTC)

    assert _said(quick, text) == _said(stock, text)


def test_a_new_connection_gets_it_once(opened: Any) -> None:
    times.load_quickly(opened)
    quick = _loader(opened)
    times.load_quickly(opened)

    assert _loader(opened) is quick
    assert quick.__name__ == "QuickLoader"
    assert quick.timezone == opened.timezone


def test_a_loader_of_somebody_else_stays(opened: Any) -> None:
    class _Own(BaseTzLoader):  # type: ignore[misc]
        def load(self, data: Any) -> Any:
            return None

    opened.connection.adapters.register_loader(_OID, _Own)
    times.load_quickly(opened)

    assert _loader(opened) is _Own


def test_another_database_is_left_alone() -> None:
    class _Other:
        vendor = "sqlite"

    other: Any = _Other()
    times.load_quickly(other)
