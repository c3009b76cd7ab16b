"""What is judged from the facts of a request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from perfcompare.core.errors import UsageError
from perfcompare.project.audit.facts import (
    Column,
    Failure,
    Middleware,
    Part,
    RequestFacts,
    Source,
    Statements,
    normal,
)  # fmt: skip
from perfcompare.project.audit.findings import Finding, finders
from perfcompare.project.audit.instruments.ninja import NINJA
from perfcompare.project.audit.instruments.rest_framework import AROUND
from perfcompare.project.audit.report import Audit, refusals
from perfcompare.project.audit.text import lines, picture
from perfcompare.project.audit.verifying import found

ORIGIN: Final = {
    "file": "/p/api.py",
    "line": 7,
    "path": "",
    "view": "",
    "relation": "",
    "model": "",
    "loading": "",
    "many": False,
    "view_file": "",
    "view_line": 0,
    "view_model": "",
    "paged": False,
}
ANSWER: Final = {"bytes": 100, "packed": 90, "packing_us": 1.0, "encoding": "", "longest": [1, "$", False]}
FACTS: Final = RequestFacts(
    name="a",
    path="/a",
    method="GET",
    weight=1.0,
    interface="wsgi",
    server="gunicorn_gthread",
    repetitions=1,
    cpu_us=100.0,
    wall_us=200.0,
    timing=0.0,
    calibrated=0.0,
    parts=[Part(category="handler", label="rest", count=1, cpu_us=0.0, wall_us=0.0)],
    statements=[],
    response=ANSWER,
)


def statements(sql: str, count: int, different: int, **origin: Any) -> Statements:
    """Of one request, from one line."""
    loading = {"loading": "one"} if "relation" in origin else {}
    whole = ORIGIN | loading | origin
    return Statements(
        sql=sql, count=count, different=different, cpu_us=10.0 * count, wall_us=20.0 * count, origin=whole
    )


def _kinds(facts: RequestFacts) -> list[str]:
    return [one.kind for one in found([facts])]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('SELECT "a1"."b" FROM "a1" WHERE "b" = 1', 'SELECT "a1"."b" FROM "a1" WHERE "b" = 27'),
        ("SELECT a WHERE b IN (%s, %s)", "SELECT a WHERE b IN (%s,%s, %s)"),
        ("SELECT a WHERE b = 'x''y'", "SELECT a WHERE b = 'z'"),
    ],
)
def test_statements_that_differ_only_in_values_are_the_same(one: str, other: str) -> None:
    assert normal(one) == normal(other)


def test_statements_on_other_tables_are_not_the_same() -> None:
    assert normal('SELECT "a1"."b"') != normal('SELECT "a2"."b"')


def test_nothing_is_found_in_a_plain_request() -> None:
    assert _kinds(FACTS) == []


def test_one_statement_for_each_object_costs_all_but_one() -> None:
    facts = replace(FACTS, statements=[statements("SELECT a WHERE b = %s", 5, 5)])
    (one,) = found([facts])

    assert (one.kind, one.finding.cpu_us, one.finding.wall_us) == ("n_plus_one", 40.0, 80.0)
    assert one.finding.where == ("/p/api.py:7",)


def test_relations_of_a_view_are_loaded_by_one_call() -> None:
    both = [
        statements("SELECT a", 5, 5, view="m.View", path="product", relation="Order.product"),
        statements("SELECT b", 5, 5, view="m.View", path="product__category", relation="Product.category"),
    ]
    (one,) = found([replace(FACTS, statements=both)])

    assert one.finding.rewrite == {"m.View": {"select_related": ["product__category"]}}


def test_many_kinds_of_statements_are_told_by_their_sum() -> None:
    several = [
        statements(f"SELECT {name}", 100, 100, view="m.View", path=name, relation=f"Order.{name}") for name in "abc"
    ]
    (one,) = found([replace(FACTS, statements=several)])

    assert one.finding.what == (
        "300 statements of 3 kinds, which differ only in values, load Order.a, Order.b and Order.c, "
        "one object at a time"
    )


def test_a_relation_to_many_is_prefetched() -> None:
    origin = {"path": "orders", "relation": "Person.orders", "loading": "several", "many": True}
    (one,) = found([replace(FACTS, statements=[statements("SELECT a", 5, 5, view="m.View", **origin)])])

    assert one.finding.rewrite == {"m.View": {"prefetch_related": ["orders"]}}


@pytest.mark.parametrize(
    ("origin", "advice"),
    [
        ({"loading": "one"}, '.select_related("orders") where objects of people.Person are loaded'),
        ({"loading": "one", "view": "m.View", "view_model": "shop.Shop"}, ".select_related("),
        ({"loading": "several", "many": True}, '.prefetch_related("orders") where'),
        ({"loading": "own", "view": "m.View", "many": True}, "Person.orders is asked for each object in another way"),
        ({"loading": "column", "view": "m.View"}, "Person.orders was left out by defer() or only()"),
    ],
)
def test_what_no_queryset_of_a_view_can_load_names_the_relation_and_what_to_write(
    origin: dict[str, Any], advice: str
) -> None:
    where = {"path": "orders", "relation": "Person.orders", "model": "people.Person"}
    (one,) = found([replace(FACTS, statements=[statements("SELECT a", 5, 5, **where, **origin)])])

    assert not one.finding.rewrite
    assert "for Person.orders" in one.finding.what
    assert one.finding.write[0].startswith(advice)


def test_the_same_values_again_are_another_kind() -> None:
    assert _kinds(replace(FACTS, statements=[statements("SELECT a", 4, 1)])) == ["repeated_statements"]


def test_two_statements_can_be_chance() -> None:
    assert _kinds(replace(FACTS, statements=[statements("SELECT a", 2, 2)])) == []


@pytest.mark.parametrize(("size", "kinds"), [(100, []), (50_000, ["unused_columns"])])
def test_large_columns_that_nobody_reads_are_found(size: int, kinds: list[str]) -> None:
    columns = [
        Column(model="m.A", name="text", kind="TextField", bytes=size, read=False),
        Column(model="m.A", name="id", kind="AutoField", bytes=20, read=True),
    ]

    assert _kinds(replace(FACTS, columns=columns, instances={"m.A": 20})) == kinds


def _unread(*sources: Source, **instances: int) -> Finding:
    columns = [
        Column(model="m.Shop", name="about", kind="TextField", bytes=20_480, read=False),
        Column(model="m.Shop", name="short", kind="CharField", bytes=20, read=False),
        Column(model="m.Item", name="name", kind="CharField", bytes=10_240, read=True),
    ]
    facts = replace(FACTS, columns=columns, sources=sources, instances={"m.Shop": 20, "m.Item": 10, **instances})
    (one,) = finders["unused_columns"].find(facts)
    return one


def _source(path: str, root: str, statement: Statements, model: str = "m.Shop") -> Source:
    return Source(model=model, path=path, root=root, objects=20, statements=statement)


def test_columns_cost_a_share_of_the_statements_that_load_them_and_the_large_ones_are_named() -> None:
    asked = statements("SELECT a", 1, 1, view="m.View", view_model="m.Shop", view_file="/p/v.py", view_line=3)
    one = _unread(_source("", "m.Shop", asked), _source("", "m.Item", asked, "m.Item"))

    # 20 values and 20 kB of 20 + 20 + 10 values and 30 kB.
    assert one.cpu_us == pytest.approx(10 * 40 / 80, rel=0.01)
    assert (one.where, one.write) == (("/p/api.py:7",), ("# View.get_queryset (/p/v.py:3)", '.defer("about")'))
    assert one.rewrite == {"m.View": {"defer": ["about"]}}


def test_columns_of_joined_objects_are_left_out_where_the_others_are_loaded() -> None:
    joined = _source("shop", "m.Item", statements("SELECT a", 1, 1))
    one = _unread(joined)
    assert one.write == ('.defer("shop__about") where objects of m.Item are loaded',)
    assert not one.rewrite

    viewed = statements("SELECT a", 1, 1, view="m.View", view_model="m.Item", view_file="/p/v.py", view_line=3)
    assert _unread(_source("shop", "m.Item", viewed)).rewrite == {"m.View": {"defer": ["shop__about"]}}


def test_columns_of_objects_that_are_loaded_one_by_one_are_left_out_when_they_are_joined() -> None:
    alone = statements("SELECT a", 20, 20, relation="Item.shop", path="shop", model="m.Item")
    assert _unread(_source("", "m.Shop", alone)).write == (
        '.select_related("shop").defer("shop__about") where objects of m.Item are loaded',
    )


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        ({"longest": [199, "$", False]}, []),
        ({"longest": [200, "$", False]}, ["no_pagination"]),
        ({"bytes": 20_000, "packed": 2_000}, ["compression"]),
        ({"bytes": 20_000, "packed": 19_900}, ["compression"]),
        ({"bytes": 20_000, "packed": 19_900, "encoding": "gzip"}, []),
    ],
)
def test_long_and_large_answers_are_found(answer: dict[str, Any], kinds: list[str]) -> None:
    assert _kinds(replace(FACTS, response={**ANSWER, **answer})) == kinds


def test_a_count_is_found_where_it_costs() -> None:
    assert _kinds(replace(FACTS, statements=[statements("SELECT COUNT(*) FROM a", 1, 1)])) == ["count"]
    assert _kinds(replace(FACTS, wall_us=2000.0, statements=[statements("SELECT COUNT(*) FROM a", 1, 1)])) == []
    (paged,) = finders["count"].find(
        replace(FACTS, statements=[statements("SELECT COUNT(*) FROM a", 1, 1, paged=True)])
    )
    assert "CursorPagination" in paged.write[0]
    (other,) = finders["count"].find(replace(FACTS, statements=[statements("SELECT COUNT(*) FROM a", 1, 1)]))
    assert "Pagination" not in other.write[0]
    assert _kinds(replace(FACTS, statements=[statements("SELECT a, COUNT(b) FROM a GROUP BY a", 1, 1)])) == []


def test_connections_and_hops_are_found() -> None:
    happened = [("connection", "default (psycopg)", 1), ("hop", "m.View", 2)]

    assert _kinds(replace(FACTS, happened=happened)) == ["connections", "connections", "thread_hops"]


def test_what_is_the_same_for_several_requests_is_said_once() -> None:
    facts = [
        replace(FACTS, name=name, happened=[("hop", "m.View", 2)], parts=[_part("thread hops", "to a thread")])
        for name in ("one", "other")
    ]
    told = [*lines(Audit(results=[], findings=found(facts)))]

    assert "    2 requests: changes its thread 2 times for m.View" in told
    assert [line.strip().partition(":")[0] for line in told if "costs" in line] == ["one", "other"]
    assert len([line for line in told if "write:" in line]) == 1


def test_only_psycopg_has_a_pool() -> None:
    for driver in ("sqlite3.dbapi2", "psycopg2"):
        facts = replace(FACTS, happened=[("connection", f"default ({driver})", 1)])

        assert [one.change for one in finders["connections"].find(facts)] == ["persistent_connections"]


def test_who_changes_the_thread_is_told_one_by_one_and_django_once() -> None:
    django = [("hop", f"django.core.{name}.<locals>.send", 1) for name in ("a.First", "b.Second")]
    facts = replace(
        FACTS, happened=[*django, ("hop", "shop.views.View", 2)], parts=[_part("thread hops", "to a thread")]
    )

    told = {one.what: one.cpu_us for one in finders["thread_hops"].find(facts)}
    assert told == {
        "changes its thread 2 times for Django itself": 20.0,
        "changes its thread 2 times for views.View": 20.0,
    }


@pytest.mark.parametrize(("label", "changes"), [("F", [""]), ("DjangoFilterBackend", ["lean_filters", ""])])
def test_a_filter_that_costs_is_found(label: str, changes: list[str]) -> None:
    part = Part(category="filters", label=label, count=1, cpu_us=11.0, wall_us=11.0)
    facts = replace(FACTS, parts=[*FACTS.parts, part])

    assert set(_kinds(facts)) == {"filters"}
    assert [one.change for one in finders["filters"].find(facts)] == changes


def _part(category: str, label: str, cpu_us: float = 40.0) -> Part:
    return Part(category=category, label=label, count=1, cpu_us=cpu_us, wall_us=cpu_us)


DRF: Final = _part("view", AROUND, 1.0)
IN_NINJA: Final = _part("URL resolving", NINJA, 1.0)


@pytest.mark.parametrize(
    ("parts", "changes"),
    [
        ([_part("handler", "rest")], []),
        ([_part("garbage collection", "generation 0")], ["frozen_gc"]),
        ([_part("rendering", "template")], []),
        ([DRF, _part("rendering", "BrowsableAPIRenderer")], []),
        ([DRF, _part("rendering", "JSONRenderer")], ["orjson_rendering"]),
        ([IN_NINJA, _part("rendering", "JSONRenderer")], []),
        ([DRF, _part("serializers", "OrderSerializer")], ["compiled_serializers"]),
        ([IN_NINJA, _part("serializers", "orders")], ["lean_ninja"]),
    ],
)
def test_a_lever_is_offered_for_the_part_that_it_makes_cheaper(parts: list[Part], changes: list[str]) -> None:
    assert [one.finding.change for one in found([replace(FACTS, parts=parts)])] == changes


def test_middleware_that_costs_is_found_and_no_lever_for_it_under_wsgi() -> None:
    facts = replace(FACTS, parts=[_part("middleware", "AuditMiddleware")])
    (one,) = found([facts])

    assert (one.kind, one.finding.what, one.finding.change) == (
        "middleware",
        "AuditMiddleware takes 40% of the CPU time",
        "",
    )


def test_the_hops_of_djangos_own_middleware_are_what_inline_middleware_is_worth() -> None:
    security = "django.middleware.security.SecurityMiddleware"
    happened = [
        ("hop", f"{security}.process_request", 2),
        ("hop", f"{security}.process_response", 1),
        ("hop", "m.V", 1),
    ]
    facts = replace(FACTS, interface="asgi", happened=happened, parts=[_part("thread hops", "to a thread")])
    lever, *hops = found([facts])

    assert (lever.finding.change, lever.finding.cpu_us) == ("inline_middleware", 30.0)
    assert [(one.kind, one.finding.cpu_us) for one in hops] == [("thread_hops", 30.0), ("thread_hops", 10.0)]


def _middleware(*names: str, synchronous: str = "") -> list[Middleware]:
    return [Middleware(path=f"m.{one}", kind=f"m.{one}", asynchronous=one != synchronous) for one in names]


def test_middleware_that_only_runs_in_a_thread_is_the_last_one() -> None:
    hops = [("hop", "m.B.process_request", 1), ("hop", "m.A", 2), ("hop", "m.View", 1)]
    parts = [_part("thread hops", "to a thread"), _part("view", "View", 1.0)]
    facts = replace(FACTS, interface="asgi", happened=hops, parts=parts, middleware=_middleware("A", "B"))

    assert [*finders["middleware_order"].find(facts)] == []

    (one,) = finders["middleware_order"].find(replace(facts, middleware=_middleware("A", "B", "C", synchronous="A")))
    assert (one.middleware, one.cpu_us) == (("m.B", "m.C", "m.A"), 30.0)
    assert one.write == ("MIDDLEWARE = [", '    "m.B",', '    "m.C",', '    "m.A",', "]")
    for others in (_middleware("B", "A", synchronous="A"), _middleware("A", "B", synchronous="B")):
        assert [*finders["middleware_order"].find(replace(facts, middleware=others))] == []


def test_middleware_that_answers_is_the_first_one() -> None:
    parts = [_part("middleware", "A", 20.0), _part("middleware", "B", 10.0)]
    facts = replace(FACTS, parts=parts, middleware=_middleware("A", "B", "C"))
    (one,) = finders["middleware_order"].find(facts)

    assert (one.middleware, one.cpu_us) == (("m.B", "m.A", "m.C"), 20.0)
    assert one.what == "is answered by B, after A, which take 20% of the CPU time"
    assert [*finders["middleware_order"].find(replace(facts, parts=[*parts, _part("view", "View")]))] == []


@pytest.mark.parametrize(("cpu_us", "servers"), [(4.0, set()), (40.0, {"granian_wsgi"})])
def test_other_servers_are_offered_where_the_server_costs(cpu_us: float, servers: set[str]) -> None:
    facts = replace(FACTS, parts=[*FACTS.parts, _part("server", "gunicorn gthread", cpu_us)])

    assert {one.server for one in finders["server"].find(facts)} == servers


def test_what_is_worth_more_comes_first() -> None:
    rare = replace(FACTS, statements=[statements("SELECT a WHERE b = %s", 9, 9)])
    often = replace(FACTS, name="b", weight=100.0, statements=[statements("SELECT c", 3, 3, line=9)])
    advice = Audit(results=[rare, often], findings=found([rare, often])).advice

    assert [one.requests[0].facts.name for one in advice] == ["b", "a"]


def test_failures_and_budgets_refuse() -> None:
    failed = Failure(name="b", interface="wsgi", said="It is answered with 500: ")
    facts = replace(FACTS, statements=[statements("SELECT a", 4, 4)])
    audit = Audit(results=[facts, failed], findings=found([facts]))

    assert refusals(audit, (), 4) == ["b (WSGI): It is answered with 500: "]
    assert refusals(audit, (), 3)[1] == "a (WSGI): 4 statements, allowed are 3"
    assert refusals(audit, ("n_plus_one",), None)[1].startswith("a (WSGI): n-plus-one: ")
    assert len(refusals(audit, ("count",), None)) == 1


def test_the_picture_is_as_wide_as_ever() -> None:
    assert len(picture([("handler", 33.3), ("SQL", 33.3), ("ORM", 33.4)], 100.0)) == 60


def test_an_unknown_kind_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="n_plus_one"):
        finders.choose(["n_plus_on"])
