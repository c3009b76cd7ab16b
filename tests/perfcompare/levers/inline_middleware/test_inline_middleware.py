from __future__ import annotations

import asyncio
import pickle
import re
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import SyncToAsync, async_to_sync, sync_to_async
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends import cached_db
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.checks import run_checks
from django.db import connections
from django.http import HttpResponse
from django.test import AsyncClient, Client, override_settings
from django.urls import path, register_converter
from django.utils.asyncio import async_unsafe
from django.utils.deprecation import MiddlewareMixin
from django.utils.module_loading import import_string

from perfcompare.core.middleware import DJANGO_MIDDLEWARE
from perfcompare.levers import inline_middleware
from perfcompare.levers.lean_asgi.handler import LeanASGIHandler
from tests.perfcompare.stacks.asgi import ask

OURS: dict[str, Any] = {"MIDDLEWARE": list(DJANGO_MIDDLEWARE)}
inline_middleware.LEVER.settings(OURS)
STOCK = {"MIDDLEWARE": list(DJANGO_MIDDLEWARE)}
SETTINGS: list[dict[str, Any]] = [
    {},
    {"CSRF_USE_SESSIONS": True},
    {"SESSION_SAVE_EVERY_REQUEST": True},
    {"MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage"},
    {"SECURE_SSL_REDIRECT": True},
    {"PREPEND_WWW": True},
]
CONVERSATION = [
    ("get", "/plain", {}),
    ("get", "/plain", {"host": "foreign.example"}),
    ("get", "/slash", {}),
    ("get", "/nowhere", {}),
    ("get", "/session/read", {}),
    ("get", "/session/write", {}),
    ("get", "/session/read", {}),
    ("get", "/user", {}),
    ("get", "/messages/add", {}),
    ("get", "/messages", {}),
    ("get", "/messages", {}),
    ("get", "/token", {}),
    ("post", "/form", {}),
    ("post", "/form", {"origin": "https://elsewhere.example"}),
    ("post", "/exempt", {}),
    ("get", "/framed", {}),
    ("get", "/own-headers", {}),
    ("get", "/session/flush", {}),
    ("get", "/plain", {}),
]


@pytest.fixture(autouse=True)
def project() -> Iterator[None]:
    with override_settings(ROOT_URLCONF="tests.perfcompare.levers.middleware_views", ALLOWED_HOSTS=["testserver"]):
        yield


@pytest.mark.django_db(databases="__all__")  # since Django 6.1 checks of models ask what a database can do
@pytest.mark.parametrize("without", [None, *DJANGO_MIDDLEWARE])
def test_check_deploy_says_what_it_says_of_djangos(without: str | None) -> None:
    given = [name for name in DJANGO_MIDDLEWARE if name != without]
    exchanged: dict[str, Any] = {"MIDDLEWARE": given}
    inline_middleware.LEVER.settings(exchanged)
    assert {*map(import_string, given)}.isdisjoint(map(import_string, exchanged["MIDDLEWARE"]))

    said = []
    for middleware in (given, exchanged["MIDDLEWARE"]):
        with override_settings(MIDDLEWARE=middleware, DEBUG=False):
            said.append([one.id for one in run_checks(include_deployment_checks=True)])
    assert said[0] == said[1]
    assert any(one is not None and one.startswith("security.") for one in said[0])


def test_the_place_of_djangos_is_that_of_ours() -> None:
    assert [OURS["MIDDLEWARE"].index(name) for name in DJANGO_MIDDLEWARE] == [*range(7)]
    with pytest.raises(ValueError, match="is not in list"):
        OURS["MIDDLEWARE"].index("somebody.elses")


def _told(response: Any) -> tuple[Any, ...]:
    """What a client sees, without what is random or a time."""
    cookies = {name: re.sub(r"=[^;]*", "", cookie.OutputString(), count=1) for name, cookie in response.cookies.items()}
    timeless = {name: re.sub(r"expires=[^;]*", "", text) for name, text in cookies.items()}
    body = b"" if response.wsgi_request_path == "/token" else response.content
    return response.status_code, dict(response.headers), timeless, body


async def _conversation(**settings: Any) -> list[Any]:
    told = []
    with override_settings(**settings):
        client = AsyncClient(enforce_csrf_checks=True)
        for method, path, headers in CONVERSATION:
            response: Any = await getattr(client, method)(path, headers=headers)
            response.wsgi_request_path = path
            told.append((path, *_told(response)))
        await sync_to_async(connections.close_all)()
    return told


@pytest.mark.anyio
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
async def test_answers_are_those_of_djangos_middleware(settings: dict[str, Any]) -> None:
    assert await _conversation(**OURS, **settings) == await _conversation(**STOCK, **settings)


