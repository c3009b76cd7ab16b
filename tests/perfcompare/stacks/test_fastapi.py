from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import asyncpg
import pytest
from fastapi import Depends, FastAPI
from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import APIRoute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.contract.fastapi import cache, throttling
from perfcompare.contract.fastapi.application import throttles
from perfcompare.contract.logging import OnceAMinute
from perfcompare.registries import stacks
from perfcompare.stacks.fastapi import queries
from perfcompare.stacks.fastapi.app import app
from perfcompare.stacks.fastapi.authentication import user_of
from perfcompare.stacks.fastapi.resources import lifespan
from perfcompare.work import expensive
from tests.perfcompare.stacks.asgi import Answer, ask

T = TypeVar("T")
JSON = {"content_type": "application/json"}
GOOD = b'{"name": "Grace Hopper", "email": "grace@created.example"}'


def asked(method: str, path: str, **request: Any) -> Answer:
    return asyncio.run(ask(app, method, f"/api/fastapi/{path}", **request))


@pytest.fixture
def everything_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://postgres@/perfcompare?host={tmp_path}&port=5432")
    monkeypatch.setenv("REDIS_URL", f"unix://{tmp_path}/redis.sock?db=0")
    monkeypatch.setenv("UPSTREAM_URL", "http://127.0.0.1:9")


ROUTES = [route for route in app.routes if isinstance(route, APIRoute) and route.include_in_schema]
"""Those of the contract."""


