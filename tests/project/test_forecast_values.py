"""Statements of psycopg with odd parameters, as asyncpg takes them."""

from __future__ import annotations

import datetime
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from perfcompare.project.forecast.placeholders import template
from perfcompare.project.forecast.values import Misfit, fitted, plain, source


class Colour(StrEnum):
    RED = "red"


def _numbered(sql: str, params: Any, *written: int, psycopg2: bool = False) -> tuple[str, list[Any]]:
    text, values = template(sql, params, repr, psycopg2=psycopg2).numbered(written)
    return text, list(values)


@pytest.mark.parametrize(
    ("sql", "params", "wanted"),
    [
        ("SELECT 1", (), ("SELECT 1", [])),
        ("a = %s AND b = %s", [1, None], ("a = $1 AND b = $2", [1, None])),
        ("a LIKE %s AND b LIKE 'x%%'", ["%y"], ("a LIKE $1 AND b LIKE 'x%'", ["%y"])),
        ("a %% 2 = %s", [0], ("a % 2 = $1", [0])),
        ("%%s = %s", [0], ("%s = $1", [0])),
        ("a = %(x)s OR b = %(y)s OR c = %(x)s", {"x": 1, "y": 2}, ("a = $1 OR b = $2 OR c = $3", [1, 2, 1])),
        ("a = ANY(%s)", [[1, 2]], ("a = ANY($1)", [[1, 2]])),
        ("a = %b AND b = %t", [1, 2], ("a = $1 AND b = $2", [1, 2])),
        ("a LIKE 'x%'", None, ("a LIKE 'x%'", [])),
        ("a LIKE 'x%%'", None, ("a LIKE 'x%%'", [])),
    ],
)
def test_placeholders_become_numbers(sql: str, params: Any, wanted: Any) -> None:
    assert _numbered(sql, params) == wanted


def test_percent_signs_without_parameters_are_those_of_the_driver() -> None:
    assert _numbered("a LIKE 'x%%'", ()) == ("a LIKE 'x%'", [])
    assert _numbered("a LIKE 'x%%'", (), psycopg2=True) == ("a LIKE 'x%%'", [])


def test_a_value_in_the_middle_can_be_a_literal() -> None:
    assert _numbered("SELECT %s, - %s, %s", [1, -2, 3], 1) == ("SELECT $1, -  -2, $2", [1, 3])


def test_a_value_without_a_literal_is_an_error_where_one_is_wanted() -> None:
    def refuse(value: object) -> str:
        raise TypeError

    found = template("SELECT %s", [object()], refuse, psycopg2=False)
    with pytest.raises(ValueError, match="literal"):
        found.numbered([0])


NOON = datetime.datetime(2026, 11, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("value", "kind", "wanted"),
    [
        (None, "int8", "None"),
        (7, "int8", "7"),
        ("7", "int4", "7"),
        (Colour.RED, "text", "'red'"),
        (True, "bool", "True"),
        (9.5, "numeric", "Decimal('9.5')"),
        (Decimal("9.99"), "numeric", "Decimal('9.99')"),
        (Decimal("9.99"), "float8", "9.99"),
        (float("inf"), "float8", "float('inf')"),
        ([1, 2], "int8[]", "[1, 2]"),
        (("a", None), "text[]", "['a', None]"),
        (Jsonb({"a": 1}), "jsonb", "'{\"a\": 1}'"),
        (UUID(int=1), "uuid", "UUID('00000000-0000-0000-0000-000000000001')"),
        (str(UUID(int=1)), "uuid", "UUID('00000000-0000-0000-0000-000000000001')"),
        (memoryview(b"\0'"), "bytea", 'b"\\x00\'"'),
        (NOON, "timestamptz", "datetime.datetime(2026, 11, 28, 11, 0, tzinfo=datetime.timezone.utc)"),
        (date(2026, 11, 28), "date", "datetime.date(2026, 11, 28)"),
        ("2026-11-28", "date", "datetime.date(2026, 11, 28)"),
        (timedelta(days=1), "interval", "datetime.timedelta(days=1)"),
        (
            Range(date(2026, 1, 1), None, "[)"),
            "daterange",
            "asyncpg.Range(datetime.date(2026, 1, 1), None, lower_inc=True, upper_inc=False)",
        ),
        (Range(empty=True), "int4range", "asyncpg.Range(empty=True)"),
    ],
)
def test_a_value_fits_the_type_that_postgresql_expects(value: Any, kind: str, wanted: str) -> None:
    found = fitted(plain(value), kind)
    assert source(found) == wanted
    names = {"datetime": datetime, "Decimal": Decimal, "UUID": UUID, "asyncpg": asyncpg}
    assert eval(source(found), names) == found  # noqa: S307 - the source is our own


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (1, "text"),
        (True, "int4"),
        (1, "bool"),
        ("yesterday", "timestamptz"),
        (NOON.replace(tzinfo=None), "timestamptz"),
        (NOON, "timestamp"),
        (NOON, "date"),
        ("x", "uuid"),
        ("x", "numeric"),
        (1, "int8[]"),
        (Jsonb({}), "text"),
        ([1, "x"], "int8[]"),
        (date(2026, 1, 1), "daterange"),
        (object(), "int4"),
    ],
)
def test_a_value_that_would_mean_something_else_is_not_bound(value: Any, kind: str) -> None:
    with pytest.raises(Misfit):
        fitted(plain(value), kind)
