"""Every lever counts how often it went its own way and how often stock's."""

from __future__ import annotations

import asyncio
import inspect
import io
from collections.abc import Callable
from contextlib import suppress
from types import FunctionType
from typing import Any, Final

import pytest
from django.core.cache.backends.base import BaseCache
from django.core.handlers.wsgi import WSGIHandler
from django.db import router
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.deprecation import MiddlewareMixin
from rest_framework.authtoken.models import Token

from perfcompare import levers
from perfcompare.levers._replacing import Replacement, Tally, installations
from perfcompare.levers.compiled_queries.install import INSTALLATION as QUERIES
from perfcompare.levers.inline_middleware.middleware import InlineXFrameOptionsMiddleware
from perfcompare.levers.lean_asgi import handler as asgi
from perfcompare.levers.lean_wsgi import handler as wsgi
from perfcompare.levers.orjson_rendering.renderer import JSONRenderer
from perfcompare.levers.token_cache.install import INSTALLATION as TOKENS
from tests.perfcompare.levers.installed import installed
from tests.perfcompare.levers.test_replaced import INSTALLATIONS
from users.models import User

SUPPORTING: Final = {"rest_framework.serializers.ListSerializer.child"}
"""What is neither a function nor one of two ways: it finds what another replacement has put away."""


class Nothing:
    """An argument with which nothing can be done: each of its attributes is None."""

    def __getattr__(self, name: str) -> None:
        return None


def _call(function: Callable[..., Any]) -> None:
    """Call it with nothing, and run what comes of it as far as that goes."""
    wanted = [
        one
        for one in inspect.signature(function, follow_wrapped=False).parameters.values()
        if one.default is one.empty and one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
    ]
    made = function(*(Nothing() for _ in wanted))
    if hasattr(made, "__anext__"):
        made = made.__anext__()
    if isinstance(made, FunctionType):  # the view of a path, which is asked for once
        with suppress(Exception):
            _call(made)
    elif hasattr(made, "send"):
        try:
            made.send(None)
        finally:
            made.close()


def _only_adds(new: FunctionType) -> bool:
    """Whether it always calls what it stands on, so that there are no two ways."""
    return "inner" in new.__code__.co_names and "original" not in new.__code__.co_names


def _is_counted(one: Replacement) -> bool:
    before = sum(one.tally.read())
    with suppress(Exception):
        if isinstance(one.new, FunctionType):
            _call(one.new)
        else:
            one.new.__get__(Nothing(), Nothing)
    return sum(one.tally.read()) == before + 1


@pytest.mark.parametrize("name", INSTALLATIONS)
def test_each_call_of_a_replaced_attribute_is_counted(name: str) -> None:
    with installed(INSTALLATIONS[name]):
        uncounted = {
            one.target
            for part in INSTALLATIONS[name].parts.values()
            for one in part.replacements
            if not (isinstance(one.new, FunctionType) and _only_adds(one.new)) and not _is_counted(one)
        }
    assert {one for one in uncounted if "Manager" not in one} <= SUPPORTING


def test_a_lever_that_forgets_to_count_is_found() -> None:
    class Owner:
        def greet(self) -> str:
            return "hello"

    assert not _is_counted(Replacement(Owner, "greet", lambda self: "hello"))


def _difference(tally: Tally, act: Callable[[], object]) -> tuple[int, int]:
    fast, stock = tally.read()
    act()
    after = tally.read()
    return after[0] - fast, after[1] - stock


@pytest.mark.django_db
def test_a_query_of_its_own_and_one_of_djangos_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    from perfcompare.levers.compiled_queries.reads import COUNT

    with installed(QUERIES):
        assert _difference(COUNT.tally, User.objects.count) == (1, 0)
        monkeypatch.setattr(router, "routers", [object()])
        assert _difference(COUNT.tally, lambda: User.objects.using("default").count()) == (0, 1)


@pytest.mark.django_db
def test_results_that_are_there_are_no_query() -> None:
    from perfcompare.levers.compiled_queries.reads import COUNT, FETCH_ALL

    with installed(QUERIES):
        users = User.objects.order_by("id")[:3]
        assert _difference(FETCH_ALL.tally, lambda: list(users)) == (1, 0)
        assert _difference(FETCH_ALL.tally, lambda: (list(users), len(users))) == (0, 0)
        assert _difference(COUNT.tally, users.count) == (0, 0)


