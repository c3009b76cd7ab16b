from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import RequestFactory
from rest_framework import (
    exceptions,
    negotiation,
    permissions,
    renderers,
    serializers,
    throttling,
    versioning,
    viewsets,
)
from rest_framework.decorators import api_view
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tests.perfcompare.levers.lean_drf.conftest import lean

FACTORY = RequestFactory()


class Plain(APIView):
    renderer_classes: Any = [renderers.JSONRenderer]
    authentication_classes: Any = []
    permission_classes: Any = []

    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response(
            {
                "method": request.method,
                "type": request.accepted_media_type,
                "version": request.version,
                "user": str(request.user),
                "agent": request.headers.get("User-Agent"),
                "headers": sorted(request.headers),
                "format": self.format_kwarg,
                **kwargs,
            },
            headers={"X-One": "1"},
        )

    def post(self, request: Request) -> Response:
        return Response(request.data, status=201)


class Several(Plain):
    renderer_classes = [renderers.JSONRenderer, renderers.StaticHTMLRenderer]

    def get(self, request: Request, **_kwargs: Any) -> Response:
        return Response("text")


class Mine(renderers.JSONRenderer):
    media_type = "application/mine"
    format = "mine"


class Rendered(Plain):
    renderer_classes = [Mine, renderers.JSONRenderer]


class Throttle(throttling.BaseThrottle):
    def allow_request(self, request: Request, view: APIView) -> bool:
        return False

    def wait(self) -> float:
        return 3


class Throttled(Plain):
    throttle_classes = [Throttle]


class Forbidden(Plain):
    permission_classes = [permissions.IsAdminUser]


class Versioned(Plain):
    versioning_class = versioning.AcceptHeaderVersioning


class Initial(Plain):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.META.get("QUERY_STRING") == "stop":
            raise exceptions.ParseError("stopped")


class Negotiation(DefaultContentNegotiation):
    def get_accept_list(self, request: Request) -> list[str]:
        return ["application/mine"]


class Negotiated(Rendered):
    content_negotiation_class = Negotiation


class Returns(Plain):
    def get(self, request: Request, **_kwargs: Any) -> Any:
        return {"n": None, "s": serializers.Serializer(), "h": HttpResponse("plain")}[request.query_params["what"]]


class Statuses(Plain):
    def get(self, request: Request, **_kwargs: Any) -> Response:
        status: Any = json.loads(request.query_params["status"])
        return Response({"a": 1}, status=status, content_type="application/x", template_name="t", exception=True)


class WithSerializer(Plain):
    def get(self, request: Request, **_kwargs: Any) -> Response:
        return Response(serializers.Serializer())


class Cookies(Plain):
    def get(self, request: Request, **_kwargs: Any) -> Response:
        response = Response()
        response.set_cookie("a", "1")
        return response


class Set(viewsets.ViewSet):
    renderer_classes: Any = [renderers.JSONRenderer]
    authentication_classes: Any = []

    def list(self, request: Request) -> Response:
        return Response([])

    def create(self, request: Request) -> Response:
        return Response({}, status=201)


@api_view(["GET", "DELETE"])
def function(request: Request) -> Response:
    return Response(request.method)


def _get(accept: str | None = None, path: str = "/", method: str = "get", **more: Any) -> Callable[[], Any]:
    headers = {"user-agent": "pytest", **({} if accept is None else {"accept": accept})}
    return lambda: getattr(FACTORY, method)(path, headers=headers, **more)


