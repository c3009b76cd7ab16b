from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from pytest_django import DjangoAssertNumQueries

from perfcompare.stacks.ninja_async.api import api
from tests.perfcompare.stacks.asynchronous import DATASET, get
from users.models import User

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
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("seeded"),
    pytest.mark.urls("perfcompare.stacks.ninja_async.urls"),
]


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
        for where in [*PATHS, "/stream?parts=1"]:
            reply = await client.get(where, headers={"authorization": f"Token {DATASET.user(1).token}"})
            assert reply.status_code == 200, where
        body = json.dumps({"name": "Grace", "email": "grace@created.example"})
        await client.post("/users", data=body, content_type="application/json")
        return threading.get_ident()

    loop_thread = async_to_sync(ask_everything)()

    assert len(threads) == len(operations) == 11
    assert set(threads.values()) == {loop_thread}


def test_an_unknown_id_is_404_in_json() -> None:
    reply = get("/users/6")

    assert reply.status_code == 404
    assert reply.json().keys() == {"detail"}


def test_a_wrong_method_is_405_in_json(async_client: AsyncClient) -> None:
    reply = async_to_sync(async_client.delete)("/users")

    assert reply.status_code == 405
    assert reply.headers["Allow"] == "GET, POST"
    assert reply.json().keys() == {"detail"}


def test_an_inactive_user_is_nobody() -> None:
    User.objects.filter(id=1).update(is_active=False)

    assert get("/protected").status_code == 401


def test_the_computation_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = get("/expensive").json()
    monkeypatch.setattr("perfcompare.work.expensive.compute", lambda: pytest.fail("computed again"))

    assert get("/expensive").json() == first


def test_a_cold_page_takes_two_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        assert get("/cached-users").json()["count"] == 5


def test_the_documentation_needs_no_other_server() -> None:
    page = get("/docs").content.decode()

    assert "/static/ninja/swagger-ui-bundle.js" in page
    assert "//cdn" not in page