@pytest.mark.django_db
def test_status_has_the_counts_of_lever_part_and_attribute() -> None:
    with installed(QUERIES):
        before = levers.status()["compiled_queries"]
        User.objects.count()
        after = levers.status()["compiled_queries"]
    assert (after.fast - before.fast, after.stock - before.stock) == (1, 0)
    (part,), (earlier,) = after.parts, before.parts
    assert part.fast - earlier.fast == 1
    counted = {one.target: one.fast for one in part.replacements}
    for one in earlier.replacements:
        assert counted[one.target] - one.fast == (one.target == "django.db.models.query.QuerySet.count")


def test_a_renderer_counts_what_drf_renders() -> None:
    tally = installations()["orjson_rendering"].tally
    assert _difference(tally, lambda: JSONRenderer().render({"a": 1})) == (1, 0)
    assert _difference(tally, lambda: JSONRenderer().render({"a": 1}, "application/json; indent=2")) == (0, 1)


def test_middleware_counts_what_django_does(monkeypatch: pytest.MonkeyPatch) -> None:
    async def view(_request: Any) -> HttpResponse:
        return HttpResponse()

    def pass_through() -> None:
        passed: Any = InlineXFrameOptionsMiddleware(view)(RequestFactory().get("/"))
        asyncio.run(passed)

    tally, stock = installations()["inline_middleware"].tally, MiddlewareMixin.__acall__
    assert _difference(tally, pass_through) == (1, 0)

    async def traced(self: Any, request: Any) -> Any:
        return await stock(self, request)

    monkeypatch.setattr(MiddlewareMixin, "__acall__", traced)
    assert _difference(tally, pass_through) == (0, 1)


@pytest.mark.django_db
@pytest.mark.urls("tests.perfcompare.levers.views")
def test_a_wsgi_handler_counts_what_djangos_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    handler: Any = wsgi.LeanWSGIHandler()
    tally = installations()["lean_wsgi"].parts["handler"].tally
    environ = {**RequestFactory().get("/synchronous").environ, "wsgi.input": io.BytesIO()}

    def serve() -> None:
        handler(environ, lambda *_args: None).close()

    assert _difference(tally, serve) == (1, 0)
    served = WSGIHandler.__call__

    def traced(self: Any, *args: Any) -> Any:
        return served(self, *args)

    monkeypatch.setattr(WSGIHandler, "__call__", traced)
    assert _difference(tally, serve) == (0, 1)


def test_an_asgi_handler_counts_what_djangos_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    handler: Any = asgi.LeanASGIHandler()
    tally = installations()["lean_asgi"].parts["handler"].tally

    async def stock(*_args: Any) -> None:
        """Stands for Django's handler."""

    def serve() -> None:
        with suppress(Exception):  # a scope without anything
            asyncio.run(handler({"type": "http"}, None, None))

    assert _difference(tally, serve) == (1, 0)
    monkeypatch.setattr(asgi._COURSE, "holds", bool)
    handler._stock = stock
    assert _difference(tally, serve) == (0, 1)


def test_a_cache_counts_what_its_stock_back_end_does(settings: Any) -> None:
    from perfcompare.levers.cached_bytes.backend import cached_bytes

    location = settings.CACHES["default"]["LOCATION"]
    cache: BaseCache = cached_bytes(location, {"STOCK": "django.core.cache.backends.redis.RedisCache"})
    tally = installations()["cached_bytes"].parts["cache"].tally
    assert _difference(tally, lambda: cache.set("counted", 1, timeout=10)) == (1, 0)
    assert _difference(tally, lambda: cache.incr("counted")) == (0, 1)


@pytest.mark.django_db
def test_a_remembered_token_is_fast_and_one_that_is_asked_for_is_not() -> None:
    from django.contrib.auth import get_user_model

    token: Any = Token
    token.objects.create(user=get_user_model().objects.create_user("counted@example.org", "Ada"), key="0" * 40)
    with installed(TOKENS):
        (tally,) = {one.tally for one in TOKENS.parts["querysets"].replacements if "Manager" in one.target}
        ask = lambda: token.objects.select_related("user").get(key="0" * 40)  # noqa: E731
        # The test's transaction is one of the things that are not remembered over.
        assert _difference(tally, ask) == (0, 1)