JSON = "application/json"
CASES: dict[str, tuple[Any, Callable[[], Any], dict[str, Any]]] = {
    "anything accepted": (Plain.as_view(), _get(), {}),
    "*/*": (Plain.as_view(), _get("*/*"), {}),
    "JSON": (Plain.as_view(), _get(JSON), {}),
    "JSON, indented": (Plain.as_view(), _get("application/json; indent=4"), {}),
    "an empty Accept": (Plain.as_view(), _get(""), {}),
    "406": (Plain.as_view(), _get("text/html"), {}),
    "406 of a 404": (Plain.as_view(), _get("text/html", method="put"), {}),
    "several ranges": (Plain.as_view(), _get("text/html, application/*;q=0.1, */*"), {}),
    "a very long Accept": (Plain.as_view(), _get("a/b," * 3000 + JSON), {}),
    "HEAD": (Plain.as_view(), _get(method="head"), {}),
    "OPTIONS": (Plain.as_view(), _get(method="options"), {}),
    "405": (Plain.as_view(), _get(method="delete"), {}),
    "a format suffix": (Several.as_view(), _get(), {"format": "html"}),
    "an unknown format suffix": (Several.as_view(), _get(), {"format": "none"}),
    "a format in the query": (Several.as_view(), _get(path="/?format=html"), {}),
    "an unknown format in the query": (Several.as_view(), _get(path="/?format=none"), {}),
    "two renderers, HTML": (Several.as_view(), _get("text/html"), {}),
    "two renderers, JSON": (Several.as_view(), _get(JSON), {}),
    "a renderer of one's own": (Rendered.as_view(), _get(), {}),
    "the other renderer": (Rendered.as_view(), _get(JSON), {}),
    "a body": (Plain.as_view(), _get(method="post", data='{"a": 1}', content_type=JSON), {}),
    "no JSON": (Plain.as_view(), _get(method="post", data="{", content_type=JSON), {}),
    "415": (Plain.as_view(), _get(method="post", data="{", content_type="text/x"), {}),
    "throttled": (Throttled.as_view(), _get(), {}),
    "forbidden": (Forbidden.as_view(), _get(), {}),
    "a version": (Versioned.as_view(), _get("application/json; version=2"), {}),
    "initial passes": (Initial.as_view(), _get(), {}),
    "initial stops": (Initial.as_view(), _get(path="/?stop"), {}),
    "a negotiation of one's own": (Negotiated.as_view(), _get(JSON), {}),
    "initkwargs": (Plain.as_view(renderer_classes=[Mine]), _get(), {}),
    "no response": (Returns.as_view(), _get(path="/?what=n"), {}),
    "a plain response": (Returns.as_view(), _get(path="/?what=h"), {}),
    "an error inside": (Returns.as_view(), _get(path="/?what=x"), {}),
    "a serializer as data": (WithSerializer.as_view(), _get(), {}),
    "a cookie and no content": (Cookies.as_view(), _get(), {}),
    "a viewset": (Set.as_view({"get": "list"}), _get(), {}),
    "the same viewset, with more": (Set.as_view({"get": "list", "post": "create"}), _get(), {}),
    "a function": (function, _get(), {}),
    "a status": (Statuses.as_view(), _get(path="/?status=418"), {}),
    "a status as text": (Statuses.as_view(), _get(path='/?status="201"'), {}),
    "a status that is none": (Statuses.as_view(), _get(path="/?status=1000"), {}),
}


def _answer(view: Any, request: Any, kwargs: dict[str, Any]) -> Any:
    """Everything that a client, a middleware or a test can see of an answer."""
    try:
        response = view(request, **kwargs)
        if hasattr(response, "render"):
            response.render()
    except Exception as error:
        return type(error), str(error)
    hidden = {"_request", "renderer_context", "accepted_renderer", "data", "_container"}
    state = {name: repr(value) for name, value in vars(response).items() if name not in hidden}
    return response.status_code, dict(response.items()), response.content, sorted(state.items()), request.method


@pytest.mark.parametrize("case", CASES)
def test_a_view_answers_as_with_drf(case: str) -> None:
    view, make, kwargs = CASES[case]
    stock = _answer(view, make(), kwargs)
    with lean():
        # The second time, what there is to remember is remembered.
        assert [_answer(view, make(), kwargs) for _ in range(2)] == [stock, stock]


