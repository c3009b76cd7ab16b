from __future__ import annotations

import json
import threading
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any, NoReturn

import pytest
from asgiref.sync import async_to_sync
from django.conf import LazySettings
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.test import AsyncClient, Client
from rest_framework.throttling import AnonRateThrottle
from rest_framework.validators import UniqueValidator

from perfcompare.stacks.adrf import views
from perfcompare.stacks.adrf.urls import urlpatterns
from tests.perfcompare.stacks.asynchronous import DATASET, create, get
from users.models import User

TOKEN = {"Authorization": f"Token {DATASET.user(1).token}"}
GRACE = {"name": "Grace", "email": "grace@created.example"}
VIEWS = [pattern.callback.cls for pattern in urlpatterns]  # type: ignore[attr-defined] # set by as_view
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("perfcompare.stacks.adrf.urls"),
    pytest.mark.usefixtures("seeded"),
]


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

    assert get("/users").status_code == get("/users/1").status_code == 200


def test_a_new_user_has_no_privileges_and_no_password_that_fits() -> None:
    reply = create(**GRACE, id=1, is_staff=True, is_superuser=True, password="secret")

    user = User.objects.get(id=reply.json()["id"])
    assert reply.json() == {"id": user.id, **GRACE}
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (False, False, False)


def test_an_address_taken_between_look_and_insert_is_422(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UniqueValidator, "__call__", lambda *_: None)

    reply = create(name="Grace", email=DATASET.user(1).email)

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"email"}


def test_each_field_at_fault_is_named() -> None:
    reply = create(name=5, email="nobody")

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"name", "email"}


@pytest.mark.parametrize("where", ["/users/1", "/users", "/dashboard", "/cached-users", "/protected"])
def test_a_database_that_is_away_is_503(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    def refuse(*_arguments: Any) -> NoReturn:
        raise OperationalError("away")

    monkeypatch.setattr(CursorWrapper, "execute", refuse)

    assert get(where).status_code == 503


def test_a_cache_that_is_away_changes_no_answer(settings: LazySettings) -> None:
    right = [get(where).json() for where in ("/expensive", "/cached-users")]
    nobody = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    settings.CACHES = {"default": {**nobody, "OPTIONS": {"IGNORE_EXCEPTIONS": True}}}

    assert [get(where).json() for where in ("/expensive", "/cached-users")] == right


def test_a_throttled_request_is_429_and_says_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    class OnceAMinute(AnonRateThrottle):
        rate = "1/minute"

        def get_cache_key(self, request: Any, view: Any) -> str:
            return "everybody"

    monkeypatch.setattr(views.SimpleView, "throttle_classes", [OnceAMinute])

    first, second = get("/simple"), get("/simple")

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
