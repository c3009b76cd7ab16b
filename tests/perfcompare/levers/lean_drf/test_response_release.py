from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from tests.perfcompare.levers.lean_drf.conftest import lean


class Kept:
    """Something that an answer holds."""


class View(APIView):
    authentication_classes = ()
    permission_classes = ()
    renderer_classes = (JSONRenderer, BrowsableAPIRenderer)

    def get(self, request: Any) -> Response:
        data = [1]
        response = Response(data)
        response.kept = [Kept() for _ in range(100)]  # type: ignore[attr-defined]
        return response


def answer(accept: str = "application/json") -> Any:
    return View.as_view()(APIRequestFactory().get("/", headers={"accept": accept})).render()


def test_a_rendered_response_is_gone_when_nobody_has_it(cyclic_garbage: Callable[[Callable[[], Any]], int]) -> None:
    def act() -> None:
        answer()

    assert cyclic_garbage(act) > 100
    with lean():
        assert cyclic_garbage(act) < 100


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_the_content_is_that_of_drf(accept: str) -> None:
    def content() -> bytes:
        return re.sub(rb'"csrfToken": "\w+"', b"", answer(accept).content)

    expected = content()
    with lean():
        assert content() == expected


def test_the_rest_of_the_renderer_context_stays() -> None:
    with lean():
        response = answer()

    assert response.renderer_context.keys() == {"view", "args", "kwargs", "request"}
    assert type(response.renderer_context["view"]) is View
    assert response.data == [1]
