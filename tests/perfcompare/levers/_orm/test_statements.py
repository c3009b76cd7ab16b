from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Count, F, Func, Q, Value
from django.db.models.functions import Cast, Coalesce, Lower, TruncMonth
from psycopg import sql as composing

from perfcompare.levers._orm.statements import may_last
from users.models import Post, User


@pytest.mark.parametrize(
    "sql",
    [
        "SET search_path = public", "set role postgres", " RESET ALL", "SELECT 1; SELECT 2", "DO $$ begin end $$",
        'SELECT "a" FROM "b" WHERE set_config(%s, %s, false)', b"SET search_path TO a", "/* by */ SET search_path TO a",
        "-- by\nSET search_path TO a", "SELECT * FROM mine(%s)", 'SELECT "mine"(%s)', 'SELECT "a"."mine" (%s)',
        "(SELECT mine(1))", "WITH x AS (SELECT mine(1)) SELECT * FROM x", "VALUES (mine(1))", "EXECUTE mine", "BEGIN",
        "EXPLAIN ANALYZE SELECT mine(1)", "SELECT mine(a) FROM b", 'INSERT INTO "a" ("b") SELECT mine(1)',
        'UPDATE "a" SET "b" = 1 RETURNING mine(1)', "SELECT * FROM a, mine(b) AS c", "SELECT E'\\'' || mine(1)",
        "CREATE OR REPLACE TEMP VIEW a AS SELECT 1", 'SELECT "a" INTO TEMPORARY TABLE b FROM c', "SELECT 'a', mine(1)",
        composing.SQL("SET search_path TO {}").format(composing.Identifier("a")), object(),
    ],
)  # fmt: skip
def test_what_may_outlive_a_statement_in_its_session_is_noticed(sql: Any) -> None:
    assert may_last(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1", b"SELECT 1", "SET LOCAL search_path = public", "SET CONSTRAINTS ALL IMMEDIATE", "SAVEPOINT a",
        'SELECT COUNT(*) FROM "users_user"', 'INSERT INTO "a" ("set") VALUES (%s)', "CREATE TABLE a (b int, c mine(5))",
        'INSERT INTO "a" ("b") SELECT * FROM UNNEST((%s)::varchar(50)[]) ON CONFLICT ("b") DO NOTHING',
        'WITH RECURSIVE "a" ("b") AS (SELECT 1) SELECT a.b::numeric(5, 2), CAST(b AS varchar(5)) FROM a',
        "SELECT 'mine(1)', $$mine(1)$$ -- mine(1)", "SELECT a.b FROM (VALUES (1)) AS a(b)", "SELECT 1;",
        composing.SQL("DECLARE a CURSOR FOR SELECT count(*) FROM b"),
    ],
)  # fmt: skip
def test_what_does_not_outlive_a_statement_or_a_transaction_is_none(sql: Any) -> None:
    assert not may_last(sql)


def test_the_statements_of_django_leave_nothing() -> None:
    asked = [
        User.objects.filter(Q(name__icontains="a") | Q(id__in=[1, 2])).exclude(posts__title="b").distinct(),
        User.objects.annotate(posts_n=Count("posts", filter=Q(posts__id__gt=1)), small=Lower("name")),
        User.objects.annotate(x=Coalesce(Cast("id", User._meta.get_field("name")), Value("a"))).order_by(F("x").desc()),
        Post.objects.annotate(month=TruncMonth("created_at")).values("month").annotate(n=Count("id")),
        User.objects.filter(posts__in=Post.objects.filter(id=1)).union(User.objects.filter(id=2)),
    ]

    assert not any(may_last(str(one.query)) for one in asked)
    assert may_last(str(User.objects.annotate(x=Func(Value("a"), function="mine")).query))


def test_whole_long_statements_are_read() -> None:
    values = ", ".join(["(%s)"] * 10_000)

    assert not may_last(f"INSERT INTO a (b) VALUES {values}")  # noqa: S608 - nobody runs it
    assert may_last(f"INSERT INTO a (b) VALUES {values} RETURNING mine(1)")  # noqa: S608 - nobody runs it
