from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.test import AsyncClient, Client
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ModelSerializer
from rest_framework.views import APIView

from perfcompare.registries import stacks
from tests.docs.pages import text
from users.models import User

ERROR = "Expected a `Response`, `HttpResponse` or `StreamingHttpResponse` to be returned from the view, but received a"


class UserSerializer(ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "name", "email"]


class PublishedView(APIView):
    """Asynchronous DRF as it is published: `async def`, and the ORM by sync_to_async."""

    async def get(self, request: Request) -> Response:
        user = await sync_to_async(User.objects.get)(id=1)
        return Response(UserSerializer(user).data)


urlpatterns = [path("api/published", PublishedView.as_view())]


def under_asgi() -> None:
    asyncio.run(AsyncClient().get("/api/published"))


def under_wsgi() -> None:
    Client().get("/api/published")


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("ask", [under_asgi, under_wsgi])
def test_a_coroutine_of_a_plain_view_is_an_assertion_error_and_is_never_awaited(
    caplog: pytest.LogCaptureFixture, ask: Callable[[], None]
) -> None:
    caplog.set_level(logging.CRITICAL, "django.request")  # a record would keep the coroutine
    with pytest.warns(RuntimeWarning, match=r"coroutine 'PublishedView\.get' was never awaited"):
        assert _error(ask) == f"{ERROR} `<class 'coroutine'>`"


def _error(ask: Callable[[], None]) -> str:
    with pytest.raises(AssertionError) as raised:
        ask()
    said = str(raised.value)
    del raised
    gc.collect()
    return said


@pytest.mark.urls(__name__)
def test_a_token_is_refused_before_the_coroutine_is_made() -> None:
    with pytest.raises(SynchronousOnlyOperation):
        asyncio.run(AsyncClient().get("/api/published", headers={"authorization": "Token x"}))


def test_the_documentation_names_the_errors() -> None:
    said = " ".join(text("docs/async-drf.md").split())

    assert f"AssertionError: {ERROR} `<class 'coroutine'>`" in said
    assert "never awaited" in said
    assert SynchronousOnlyOperation.__name__ in said


def test_it_offers_what_shows_the_hops() -> None:
    assert stacks["drf_naive"].scenarios == {"simple", "user_detail", "upstream"}
