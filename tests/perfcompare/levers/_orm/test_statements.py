from __future__ import annotations

from typing import Any

import pytest
from psycopg import sql as composing

from perfcompare.levers._orm.statements import calls, defines


@pytest.mark.parametrize(
    "sql",
    [
        "SET search_path = public", "set role postgres", " RESET ALL", "SELECT 1; SELECT 2", "DO $$ begin end $$",
        b"SET search_path TO a", "BEGIN", "/* by */ SET search_path TO a", "-- by\nSET search_path TO a",
        "SELECT E'\\'' || mine(1)", "CREATE OR REPLACE TEMP VIEW a AS SELECT 1", "CALL mine()", "EXECUTE mine",
        'SELECT "a" INTO TEMPORARY TABLE b FROM c', "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        composing.SQL("SET search_path TO {}").format(composing.Identifier("a")), object(),
    ],
)  # fmt: skip
def test_what_may_itself_outlive_a_statement_is_noticed(sql: Any) -> None:
    assert calls(sql) is None


@pytest.mark.parametrize(
    ("sql", "called"),
    [
        ("SELECT 1", ""), (b"SELECT 1", ""), ("SET LOCAL search_path = public", ""), ("SAVEPOINT a", ""),
        ("SET CONSTRAINTS ALL IMMEDIATE", ""), ("SELECT 1;", ""), ("CREATE TABLE a (b int, c mine(5))", ""),
        ('SELECT COUNT(*) FROM "users_user" WHERE id IN (1)', "count in"), ("SELECT mine (%s)", "mine"),
        ('SELECT "mine"(%s)', '"mine"'), ('SELECT "a"."mine"(1)', '"a"."mine"'), ("SELECT a.mine(1)", "a.mine"),
        ("SELECT PG_CATALOG.Format(%s)", "format"), ("VALUES (f(1))", "values f"),
        ("SELECT pg_catalog . format(1)", "format"),
        ('INSERT INTO "s"."a" ("set") VALUES (%s)', "values"), ('COPY "a" ("b") FROM STDIN', ""),
        ('INSERT INTO "a" ("b") SELECT * FROM UNNEST((%s)::varchar(50)[])', "unnest"),
        ('WITH RECURSIVE "a" ("b") AS (SELECT 1) SELECT a.b::numeric(5, 2), CAST(b AS varchar(5)) FROM a', "cast"),
        ("SELECT 'mine(1)', $$mine(1)$$ -- mine(1)", ""), ("SELECT a.b FROM (VALUES (1)) AS a(b)", "from values"),
        (composing.SQL("DECLARE a CURSOR FOR SELECT count(*) FROM b"), "count"), ("SELECT 'a', mine(1)", "mine"),
        ("EXPLAIN ANALYZE SELECT mine(1)", "mine"), ('UPDATE "a" SET "b" = 1 RETURNING mine(1)', "mine"),
    ],
)  # fmt: skip
def test_what_stands_before_a_parenthesis_is_called(sql: Any, called: str) -> None:
    assert calls(sql) == frozenset(called.split())


def test_whole_long_statements_are_read() -> None:
    values = ", ".join(["(%s)"] * 10_000)

    called = calls(f"INSERT INTO a (b) VALUES {values} RETURNING mine(1)")  # noqa: S608 - nobody runs it

    assert called == frozenset({"values", "mine"})


def test_statements_that_make_functions_are_told_from_others() -> None:
    assert defines("create or replace function a() returns int language sql as 'select 1'")
    assert defines("CREATE EXTENSION IF NOT EXISTS unaccent")
    assert not defines("CREATE TABLE function (a int)")
