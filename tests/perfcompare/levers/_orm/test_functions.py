from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.models import Count, F, Func, Q, Value
from django.db.models.functions import Cast, Coalesce, JSONArray, JSONObject, Lower, Now, Random, TruncMonth
from psycopg.pq import PGconn, abc

from perfcompare.levers._orm import functions
from perfcompare.levers._orm.statements import calls
from users.models import Post, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def names() -> Iterator[frozenset[str]]:
    """Those that the server of the tests takes for quiet."""
    connection.ensure_connection()
    functions.forget()
    yield functions.read(connection.connection)
    functions.forget()


def test_postgresqls_own_functions_and_the_words_of_sql_are_quiet(names: frozenset[str]) -> None:
    called = "in exists over filter values count sum lower coalesce cast format string_agg to_tsvector nextval random"

    assert names >= set(called.split())


def test_functions_that_change_a_session_or_run_what_they_are_given_are_not(names: frozenset[str]) -> None:
    assert names.isdisjoint({"set_config", "pg_advisory_lock", "setseed", "query_to_xml", "lo_open", "mine", '"lower"'})


def test_the_statements_of_django_leave_nothing(names: frozenset[str]) -> None:
    asked = [
        User.objects.filter(Q(name__icontains="a") | Q(id__in=[1, 2])).exclude(posts__title="b").distinct(),
        User.objects.annotate(posts_n=Count("posts", filter=Q(posts__id__gt=1)), small=Lower("name")),
        User.objects.annotate(x=Coalesce(Cast("id", User._meta.get_field("name")), Value("a"))).order_by(F("x").desc()),
        User.objects.annotate(a=JSONArray("id"), b=JSONObject(c="id"), d=Now()).order_by(Random()),
        Post.objects.annotate(month=TruncMonth("created_at")).values("month").annotate(n=Count("id")),
        User.objects.filter(posts__in=Post.objects.filter(id=1)).union(User.objects.filter(id=2)),
    ]

    assert not set().union(*(calls(str(one.query)) or {"?"} for one in asked)) - names
    assert calls(str(User.objects.annotate(x=Func(Value("a"), function="mine")).query)) == frozenset({"mine"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["format", "has_schema_privilege", "in_tenant"])
def test_a_function_of_the_projects_takes_its_name_from_postgresqls(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE FUNCTION public.{name}(point) RETURNS text STABLE LANGUAGE sql AS 'SELECT $$a$$'")
        functions.forget()
        try:
            assert name not in functions.read(connection.connection)
        finally:
            cursor.execute(f"DROP FUNCTION public.{name}(point)")
            functions.forget()


def test_a_server_is_asked_once_on_a_connection_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def connected(told: bytes) -> abc.PGconn:
        made.append(told)
        return PGconn.connect(told)

    functions.forget()
    connection.ensure_connection()
    other = connection.copy()
    other.ensure_connection()
    monkeypatch.setattr(functions, "_connect", connected)
    try:
        assert functions.quiet_at(connection.connection) == frozenset()
        assert functions.read(connection.connection) is functions.read(other.connection)
        assert functions.quiet_at(other.connection) == functions.quiet_at(connection.connection) != frozenset()
    finally:
        other.close()
    assert len(made) == 1


def test_a_server_that_does_not_answer_leaves_everything_to_django(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.ensure_connection()
    functions.forget()
    monkeypatch.setattr(functions, "_connect", lambda told: PGconn.connect(b"host=/nowhere"))

    assert functions.read(connection.connection) == frozenset()
    functions.forget()
