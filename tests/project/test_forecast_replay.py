"""Statements that asyncpg sends as they are, with literals, or not at all."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from perfcompare.project.forecast.observed import Sent
from perfcompare.project.forecast.placeholders import Template, template
from perfcompare.project.forecast.recording import Statement
from perfcompare.project.forecast.replay import FAILED, WRITES, tried

NOW: Final = datetime(2026, 11, 28, 12, tzinfo=UTC)


def _tried(*statements: tuple[str, Any], rows: int = -1, **more: Any) -> Sequence[Statement]:
    """What becomes of them on an empty connection; in one request."""
    sent = [
        Sent(database="default", vendor="postgresql", template=_template(*one), rows=rows, **more) for one in statements
    ]
    return asyncio.run(tried({"request": sent}, {"default": os.environ["DATABASE_URL"]}))["request"]


def _template(text: str, params: Any) -> Template:
    return template(text, params, lambda value: sql.quote(value), psycopg2=False)


@pytest.mark.parametrize(
    ("text", "params", "arguments"),
    [
        ("SELECT 1 WHERE 7 = %s", [7], ["7"]),
        ("SELECT 1 WHERE 7::bigint = ANY(%s)", [[7, 8]], ["[7, 8]"]),
        ("SELECT 1 WHERE 7.5 > %s", [Decimal("7.1")], ["Decimal('7.1')"]),
        ("SELECT 1 WHERE 'x%%' LIKE %s", ["x%"], ["'x%'"]),
        ("SELECT 1 WHERE '{\"a\": 1}'::jsonb @> %s", [Jsonb({"a": 1})], ["'{\"a\": 1}'"]),
        ("SELECT 1 WHERE now() > %s", [NOW.replace(year=2020)], None),
        ("SELECT 1 WHERE daterange('2026-01-02', NULL) && %s", [Range(date(2026, 1, 1), None)], None),
        ("SELECT 1 WHERE gen_random_uuid() <> %s", [UUID(int=1)], None),
        ("SELECT 1 WHERE ''::bytea = %s", [b""], ["b''"]),
        ("SELECT 1 WHERE 1 = %s", [None], ["None"]),
        ("SET work_mem = '8MB'", None, []),
        ("SAVEPOINT x", None, []),
    ],
)
def test_a_statement_is_sent_with_bound_parameters(text: str, params: Any, arguments: list[str] | None) -> None:
    (found,) = _tried((text, params))
    assert (found.obstacle, found.remark) == ("", "")
    assert arguments is None or list(found.arguments) == arguments
    assert text.count("%s") == len(found.arguments)


def test_a_number_that_would_become_a_text_is_a_literal() -> None:
    """Django's exists()."""
    (found,) = _tried(("SELECT %s AS a WHERE 'x' = %s LIMIT 1", [1, "x"]), rows=1)
    assert found == Statement(
        database="default", sql="SELECT 1 AS a WHERE 'x' = $1 LIMIT 1", arguments=["'x'"], obstacle="", remark=""
    )


@pytest.mark.parametrize(("text", "params"), [("SELECT 1 WHERE %s IS NULL", [None]), ("SELECT '%s' || %s", [7, "x"])])
def test_parameters_without_a_type_are_literals(text: str, params: list[Any]) -> None:
    (found,) = _tried((text, params), rows=1)
    assert (found.obstacle, found.remark, list(found.arguments)) == ("", "", [])


def test_values_that_must_be_equal_expressions_are_literals() -> None:
    grouped = "SELECT x + %s FROM (VALUES (1)) v(x) GROUP BY x + %s"
    (found,) = _tried((grouped, [2, 2]), rows=1)
    assert (found.sql, found.obstacle) == ("SELECT x + 2 FROM (VALUES (1)) v(x) GROUP BY x + 2", "")


def test_what_a_statement_sets_holds_for_the_next() -> None:
    said = "SELECT 1 WHERE current_setting('my.tenant', true) = %s"
    _, found = _tried(("SELECT set_config('my.tenant', %s, false)", ["x"]), (said, ["x"]), rows=1)
    assert (found.obstacle, found.remark) == ("", "")


def test_nothing_is_written() -> None:
    found = _tried(
        ("CREATE TABLE forecast_wrote (x int)", None),
        ("SELECT nextval(%s)", ["forecast_numbers"]),
        ("SELECT pg_catalog.pg_class.oid FROM pg_class LIMIT 1 FOR UPDATE", None),
    )
    assert [one.obstacle for one in found[::2]] == [WRITES, WRITES]
    assert found[1].obstacle
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT to_regclass('forecast_wrote')").fetchone() == (None,)


def test_other_rows_than_the_project_got_are_remarked() -> None:
    (found,) = _tried(("SELECT 1 WHERE 1 = %s", [1]), rows=5)
    assert (found.obstacle, found.remark) == ("", "It returns 1 rows where the project got 5")


def test_a_statement_that_failed_is_not_sent() -> None:
    (found,) = _tried(("SELECT 1 / %s", [0]), failed=True)
    assert (found.obstacle, found.sql) == (FAILED, "SELECT 1 / 0")


def test_another_database_is_named() -> None:
    sent = Sent(database="local", vendor="sqlite", template=_template("SELECT 1", None))
    ((found,),) = asyncio.run(tried({"request": [sent]}, {})).values()
    assert "'local' is sqlite" in found.obstacle
