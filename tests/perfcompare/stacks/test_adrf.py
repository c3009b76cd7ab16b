from __future__ import annotations

import json
import threading
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any, NoReturn

import pytest
from asgiref.sync import async_to_sync
from django.conf import LazySettings
from django.core.cache import cache
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.test import AsyncClient, Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.throttling import AnonRateThrottle
from rest_framework.validators import UniqueValidator

from perfcompare.stacks.adrf import views
from perfcompare.stacks.adrf.urls import urlpatterns
from perfcompare.work import expensive, upstream
from users import seeding
from users.dataset import Dataset
from users.models import User

DATASET = Dataset(count=5, seed=1)
TOKEN = {"Authorization": f"Token {DATASET.user(1).token}"}
GRACE = {"name": "Grace", "email": "grace@created.example"}
VIEWS = [pattern.callback.cls for pattern in urlpatterns]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("perfcompare.stacks.adrf.urls")]


@pytest.fixture(autouse=True)
def _seeded(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    monkeypatch.setattr(upstream, "afetch", _answer)
    seeding.seed(count=DATASET.count, seed=DATASET.seed)


async def _answer(delay_ms: int, *, shared: bool) -> dict[str, object]:
    return {"delay_ms": delay_ms, "shared": shared}


@async_to_sync
async def _get(where: str) -> Any:
    return await AsyncClient().get(where, headers=TOKEN if where == "/protected" else {})


@async_to_sync
async def _create(**fields: object) -> Any:
    return await AsyncClient().post("/users", json.dumps(fields), content_type="application/json")


def _recorded(handler: Callable[..., Any], threads: list[int]) -> Callable[..., Any]:
    """`handler`, still a coroutine function or still none, which says where it runs."""

    async def asynchronous(*args: Any, **kwargs: Any) -> Any:
        threads.append(threading.get_ident())
        return await handler(*args, **kwargs)

    def synchronous(*args: Any, **kwargs: Any) -> Any:
        threads.append(threading.get_ident())
        return handler(*args, **kwargs)

    return asynchronous if iscoroutinefunction(handler) else synchronous


@async_to_sync
async def _loop_thread_while_asking_everything() -> int:
    client = AsyncClient()
    for pattern in urlpatterns:
        where = "/" + str(pattern.pattern).replace("<str:id>", "1")
        assert (await client.get(where, headers=TOKEN)).status_code == 200, where
    created = await client.post("/users", json.dumps(GRACE), content_type="application/json")
    assert created.status_code == 201
    return threading.get_ident()


def test_every_handler_runs_on_the_thread_of_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    handlers = [(view, name) for view in VIEWS for name in ("get", "post") if hasattr(view, name)]
    for view, name in handlers:
        monkeypatch.setattr(view, name, _recorded(getattr(view, name), threads))

    loop_thread = _loop_thread_while_asking_everything()

    assert len(threads) == len(handlers) == 10
    assert set(threads) == {loop_thread}


@pytest.mark.parametrize(("view", "name"), [(views.UserListView, "list"), (views.UserDetailView, "retrieve")])
def test_the_synchronous_twins_of_the_generic_handlers_are_not_used(
    monkeypatch: pytest.MonkeyPatch, view: type, name: str
) -> None:
    def refuse(*_arguments: Any) -> NoReturn:
        raise AssertionError("the synchronous method was called")

    monkeypatch.setattr(view, name, refuse)

    assert _get("/users").status_code == _get("/users/1").status_code == 200


@pytest.mark.parametrize(
    ("where", "statements"),
    [
        ("/simple", 0),
        ("/users/1", 1),
        ("/users", 3),
        ("/items", 0),
        ("/protected", 1),
        ("/dashboard", 4),
        ("/cached-users", 2),
    ],
)
def test_each_endpoint_asks_the_database_as_often_as_the_contract_says(
    django_assert_num_queries: DjangoAssertNumQueries, where: str, statements: int
) -> None:
    with django_assert_num_queries(statements):
        reply = _get(where)

    assert reply.status_code == 200


@pytest.mark.parametrize("where", ["/cached-users", "/expensive"])
def test_a_cached_answer_asks_the_database_nothing(
    django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    first = _get(where).json()
    monkeypatch.setattr(expensive, "compute", lambda: {"computed": "again"})

    with django_assert_num_queries(0):
        assert _get(where).json() == first


def test_a_user_is_made_with_one_look_for_the_address_and_one_insert(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(2):
        reply = _create(**GRACE)

    assert reply.status_code == 201


def test_a_new_user_has_no_privileges_and_no_password_that_fits() -> None:
    reply = _create(**GRACE, id=1, is_staff=True, is_superuser=True, password="secret")

    user = User.objects.get(id=reply.json()["id"])
    assert reply.json() == {"id": user.id, **GRACE}
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (False, False, False)


def test_an_address_taken_between_look_and_insert_is_422(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UniqueValidator, "__call__", lambda *_: None)

    reply = _create(name="Grace", email=DATASET.user(1).email)

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"email"}


def test_each_field_at_fault_is_named() -> None:
    reply = _create(name=5, email="nobody")

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"name", "email"}


@pytest.mark.parametrize("where", ["/users/1", "/users", "/dashboard", "/cached-users", "/protected"])
def test_a_database_that_is_away_is_503(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    def refuse(*_arguments: Any) -> NoReturn:
        raise OperationalError("away")

    monkeypatch.setattr(CursorWrapper, "execute", refuse)

    assert _get(where).status_code == 503


@pytest.mark.parametrize(
    ("error", "status"), [(upstream.UpstreamUnavailableError, 502), (upstream.UpstreamTimeoutError, 504)]
)
def test_an_upstream_that_is_away_or_slow_is_502_or_504(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], status: int
) -> None:
    async def fail(_delay_ms: int, *, shared: bool) -> NoReturn:
        raise error

    monkeypatch.setattr(upstream, "afetch", fail)

    assert _get("/upstream").status_code == status


def test_the_client_of_the_upstream_is_kept_only_where_the_event_loop_lives_on(client: Client) -> None:
    assert _get("/upstream").json()["shared"] is True
    assert client.get("/upstream").json()["shared"] is False


def test_a_cache_that_is_away_changes_no_answer(settings: LazySettings) -> None:
    right = [_get(where).json() for where in ("/expensive", "/cached-users")]
    nobody = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    settings.CACHES = {"default": {**nobody, "OPTIONS": {"IGNORE_EXCEPTIONS": True}}}

    assert [_get(where).json() for where in ("/expensive", "/cached-users")] == right


def test_a_throttled_request_is_429_and_says_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    class OnceAMinute(AnonRateThrottle):
        rate = "1/minute"

        def get_cache_key(self, request: Any, view: Any) -> str:
            return "everybody"

    monkeypatch.setattr(views.SimpleView, "throttle_classes", [OnceAMinute])

    first, second = _get("/simple"), _get("/simple")

    assert (first.status_code, second.status_code) == (200, 429)
    assert 1 <= int(second["Retry-After"]) <= 60


@pytest.mark.urls("perfcompare.stacks.adrf.docs_urls")
def test_the_documentation_describes_every_path_and_comes_from_this_machine(client: Client) -> None:
    schema = client.get("/schema", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    page = client.get("/docs")

    assert len(schema["paths"]) == 9
    assert schema["paths"]["/api/adrf/users"].keys() == {"get", "post"}
    assert page.status_code == 200
    assert "//cdn." not in page.content.decode()