def test_an_answer_does_not_change_the_next(lever: None) -> None:
    first, second = Response({"a": 1}), Response({"a": 1})
    first["X-One"] = "1"
    first.set_cookie("a", "1")
    first._resource_closers.append(print)  # type: ignore[attr-defined]
    assert "X-One" not in second
    assert not second.cookies
    assert "X-One" not in Response()
    assert not Response()._resource_closers  # type: ignore[attr-defined]


def test_a_method_that_is_set_counts(lever: None) -> None:
    request = Request(FACTORY.get("/"))
    assert request.method == "GET"
    request.method = "PUT"
    assert request.method == "PUT"
    assert request._request.method == "GET"


def test_headers_are_those_of_the_request(lever: None) -> None:
    request = Request(FACTORY.get("/", headers={"x-one": "1", "content-type": "text/x"}))
    assert request.headers.get("x-one") == request.headers.get("X_One") == "1"
    assert request.headers.get("Content-Type") == request.headers["content-type"]
    assert request.headers.get("x-two", "no") == "no"
    assert dict(request.headers) == dict(FACTORY.get("/", headers={"x-one": "1", "content-type": "text/x"}).headers)
    assert request._request.headers is request.headers


def test_an_attribute_that_nobody_has_is_missed_by_name(lever: None) -> None:
    request = Request(FACTORY.get("/"))
    del request._request.path
    with pytest.raises(AttributeError, match="'Request' object has no attribute 'path'"):
        _ = request.path


def test_a_changed_setting_counts(lever: None, settings: LazySettings) -> None:
    assert Response().charset == "utf-8"
    settings.DEFAULT_CHARSET = "latin-1"
    assert "latin-1" in Response()["Content-Type"]


def test_nothing_is_remembered_of_refused_headers(lever: None) -> None:
    from perfcompare.levers.lean_drf.negotiation import _remembered

    view = Plain.as_view()
    for number in range(5):
        view(_get(f"text/{number}")())
    assert not _remembered
    view(_get(JSON)())
    assert len(_remembered) == 1


def test_what_negotiation_calls_by_a_name_of_its_module_may_be_patched(
    lever: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, called = Plain.as_view(), []
    original = negotiation._MediaType  # type: ignore[attr-defined]

    def patched(*args: Any) -> Any:
        called.append(args)
        return original(*args)

    view(_get(JSON)())
    with monkeypatch.context() as patching:
        patching.setattr(negotiation, "_MediaType", patched)
        for _ in range(2):
            called.clear()
            view(_get(JSON)())
            assert called

    called.clear()
    view(_get(JSON)())
    assert not called


def test_each_header_gets_its_own_renderer() -> None:
    requests = [_get("text/html"), _get(JSON), _get("application/json; indent=4"), _get(), _get("text/html")]
    view = Several.as_view()
    stock = [_answer(view, make(), {}) for make in requests]
    with lean():
        assert [_answer(view, make(), {}) for make in requests] == stock
        other = Rendered.as_view()
        assert _answer(other, _get(JSON)(), {})[1]["Content-Type"] == JSON
        assert _answer(view, _get(JSON)(), {}) == stock[1]


def test_a_method_that_a_view_gets_later_is_allowed(lever: None, monkeypatch: pytest.MonkeyPatch) -> None:
    view = Plain.as_view()
    assert view(FACTORY.delete("/")).headers["Allow"] == "GET, POST, HEAD, OPTIONS"
    monkeypatch.setattr(Plain, "delete", Plain.get, raising=False)
    assert view(FACTORY.delete("/")).headers["Allow"] == "GET, POST, DELETE, HEAD, OPTIONS"
    monkeypatch.delattr(Plain, "delete")
    assert view(FACTORY.delete("/")).headers["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_a_list_of_methods_that_is_changed_in_place_counts(lever: None, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [*Plain.http_method_names]
    monkeypatch.setattr(Plain, "http_method_names", names)
    view = Plain.as_view()
    assert view(FACTORY.delete("/")).headers["Allow"] == "GET, POST, HEAD, OPTIONS"
    names.remove("post")
    assert view(FACTORY.delete("/")).headers["Allow"] == "GET, HEAD, OPTIONS"
