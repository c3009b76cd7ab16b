from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import LazySettings
from django.core.cache import cache
from django.test import AsyncClient, Client
from pytest_django import DjangoAssertNumQueries

from perfcompare.stacks.ninja_async.api import api
from perfcompare.work import upstream
from users import seeding
from users.dataset import Dataset
from users.models import User

DATASET = Dataset(count=5, seed=1)
PATHS = [
    "/simple",
    "/users/1",
    "/users",
    "/items",
    "/protected",
    "/dashboard",
    "/expensive",
    "/cached-users",
    "/upstream",
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("perfcompare.stacks.ninja_async.urls")]


@pytest.fixture(autouse=True)
def _seeded(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    monkeypatch.setattr(upstream, "afetch", _answer)
    seeding.seed(count=DATASET.count, seed=DATASET.seed)


async def _answer(delay_ms: int, *, shared: bool) -> dict[str, object]:
    return {"delay_ms": delay_ms, "source": f"shared: {shared}"}


@async_to_sync
async def _get(where: str, **headers: str) -> Any:
    token = {"authorization": f"Token {DATASET.user(1).token}"}
    return await AsyncClient().get(where, headers=headers or token)


@async_to_sync
async def _create(**fields: object) -> Any:
    return await AsyncClient().post("/users", data=json.dumps(fields), content_type="application/json")


def _recorded(view: Callable[..., Any], threads: dict[str, int]) -> Callable[..., Any]:
    def record(*args: Any, **kwargs: Any) -> Any:
        threads[view.__name__] = threading.get_ident()
        return view(*args, **kwargs)

    return record


def test_every_handler_runs_on_the_thread_of_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    operations = [
        operation
        for router in api._get_bound_routers()
        for path_view in router.path_operations.values()
        for operation in path_view.operations
    ]
    threads: dict[str, int] = {}
    for operation in operations:
        monkeypatch.setattr(operation, "view_func", _recorded(operation.view_func, threads))

    async def ask_everything() -> int:
        client = AsyncClient()
        for where in PATHS:
            reply = await client.get(where, headers={"authorization": f"Token {DATASET.user(1).token}"})
            assert reply.status_code == 200, where
        body = json.dumps({"name": "Grace", "email": "grace@created.example"})
        await client.post("/users", data=body, content_type="application/json")
        return threading.get_ident()

    loop_thread = async_to_sync(ask_everything)()

    assert len(threads) == len(operations) == 10
    assert set(threads.values()) == {loop_thread}


@pytest.mark.parametrize(
    ("where", "statements"),
    [("/simple", 0), ("/users/1", 1), ("/users", 3), ("/items", 0), ("/protected", 1), ("/dashboard", 4)],
    ids=str,
)
def test_each_endpoint_asks_the_database_as_often_as_the_contract_says(
    django_assert_num_queries: DjangoAssertNumQueries, where: str, statements: int
) -> None:
    with django_assert_num_queries(statements):
        reply = _get(where)

    assert reply.status_code == 200


def test_a_user_is_made_with_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        reply = _create(name=" Grace ", email="grace@created.example", is_staff=True)

    assert reply.status_code == 201
    assert reply.json() == {"id": reply.json()["id"], "name": "Grace", "email": "grace@created.example"}
    assert not User.objects.get(id=reply.json()["id"]).is_staff


def test_a_taken_email_is_422() -> None:
    reply = _create(name="Grace", email=DATASET.user(1).email)

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"email"}


def test_an_unknown_id_is_404_in_json() -> None:
    reply = _get("/users/6")

    assert reply.status_code == 404
    assert reply.json().keys() == {"detail"}


def test_a_wrong_method_is_405_in_json(async_client: AsyncClient) -> None:
    reply = async_to_sync(async_client.delete)("/users")

    assert reply.status_code == 405
    assert reply.headers["Allow"] == "GET, POST"
    assert reply.json().keys() == {"detail"}


def test_an_inactive_user_is_nobody() -> None:
    User.objects.filter(id=1).update(is_active=False)

    assert _get("/protected").status_code == 401


@pytest.mark.parametrize("where", ["/cached-users", "/expensive"])
def test_a_warm_cache_spares_the_database(django_assert_num_queries: DjangoAssertNumQueries, where: str) -> None:
    cold = _get(where).json()

    with django_assert_num_queries(0):
        assert _get(where).json() == cold


def test_the_computation_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = _get("/expensive").json()
    monkeypatch.setattr("perfcompare.work.expensive.compute", lambda: pytest.fail("computed again"))

    assert _get("/expensive").json() == first


def test_the_computation_leaves_the_event_loop_free(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    result = {"below": 3, "primes": 1, "largest": 2, "checksum": 2}

    def compute() -> dict[str, int]:
        threads.append(threading.get_ident())
        return result

    monkeypatch.setattr("perfcompare.work.expensive.compute", compute)

    async def ask() -> int:
        assert (await AsyncClient().get("/expensive")).json() == result
        return threading.get_ident()

    loop_thread = async_to_sync(ask)()

    assert len(threads) == 1
    assert loop_thread not in threads


def test_a_cold_page_takes_two_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        assert _get("/cached-users").json()["count"] == 5


def test_a_page_is_right_again_after_a_write(django_capture_on_commit_callbacks: Any) -> None:
    _get("/cached-users")
    with django_capture_on_commit_callbacks(execute=True):
        _create(name="Grace", email="grace@created.example")

    page = _get("/cached-users").json()

    assert page["count"] == 6
    assert page["results"][-1]["email"] == "grace@created.example"


def test_the_upstream_client_is_kept_only_by_a_loop_that_lives_on(client: Client) -> None:
    assert _get("/upstream").json()["source"] == "shared: True"
    assert client.get("/upstream").json()["source"] == "shared: False"


@pytest.mark.parametrize(
    ("error", "status"),
    [(upstream.UpstreamUnavailableError, 502), (upstream.UpstreamTimeoutError, 504)],
    ids=["away", "slow"],
)
def test_an_upstream_that_does_not_answer_is_told_apart(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], status: int
) -> None:
    async def afetch(delay_ms: int, *, shared: bool) -> None:
        raise error

    monkeypatch.setattr(upstream, "afetch", afetch)

    assert _get("/upstream").status_code == status


def test_the_documentation_needs_no_other_server() -> None:
    page = _get("/docs").content.decode()

    assert "/static/ninja/swagger-ui-bundle.js" in page
    assert "//cdn" not in page
