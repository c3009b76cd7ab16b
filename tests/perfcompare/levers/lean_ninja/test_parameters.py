from __future__ import annotations

import json
from collections.abc import Callable
from copy import copy
from functools import partial
from random import Random
from typing import Any
from urllib.parse import quote_plus

import pytest
from asgiref.sync import async_to_sync
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, QueryDict
from django.test import AsyncClient, AsyncRequestFactory, Client, RequestFactory
from django.urls import path
from ninja import Body, Cookie, Header, NinjaAPI, P, Query, QueryEx, Schema
from ninja.parser import Parser
from ninja.security import HttpBasicAuth, HttpBearer

from perfcompare.contract.ninja import ContractParser
from perfcompare.contract.pydantic_types import Email, Limit, Name, RowId, Skip, Tag
from perfcompare.levers.lean_ninja.plan import plan_of
from perfcompare.levers.lean_ninja.query import query_data
from perfcompare.levers.lean_ninja.stock_methods import Way
from tests.perfcompare.levers.lean_ninja.conftest import lean, outcome

Both = Callable[[Callable[[], Any]], tuple[Any, Any]]
pytestmark = pytest.mark.urls(__name__)


class Inner(Schema):
    city: str = "Bonn"


class PersonIn(Schema):
    name: Name
    email: Email
    inner: Inner | None = None
    inners: list[Inner] = []


class Filters(Schema):
    limit: Limit = 5
    tags: list[str] = []


class Named(HttpBearer):
    openapi_scheme = "token"

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        return token if token.startswith("good") else None


class ANamed(HttpBearer):
    async def authenticate(self, request: HttpRequest, token: str) -> str | None:
        return token if token.startswith("good") else None


class Basic(HttpBasicAuth):
    def authenticate(self, request: HttpRequest, username: str, password: str) -> str:
        return username


api = NinjaAPI(parser=ContractParser(), urls_namespace="parameters")


@api.get("items", response=dict[str, Any])
def items(
    request: HttpRequest,
    limit: Limit,
    skip: Skip = 0,
    flag: bool = False,
    tags: QueryEx[list[Tag], P(max_length=3)] = [],  # noqa: B006 - pydantic copies it
) -> dict[str, Any]:
    return {"skip": skip, "limit": limit, "flag": flag, "tags": tags}


@api.post("people/{id}", response=dict[str, Any])
def people(request: HttpRequest, id: RowId, payload: PersonIn, dry: bool = False) -> dict[str, Any]:
    return {
        "id": id,
        "dry": dry,
        "set": sorted(payload.model_fields_set),
        "kind": type(payload).__name__,
    } | payload.dict()


@api.post("two", response=dict[str, Any])
async def two(request: HttpRequest, one: PersonIn, other: Inner, more: Body[int] = 5) -> dict[str, Any]:
    return {"one": one.dict(), "other": other.dict(), "more": more}


@api.get("filtered", response=dict[str, Any])
async def filtered(request: HttpRequest, filters: Query[Filters], agent: Header[str] = "", c: Cookie[str] = "") -> Any:
    return {**filters.dict(), "agent": agent, "cookie": c}


@api.get("who", auth=[Named(), Basic()], response=str)
def who(request: HttpRequest) -> Any:
    return request.auth  # type: ignore[attr-defined]


@api.get("awho", auth=[ANamed(), Named(), Basic()], response=str)
async def awho(request: HttpRequest) -> Any:
    return request.auth  # type: ignore[attr-defined]


urlpatterns = [path("", api.urls)]

VALUES = [
    "", "0", "1", "5", "-1", "1000", "1001", "x", "1.0", " 1", "1e3", "true", "off", "a%00b", "%FF", "%zz", "a+b", "ü",
    "%C3%BC", "9" * 30, "x" * 60, "a=b", "%26", "null",
]  # fmt: skip


def _queries() -> list[str]:
    random = Random(5)
    names = ["limit", "skip", "flag", "tags", "tags", "other", "", "l%69mit", "filters"]
    odd = ["", "&", "&&", "limit", "=5", "limit=5&limit=6", "limit=5;skip=6", "?limit=5"]
    many = ["&".join(["limit=5"] + ["other=1"] * 150), "&".join(["limit=5"] + ["other=1"] * 1500)]

    def pair() -> str:
        return f"{random.choice(names)}={random.choice(VALUES)}"

    return [*odd, *many, *("&".join(pair() for _ in range(random.randint(1, 5))) for _ in range(150))]


def _bodies() -> list[bytes]:
    values = [
        None,
        5,
        "x",
        "",
        " Grace ",
        "a@b.example",
        [],
        {},
        "\0",
        "<a@b.example>",
        True,
        [{"city": "x"}],
        {"city": 5},
    ]
    full = {"name": "Grace", "email": "a@b.example"}
    changed = [{**full, field: value} for field in ("name", "email", "inner", "inners", "extra") for value in values]
    raw = [b"", b"{", b"[]", b"null", b'{"name": "\xff"}', b'{"name": "x", "name": "y", "email": "a@b.example"}']
    return [*raw, *(json.dumps(body).encode() for body in [full, {"name": "x"}, *changed])]