def opened(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work` while the application holds its clients open."""

    async def run() -> T:
        async with lifespan(app):
            return await work

    return asyncio.run(run())


def test_every_scenario_has_its_endpoint() -> None:
    assert stacks["fastapi"].scenarios == ENDPOINTS
    assert {route.name for route in ROUTES} == ENDPOINTS


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_answer_is_serialised_by_pydantic_in_one_pass(route: APIRoute) -> None:
    # fastapi.routing takes its fast path for a declared model without a response class of one's own.
    assert route.response_field is not None
    assert isinstance(route.response_class, DefaultPlaceholder)


def test_without_a_rate_nothing_throttles() -> None:
    assert throttles("", "fastapi", user_of) == []
    assert app.router.dependencies == []


@pytest.mark.parametrize(("path", "allow"), [("users", "GET, POST"), ("users/1", "GET"), ("simple", "GET")])
def test_a_wrong_method_names_every_right_one(path: str, allow: str) -> None:
    answer = asked("DELETE", path)
    assert (answer.status, answer.headers["allow"]) == (405, allow)
    assert isinstance(answer.json["detail"], str)


@pytest.mark.parametrize("path", ["nothing", "simple/", "users/1/2"])
def test_an_unknown_path_is_404(path: str) -> None:
    answer = asked("GET", path)
    assert (answer.status, answer.headers["content-type"]) == (404, "application/json")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "LOCALHOST", "localhost.", "127.0.0.1.:80"])
def test_own_hosts_are_answered(host: str) -> None:
    assert asked("GET", "simple", host=host).status == 200


@pytest.mark.parametrize(
    "host",
    ["attacker.example", "attacker.example:80", "localhost.attacker.example", "", ":80", ".", "localhost.."],
)
def test_a_foreign_host_is_400(host: str) -> None:
    answer = asked("GET", "simple", host=host)
    assert (answer.status, answer.json) == (400, {"detail": "Unknown host."})


@pytest.mark.parametrize("content_type", ["text/plain", "application/vnd.api+json", "application/jsonp", ""])
def test_another_content_type_is_415(content_type: str) -> None:
    assert asked("POST", "users", body=GOOD, content_type=content_type).status == 415


def test_a_missing_content_type_is_415() -> None:
    assert asked("POST", "users", body=GOOD).status == 415


@pytest.mark.parametrize("body", [b"", GOOD[:-1], b"\xff", b"[" * 100_000, b"9" * 5000])
def test_a_body_that_cannot_be_read_is_400(body: bytes) -> None:
    assert asked("POST", "users", body=body, **JSON).status == 400


@pytest.mark.parametrize("body", [b"null", b"[]", b"5", b'"text"'])
def test_a_body_that_is_no_object_is_422(body: bytes) -> None:
    answer = asked("POST", "users", body=body, **JSON)
    assert (answer.status, answer.json["errors"].keys()) == (422, {"body"})


def test_every_field_at_fault_is_named_and_nothing_of_the_input_is_repeated() -> None:
    answer = asked("POST", "users", body=b'{"name": NaN, "email": "secret"}', **JSON)
    assert (answer.status, answer.json["errors"].keys()) == (422, {"name", "email"})
    assert b"secret" not in answer.body


def test_a_body_over_the_limit_is_413() -> None:
    assert asked("POST", "users", body=bytes(2**20 + 1), **JSON).status == 413


@pytest.mark.usefixtures("everything_away")
@pytest.mark.parametrize("path", ["users/1", "users", "dashboard", "cached-users"])
def test_without_a_database_answers_are_503(path: str) -> None:
    answer = opened(ask(app, "GET", f"/api/fastapi/{path}"))
    assert (answer.status, answer.json) == (503, {"detail": "The database is not available."})


@pytest.mark.usefixtures("everything_away")
def test_without_a_database_a_new_user_is_503() -> None:
    assert opened(ask(app, "POST", "/api/fastapi/users", body=GOOD, **JSON)).status == 503


@pytest.mark.usefixtures("everything_away")
@pytest.mark.parametrize(
    "error",
    [
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
        asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
        ConnectionResetError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_connection_that_breaks_under_a_query_is_503(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(queries, "user_detail", broken)

    assert opened(ask(app, "GET", "/api/fastapi/users/1")).status == 503


@pytest.mark.usefixtures("everything_away")
def test_without_a_cache_the_answer_is_the_same_and_the_log_warns_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet_until_now = OnceAMinute()
    monkeypatch.setattr(logging.getLogger(cache.__name__), "filters", [quiet_until_now])

    async def twice() -> list[Answer]:
        return [await ask(app, "GET", "/api/fastapi/expensive") for _ in range(2)]

    assert [answer.json for answer in opened(twice())] == [expensive.compute()] * 2
    assert [record.levelname for record in caplog.records if record.name == cache.__name__] == ["WARNING"]


@pytest.mark.usefixtures("everything_away")
def test_without_the_upstream_service_the_answer_is_502() -> None:
    assert opened(ask(app, "GET", "/api/fastapi/upstream")).status == 502


@pytest.mark.usefixtures("everything_away")
@pytest.mark.parametrize("token", ["", "Token", "Bearer x", "Token a b", "x"])
def test_what_is_no_token_is_401_without_asking_the_database(token: str) -> None:
    answer = opened(ask(app, "GET", "/api/fastapi/protected", authorization=token))
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Token")


async def nothing() -> dict[str, str]:
    return {}


@pytest.fixture
def throttled(monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    limiter = MovingWindowRateLimiter(MemoryStorage())
    monkeypatch.setattr(throttling, "_limiter", lambda _pool: limiter)
    small = FastAPI(dependencies=[Depends(throttling.Throttle("2/minute", "fastapi", user_of))])
    small.state.resources = SimpleNamespace(cache=SimpleNamespace(connection_pool=None))
    small.add_api_route("/", nothing)
    return small


def test_who_asks_too_often_is_told_when_to_come_back(throttled: FastAPI) -> None:
    async def thrice() -> list[Answer]:
        return [await ask(throttled, "GET", "/") for _ in range(3)]

    answers = asyncio.run(thrice())
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert isinstance(answers[-1].json["detail"], str)


def test_addresses_are_counted_apart(throttled: FastAPI) -> None:
    async def each_twice() -> list[Answer]:
        return [await ask(throttled, "GET", "/", client=f"127.0.0.{n}") for n in (1, 2, 1, 2)]

    assert {answer.status for answer in asyncio.run(each_twice())} == {200}


@pytest.mark.usefixtures("everything_away")
def test_without_redis_nobody_is_throttled() -> None:
    small = FastAPI(lifespan=lifespan, dependencies=[Depends(throttling.Throttle("1/minute", "fastapi", user_of))])
    small.add_api_route("/", nothing)

    async def twice() -> list[int]:
        async with lifespan(small):
            return [(await ask(small, "GET", "/")).status for _ in range(2)]

    assert asyncio.run(twice()) == [200, 200]


def test_the_documentation_loads_nothing_from_elsewhere() -> None:
    page = asked("GET", "docs").body.decode()
    assert "//" not in page.replace("<!--", "").split("SwaggerUIBundle({")[0].replace("</", "")
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
        assert f"/api/fastapi/docs-assets/{asset}" in page
        assert asked("GET", f"docs-assets/{asset}").status == 200


def test_the_schema_names_every_endpoint_and_the_token() -> None:
    schema = json.loads(asked("GET", "openapi.json").body)
    assert len(schema["paths"]) == len(ENDPOINTS) - 1, "two scenarios share /users"
    assert schema["components"]["securitySchemes"]["Token"]["name"] == "Authorization"


def test_health_says_who_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERFCOMPARE_NONCE", "n-1")
    said = asyncio.run(ask(app, "GET", "/health")).json
    process = said.pop("process")
    assert said == {"status": "ok", "stack": "fastapi", "nonce": "n-1"}
    assert process["debug"] is False