@pytest.mark.django_db
def test_under_wsgi_answers_are_those_of_djangos_middleware() -> None:
    told = []
    for middleware in (OURS, STOCK):
        with override_settings(**middleware):
            response: Any = Client().get("/session/write")
            response.wsgi_request_path = ""
            told.append(_told(response))
    assert told[0] == told[1]


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/plain", "/framed"])
async def test_no_hop_is_taken_where_nothing_blocks(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    hops: list[str] = []
    call = SyncToAsync.__call__

    async def counted(itself: Any, *args: Any, **kwargs: Any) -> Any:
        hops.append(getattr(itself.func, "__qualname__", ""))
        return await call(itself, *args, **kwargs)

    with override_settings(**OURS):
        app = LeanASGIHandler()
    monkeypatch.setattr(SyncToAsync, "__call__", counted)
    await ask(app, "GET", path, host="testserver")
    # An exception is turned into a response in a thread; that is no middleware's hop.
    assert [hop for hop in hops if hop not in {"response_for_exception", "log_response"}] == []


def test_other_middleware_keep_their_places() -> None:
    settings: dict[str, Any] = {"MIDDLEWARE": ["first.First", DJANGO_MIDDLEWARE[0], "last.Last"]}
    given = settings["MIDDLEWARE"]
    inline_middleware.LEVER.settings(settings)
    assert settings["MIDDLEWARE"] == given == ["first.First", DJANGO_MIDDLEWARE[0], "last.Last"]
    assert import_string(settings["MIDDLEWARE"][1]) is not import_string(given[1])


CHANGES: dict[str, Any] = {
    "a copy": list,
    "a longer list": lambda names: [*names, "own.Own"],
    "one less": lambda names: [name for name in names if name != DJANGO_MIDDLEWARE[0]],
    "a pickle": lambda names: pickle.loads(pickle.dumps(names)),  # noqa: S301 - our own
}


@pytest.mark.parametrize("change", CHANGES)
def test_who_changes_the_list_has_changed_it_and_the_rest_is_still_ours(change: str) -> None:
    stock, ours = (CHANGES[change](one["MIDDLEWARE"]) for one in (STOCK, OURS))

    assert ours == stock
    assert repr(ours) == repr(stock)
    assert DJANGO_MIDDLEWARE[1] in ours
    assert import_string(ours[ours.index(DJANGO_MIDDLEWARE[1])]) is not import_string(DJANGO_MIDDLEWARE[1])


class WaitingConverter:
    """Stands for a converter that asks the database, which Django forbids on an event loop."""

    regex = "[a-z]+"

    @async_unsafe("on the event loop")
    def to_python(self, value: str) -> str:
        if value != "known":
            raise ValueError(value)
        return value


_converter: Any = WaitingConverter
register_converter(_converter, "waiting")
urlpatterns = [path("<waiting:name>/", lambda request, name: HttpResponse(name))]


@pytest.mark.parametrize("settings", [{}, {"PREPEND_WWW": True}], ids=str)
@pytest.mark.parametrize("target", ["/known", "/other"])
def test_a_path_is_looked_for_with_a_slash_where_converters_may_wait(settings: dict[str, Any], target: str) -> None:
    told = []
    for middleware in (OURS, STOCK):
        with override_settings(ROOT_URLCONF=__name__, **middleware, **settings):
            response = async_to_sync(AsyncClient().get)(target)
            told.append((response.status_code, dict(response.headers)))
    assert told[0] == told[1]


def test_another_way_of_middleware_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    original = MiddlewareMixin.__acall__

    async def patched(self: Any, request: Any) -> Any:
        seen.append(type(self).__name__)
        return await original(self, request)

    monkeypatch.setattr(MiddlewareMixin, "__acall__", patched)
    with override_settings(**OURS):
        assert async_to_sync(AsyncClient().get)("/plain").status_code == 200
    assert len(seen) == len(DJANGO_MIDDLEWARE)


@pytest.mark.parametrize("middleware", DJANGO_MIDDLEWARE)
@pytest.mark.parametrize("name", ["__acall__", "process_request", "process_response"])
def test_what_a_middleware_gets_later_runs_where_django_runs_it(
    middleware: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cls: Any = import_string(middleware)
    stock = getattr(cls, name, lambda _self, *given: given[1] if given[1:] else None)
    seen: list[bool] = []

    def patched(self: Any, *given: Any) -> Any:
        seen.append(_is_on_a_loop())
        return stock(self, *given)

    answers = []
    for settings in (STOCK, OURS):
        with override_settings(**settings), monkeypatch.context() as patching:
            client = AsyncClient()
            async_to_sync(client.get)("/plain")
            patching.setattr(cls, name, patched, raising=False)
            answers.append((async_to_sync(client.get)("/plain").status_code, [*seen]))
            seen.clear()
    assert answers[0] == answers[1] == (200, [name == "__acall__"])


def test_a_middleware_is_called_as_djangos_is() -> None:
    assert [f"{one.__module__}.{one.__name__}" for one in map(import_string, OURS["MIDDLEWARE"])] == STOCK["MIDDLEWARE"]


_threads: list[bool] = []


class Store(SessionStore):
    """A session of a project's own, which may ask the database when it is made."""

    def __init__(self, session_key: str | None = None) -> None:
        _threads.append(_is_on_a_loop())
        super().__init__(session_key)


class Storage(FallbackStorage):
    """The same for messages."""

    def __init__(self, request: Any) -> None:
        _threads.append(_is_on_a_loop())
        super().__init__(request)


def _is_on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@pytest.mark.parametrize("what", ["session", "messages", "patched"])
def test_code_of_a_project_runs_in_a_thread_as_with_django(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _threads.clear()
    given: dict[str, Any] = {"MESSAGE_STORAGE": f"{__name__}.Storage"} if what == "messages" else {}
    if what == "session":
        monkeypatch.setattr(cached_db, "SessionStore", Store)
        given["SESSION_ENGINE"] = "django.contrib.sessions.backends.cached_db"
    if what == "patched":
        process_request: Any = AuthenticationMiddleware.process_request

        def patched(self: Any, request: Any) -> Any:
            _threads.append(_is_on_a_loop())
            return process_request(self, request)

        monkeypatch.setattr(AuthenticationMiddleware, "process_request", patched)
    with override_settings(**OURS, **given, ALLOWED_HOSTS=["*"]):
        asyncio.run(ask(LeanASGIHandler(), "GET", "/plain"))

    assert _threads
    assert not any(_threads)