def _shown(reply: Any) -> Any:
    # The length alone may differ: Ninja writes blanks and escapes.
    headers = {name: value for name, value in reply.headers.items() if name != "Content-Length"}
    return reply.status_code, headers, json.loads(reply.content)


def _same(both: Both, ask: Callable[[], Any]) -> Any:
    return _all_same(both, [ask])[0]


def _all_same(both: Both, asks: list[Callable[[], Any]]) -> list[Any]:
    stock, ours = both(lambda: [outcome(partial(_answer, ask)) for ask in asks])
    assert ours == stock
    return list(ours)


def _answer(ask: Callable[[], Any]) -> Any:
    return _shown(ask())


def _aget(where: str, **headers: str) -> Any:
    return async_to_sync(AsyncClient().get)(where, headers=headers)


@pytest.mark.parametrize("where", ["items", "filtered"])
def test_any_query_is_understood_as_ninja_understands_it(both: Both, where: str) -> None:
    queries = [query for query in _queries() if query.count("&") < 1000]
    answers = _all_same(both, [partial(_aget, f"/{where}?{query}") for query in queries])

    assert {200, 422} <= {status for status, *_ in answers}


def test_any_body_is_understood_as_ninja_understands_it(both: Both) -> None:
    asked = [(where, body) for body in _bodies() for where in ("/people/5?dry=1", "/people/x")]
    asked += [("/two", json.dumps({"one": json.loads(body), "other": {}}).encode()) for body in _bodies()[6:]]
    post = partial(Client().post, content_type="application/json")

    answers = _all_same(both, [partial(post, where, data=body) for where, body in asked])

    assert {status for status, *_ in answers} == {200, 400, 422}


@pytest.mark.parametrize("where", ["/who", "/awho"])
@pytest.mark.parametrize(
    "value",
    [
        "",
        "token",
        "token ",
        "Token good",
        "TOKEN good x",
        "bearer good",
        "token bad",
        "Basic dTpw",
        "basic",
        "x",
        "good",
    ],
)
def test_whoever_asks_is_known_as_ninja_knows_them(both: Both, where: str, value: str) -> None:
    _same(both, lambda: _aget(where, authorization=value) if value else _aget(where))


@pytest.mark.parametrize("query", [query for query in _queries() if query.count("&") < 1000][:60])
def test_the_query_is_that_of_the_querydict(query: str) -> None:
    lists = frozenset({"tags"})
    for request in (RequestFactory().get(f"/?{query}"), AsyncRequestFactory().get(f"/?{query}")):
        expected = Parser().parse_querydict(copy(request).GET, ["tags"], request)
        assert query_data(request, lists) == expected


def test_a_query_that_middleware_replaced_is_taken() -> None:
    request = RequestFactory().get("/?a=1")
    request.GET = QueryDict("a=2")

    assert query_data(request, frozenset()) == {"a": "2"}


def test_an_unbuilt_meta_stays_unbuilt() -> None:
    request = AsyncRequestFactory().get("/?a=%C3%BC")
    del request.META

    assert query_data(request, frozenset()) == {"a": "ü"}
    assert isinstance(request, ASGIRequest)
    assert "META" not in vars(request)


def test_text_survives_escaping() -> None:
    text = "ü &=%\"'<+ \u2028😀"
    request = RequestFactory().get(f"/?a={quote_plus(text)}")

    assert query_data(request, frozenset()) == {"a": text}


def test_a_callable_that_only_computes_runs_on_the_event_loop() -> None:
    import threading

    threads: list[int] = []

    def check(request: HttpRequest) -> str:
        threads.append(threading.get_ident())
        return "somebody"

    check.async_safe = True  # type: ignore[attr-defined]
    own = NinjaAPI(urls_namespace="inline", auth=check)

    @own.get("it", response=str)
    async def it(request: HttpRequest) -> str:
        threads.append(threading.get_ident())
        return "x"

    with lean():
        view: Any = next(pattern for pattern in own.urls[0] if str(pattern.pattern) == "it").callback
        assert async_to_sync(view)(AsyncRequestFactory().get("/it")).content == b'"x"'
    assert len(set(threads)) == 1


def _way(api: NinjaAPI) -> Way:
    operation = api.default_router.path_operations["/one"].operations[0]
    operation.api = api
    return plan_of(operation).way


class OwnBody(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return {"name": "its own", "email": "a@b.example"}


class OwnQuery(Parser):
    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> Any:
        return super().parse_querydict(data, list_fields, request)


@pytest.mark.parametrize("parser", [OwnBody, OwnQuery])
def test_a_parser_of_the_project_leaves_the_operation_lean(parser: type[Parser]) -> None:
    api = NinjaAPI(parser=parser(), urls_namespace=parser.__name__)

    @api.get("/one")
    def one(request: HttpRequest, limit: int = 1) -> int:
        return limit

    assert _way(api).is_stock()


def test_a_query_parser_that_is_patched_later_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    api = NinjaAPI(urls_namespace="patched later")

    @api.get("/one")
    def one(request: HttpRequest, limit: int = 1) -> int:
        return limit

    way = _way(api)
    assert way.is_stock()
    monkeypatch.setattr(Parser, "parse_querydict", lambda *_args: {})
    assert not way.is_stock()
