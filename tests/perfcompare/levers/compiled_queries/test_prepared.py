from __future__ import annotations

import datetime
import decimal
import os
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from psycopg import errors, pq

from perfcompare.levers.compiled_queries import direct, prepared
from users import seeding
from users.models import User

_NAMED = "SELECT %s::text || '%%'"


@pytest.fixture
def raw() -> Iterator[Any]:
    """A connection that prepares each statement at its first execution."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0) as raw:
        yield raw


@pytest.fixture
def through_django(transactional_db: None, compiled: None) -> Iterator[None]:
    """The same as Django's connection, with the lever and three users."""
    seeding.seed(count=3, seed=1)
    connection.ensure_connection()
    raw: Any = connection.connection
    raw.prepare_threshold = 0
    yield
    connection.close()


def _by_cursor(raw: Any, sql: str, parameters: tuple[Any, ...]) -> list[Any]:
    found: list[Any] = psycopg.Cursor(raw).execute(sql.encode(), parameters).fetchall()
    return found


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int4", 5),
        ("int8", 2**40),
        ("text", "O'Neil \N{SNOWMAN}"),
        ("text", None),
        ("float8", 1.5),
        ("bool", True),
        ("bytea", b"\0\xff"),
        ("numeric", decimal.Decimal("1.20")),
        ("uuid", uuid.UUID(int=7)),
        ("date", datetime.date(2024, 2, 29)),
        ("timestamptz", datetime.datetime(2024, 2, 29, 12, 0, 0, 5, tzinfo=datetime.UTC)),
        ("interval", datetime.timedelta(days=1, seconds=3)),
        ("int4[]", [1, 2]),
    ],
)
def test_rows_are_the_cursors(raw: Any, kind: str, value: Any) -> None:
    sql = f"SELECT %s::{kind}, 'a%%', 1 UNION ALL SELECT NULL, NULL, 2 ORDER BY 3"
    expected = _by_cursor(raw, sql, (value,))

    found = prepared.rows(raw, sql, (value,))

    assert found == expected
    assert [list(map(type, row)) for row in found] == [list(map(type, row)) for row in expected]


def test_what_is_not_prepared_is_the_cursors(raw: Any) -> None:
    assert prepared.rows(raw, _NAMED, ("a",)) is None


def test_other_types_are_another_statement(raw: Any) -> None:
    _by_cursor(raw, "SELECT %s + 1", (1,))

    assert prepared.rows(raw, "SELECT %s + 1", (2,)) == [(3,)]
    assert prepared.rows(raw, "SELECT %s + 1", (2**40,)) is None


@pytest.mark.parametrize("sql", ["DEALLOCATE ALL", "DISCARD ALL", "DROP TABLE IF EXISTS gone"])
def test_what_is_prepared_no_longer_is_the_cursors(raw: Any, sql: str) -> None:
    _by_cursor(raw, _NAMED, ("a",))
    raw.execute(sql)

    assert prepared.rows(raw, _NAMED, ("a",)) in (None, [("a%",)])
    assert _by_cursor(raw, _NAMED, ("a",)) == [("a%",)]


def test_the_least_recently_used_is_given_up(raw: Any) -> None:
    raw.prepared_max = 2
    for text in ("'1'", "'2'"):
        _by_cursor(raw, f"SELECT {text} || %s::text", ("a",))
    assert prepared.rows(raw, "SELECT '1' || %s::text", ("a",)) == [("1a",)]

    _by_cursor(raw, "SELECT '3' || %s::text", ("a",))

    assert prepared.rows(raw, "SELECT '1' || %s::text", ("a",)) == [("1a",)]
    assert prepared.rows(raw, "SELECT '2' || %s::text", ("a",)) is None


def test_a_transaction_is_begun_by_psycopg(raw: Any) -> None:
    _by_cursor(raw, _NAMED, ("a",))
    raw.autocommit = False
    assert prepared.rows(raw, _NAMED, ("a",)) is None
    _by_cursor(raw, _NAMED, ("a",))

    assert prepared.rows(raw, _NAMED, ("a",)) == [("a%",)]
    assert raw.info.transaction_status == pq.TransactionStatus.INTRANS
    raw.rollback()
    raw.autocommit = True


def test_other_rows_and_pipelines_are_the_cursors(raw: Any) -> None:
    _by_cursor(raw, _NAMED, ("a",))
    with raw.pipeline():
        assert prepared.rows(raw, _NAMED, ("a",)) is None
    raw.row_factory = psycopg.rows.dict_row

    assert prepared.rows(raw, _NAMED, ("a",)) is None


def test_an_unwanted_preparation_is_the_cursors(raw: Any) -> None:
    _by_cursor(raw, _NAMED, ("a",))
    raw.prepare_threshold = None

    assert prepared.rows(raw, _NAMED, ("a",)) is None


def test_another_layout_of_psycopg_is_the_cursors(raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _by_cursor(raw, _NAMED, ("a",))
    monkeypatch.setattr(prepared, "_KNOWN", False)

    assert prepared.rows(raw, _NAMED, ("a",)) is None


def test_an_error_of_the_server_is_psycopgs(raw: Any) -> None:
    _by_cursor(raw, "SELECT 1 / %s::int", (1,))
    with pytest.raises(errors.DivisionByZero) as expected:
        _by_cursor(raw, "SELECT 1 / %s::int", (0,))

    with pytest.raises(errors.DivisionByZero) as found:
        prepared.rows(raw, "SELECT 1 / %s::int", (0,))

    assert str(found.value) == str(expected.value)
    assert found.value.diag.sqlstate == expected.value.diag.sqlstate
    assert prepared.rows(raw, "SELECT 1 / %s::int", (1,)) == [(1,)]


def test_a_value_that_is_none_is_psycopgs_error(raw: Any) -> None:
    _by_cursor(raw, _NAMED, ("a",))

    with pytest.raises(psycopg.DataError, match="NUL"):
        prepared.rows(raw, _NAMED, ("a\0",))


@pytest.mark.usefixtures("through_django")
def test_a_prepared_get_needs_no_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.get(id=1)
    with monkeypatch.context() as patched:
        patched.setattr(direct, "_by_cursor", lambda *_, **__: pytest.fail("a cursor was used"))
        assert User.objects.get(id=2).id == 2


@pytest.mark.usefixtures("through_django")
def test_a_lost_connection_is_djangos_error() -> None:
    User.objects.get(id=1)
    with connection.cursor() as cursor, pytest.raises(OperationalError):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    for _ in range(2):
        with pytest.raises(OperationalError):
            User.objects.get(id=1)
