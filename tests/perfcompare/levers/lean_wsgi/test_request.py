from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.exceptions import BadRequest, TooManyFieldsSent
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.wsgi import WSGIRequest
from django.test import override_settings

from perfcompare.levers.lean_asgi.request import LeanASGIRequest
from perfcompare.levers.lean_wsgi.request import LeanWSGIRequest


def _environ(query: str | None) -> dict[str, Any]:
    given = {} if query is None else {"QUERY_STRING": query}
    return {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "wsgi.input": io.BytesIO(), **given}


@pytest.mark.parametrize(
    "query",
    [
        None, "", "a", "a=", "=", "=b", "&", "a&&b", "a=1&a=2&b=3", "a=b=c", "a;b=1", "a=1;b=2", "a%20b=%C3%A9",
        "a+b=c", "a=\xc3\xa9", "%", "a=\x01", "a b=c d", "?a=1",
        "&".join(f"k{number}={number}" for number in range(60)),
    ],
)  # fmt: skip
def test_query_parameters_are_djangos(query: str | None) -> None:
    own, django = LeanWSGIRequest(_environ(query)).GET, WSGIRequest(_environ(query)).GET

    assert list(own.lists()) == list(django.lists())
    assert own.encoding == django.encoding
    assert own.urlencode() == django.urlencode()
    assert type(own) is type(django)


def test_query_parameters_cannot_be_changed() -> None:
    parameters: Any = LeanWSGIRequest(_environ("a=1")).GET

    with pytest.raises(AttributeError, match="immutable"):
        parameters["a"] = "2"


def test_query_parameters_have_the_encoding_of_the_request() -> None:
    request = LeanWSGIRequest(_environ("a=%E9"))
    request.encoding = "latin-1"

    assert request.GET["a"] == "é"
    assert request.GET.encoding == "latin-1"


def test_too_many_query_parameters_are_refused() -> None:
    with pytest.raises(TooManyFieldsSent):
        LeanWSGIRequest(_environ("&".join(["a=1"] * 2000))).GET  # noqa: B018 - it is computed here


def test_a_charset_counts_unless_the_option_says_otherwise() -> None:
    environ = {**_environ("a=1"), "CONTENT_TYPE": "text/plain; charset=utf-16"}

    ours, djangos = LeanWSGIRequest({**environ}), WSGIRequest({**environ})
    assert ours.encoding == djangos.encoding == "utf-16"
    assert ours.GET == djangos.GET
    with override_settings(PERFCOMPARE={"lean_wsgi": {"type_parameters": False}}):
        request = LeanWSGIRequest({**environ})
        assert request.encoding is None
        assert (request.content_type, request.META["CONTENT_TYPE"]) == ("text/plain", "text/plain")
        assert request.GET["a"] == "1"


def _error_of(request: type[WSGIRequest], environ: dict[str, Any]) -> str | None:
    """Which one depends on the version of Django; the first ones with this series raise none."""
    try:
        request({**environ}).GET  # noqa: B018 - it is computed here
    except (ValueError, LookupError, BadRequest) as error:
        return repr(error)
    return None


@pytest.mark.parametrize("parameter", ["charset*=x''y", "charset=hex"])
def test_a_parameter_at_which_django_fails_is_not_read_where_the_option_says_so(parameter: str) -> None:
    environ = {**_environ("a=1"), "CONTENT_TYPE": f"application/json; {parameter}"}

    assert _error_of(LeanWSGIRequest, environ) == _error_of(WSGIRequest, environ)
    with override_settings(PERFCOMPARE={"lean_wsgi": {"type_parameters": False}}):
        assert LeanWSGIRequest({**environ}).content_type == "application/json"


def test_a_request_that_gets_another_class_has_what_djangos_has() -> None:
    class Other(WSGIRequest):
        """As pghistory's."""

    class AsynchronousOther(ASGIRequest):
        """As pghistory's."""

    environ = {**_environ("a=1"), "CONTENT_LENGTH": "4", "wsgi.input": io.BytesIO(b"body"), "REQUEST_METHOD": "POST"}
    request: Any = LeanWSGIRequest(environ)
    assert isinstance(request, WSGIRequest)
    assert request.__class__ is LeanWSGIRequest
    request.__class__ = Other
    given: Any = request
    assert (type(given), given.__class__, given.body, given.GET["a"]) == (Other, Other, b"body", "1")

    scope: Any = {"type": "http", "method": "POST", "path": "/", "query_string": b"a=1", "headers": [(b"x-a", b"b")]}
    asynchronous: Any = LeanASGIRequest(scope, io.BytesIO(b"body"))
    asynchronous.__class__ = AsynchronousOther
    given = asynchronous
    assert (type(given), given.body, given.GET["a"]) == (AsynchronousOther, b"body", "1")
    assert (given.headers["X-A"], given.META["REQUEST_METHOD"]) == ("b", "POST")
