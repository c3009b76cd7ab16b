"""A lean handler serves only while Django's own course of a request is the one that it was made for."""

from __future__ import annotations

import asyncio
import gc
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import asgi as core_asgi
from django.core import signals
from django.core import wsgi as core_wsgi
from django.core.handlers import asgi, base, wsgi
from django.core.handlers.base import BaseHandler
from django.db import connections
from django.dispatch import Signal
from django.http import HttpResponse, HttpResponseBase
from django.test import RequestFactory, override_settings
from django.urls import get_urlconf, path
from django.utils.module_loading import import_string

from perfcompare.levers._replacing import Installation
from perfcompare.levers.lean_asgi.handler import LeanASGIHandler
from perfcompare.levers.lean_asgi.install import INSTALLATION as ASGI
from perfcompare.levers.lean_wsgi.bodies import limited
from perfcompare.levers.lean_wsgi.handler import LeanWSGIHandler
from perfcompare.levers.lean_wsgi.install import INSTALLATION as WSGI

Answer = tuple[int, dict[str, str], bytes]
Ask = Callable[..., Answer]


def unread(request: Any) -> HttpResponse:
    return HttpResponse(f"{get_urlconf()} {request.method}")


async def aunread(request: Any) -> HttpResponse:
    return HttpResponse(f"{get_urlconf()} {request.method}")


def named(request: Any) -> HttpResponse:
    return HttpResponse(repr(request))


def echo(request: Any) -> HttpResponse:
    return HttpResponse(str(len(request.body)))


def streamed(request: Any) -> HttpResponse:
    return HttpResponse(str(len(request.read())))


def cors(get_response: Any) -> Any:
    """Stands for a middleware that every answer must pass."""

    def middleware(request: Any) -> Any:
        response = get_response(request)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return middleware


def failing(request: Any) -> HttpResponse:
    raise PermissionError("not here")


urlpatterns = [
    path("failing", failing),
    path("unread", unread),
    path("aunread", aunread),
    path("echo", echo),
    path("named", named),
    path("streamed", streamed),
]


@pytest.fixture(autouse=True, scope="module")
def no_connections() -> None:
    """One that tests of other modules left open would be looked at after a request, which needs the database."""
    for connection in connections.all(initialized_only=True):
        connection.close()


@pytest.fixture(autouse=True)
def _project() -> Iterator[None]:
    kept = list(signals.request_started.receivers)
    signals.request_started.receivers = []
    finished = list(signals.request_finished.receivers)
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[f"{__name__}.cors"], DATA_UPLOAD_MAX_MEMORY_SIZE=100):
        yield
    signals.request_started.receivers = kept
    signals.request_finished.receivers = finished


def _ask_asgi(handler: Any, target: str, body: bytes = b"", kind: str = "application/json") -> Answer:
    sent: list[Any] = []
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        if not messages:
            await asyncio.get_running_loop().create_future()
        return messages.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [
        (b"host", b"testserver"),
        (b"content-length", str(len(body)).encode()),
        (b"content-type", kind.encode()),
    ]
    scope = {"type": "http", "http_version": "1.1", "method": "POST", "path": target, "headers": headers}
    asyncio.run(handler(scope, receive, send))
    assert sent[-1]["more_body"] is False  # some who wrap an application look
    given = {name.decode().title(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], given, b"".join(one.get("body", b"") for one in sent)


def _ask_wsgi(handler: Any, target: str, body: bytes = b"", kind: str = "application/json") -> Answer:
    started: list[Any] = []
    environ = {**RequestFactory().post(target, body, content_type="text/plain").environ, "CONTENT_TYPE": kind}
    environ["wsgi.input"] = io.BytesIO(body)
    environ.pop("wsgi.file_wrapper", None)
    app: Any = limited(handler)
    response = app(environ, lambda *given: started.append(given))
    content = b"".join(response)
    response.close()
    return int(started[0][0].split()[0]), dict(started[0][1]), content


KINDS: dict[str, tuple[type[Any], type[Any], Ask, Installation]] = {
    "asgi": (LeanASGIHandler, asgi.ASGIHandler, _ask_asgi, ASGI),
    "wsgi": (LeanWSGIHandler, wsgi.WSGIHandler, _ask_wsgi, WSGI),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Iterator[Any]:
    found = KINDS[request.param]
    yield found
    found[3].uninstall()
    found[3].install()


@pytest.mark.parametrize("size", [0, 5, 101, 5000])
@pytest.mark.parametrize("target", ["/unread", "/aunread", "/echo", "/streamed", "/unknown"])
def test_a_body_of_any_size_is_answered_as_by_django(kind: Any, target: str, size: int) -> None:
    lean, stock, ask, _ = kind
    expected = ask(stock(), target, b"x" * size)

    assert ask(lean(), target, b"x" * size) == expected
    assert expected[0] == {"/unknown": 404, "/echo": 400 if size > 100 else 200}.get(target, 200)


@override_settings(PERFCOMPARE={name: {"body_limit": 1000} for name in ("lean_asgi", "lean_wsgi")})
def test_a_body_over_the_limit_of_the_option_is_refused_where_middleware_sees_it(kind: Any) -> None:
    lean, _, ask, _ = kind
    status, headers, body = ask(lean(), "/unread", b"x" * 1001)

    assert (status, body) == (413, b'{"detail": "The body is larger than 1000 bytes."}')
    assert headers["Access-Control-Allow-Origin"] == "*"


# Django's own ASGI handler leaves the body open there.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("given", ["multipart/form-data; boundary*=bogus''x", "a" * 20_000, ";", "a; charset=nope"])
def test_a_malformed_content_type_that_nobody_reads_is_refused_as_by_django(kind: Any, given: str) -> None:
    lean, stock, ask, _ = kind

    def outcome(handler: Any) -> Any:
        try:
            return ask(handler, "/unread", b"x", given)
        except Exception as error:
            return repr(error)

    assert outcome(lean()) == outcome(stock())
    gc.collect()


def test_a_receiver_that_names_djangos_handler_is_called_and_requests_call_themselves_as_djangos(kind: Any) -> None:
    lean, stock, ask, _ = kind
    called: list[Any] = []

    def receive(sender: Any, **_named: Any) -> None:
        called.append(sender)

    for signal in (signals.request_started, signals.request_finished):
        signal.connect(receive, sender=stock)
    expected = ask(stock(), "/named")
    handler = lean()
    called.clear()

    assert ask(handler, "/named") == expected
    assert called == [stock, stock]


def _patched_call(function: Any) -> Any:
    """Stands for what an APM puts around a function."""

    def patched(*args: Any, **kwargs: Any) -> Any:
        seen.append(function)
        return function(*args, **kwargs)

    return patched


seen: list[Any] = []
PATCHES: dict[str, tuple[Any, str]] = {
    "the middleware": (BaseHandler, "load_middleware"),
    "the logging": (base, "log_response"),
    "the resolving": (BaseHandler, "resolve_request"),
    "the closing": (HttpResponseBase, "close"),
    "receivers": (Signal, "_live_receivers"),
    "the URLconf": (base, "set_urlconf"),
    "the view": (BaseHandler, "make_view_atomic"),
}
OF_ONE: dict[str, dict[str, tuple[Any, str]]] = {
    "the handler": {"asgi": (asgi.ASGIHandler, "handle"), "wsgi": (wsgi.WSGIHandler, "__call__")},
    "what the handler inherits": {
        "asgi": (asgi.ASGIHandler, "resolve_request"),
        "wsgi": (wsgi.WSGIHandler, "resolve_request"),
    },
    "closing the request": {"asgi": (asgi.ASGIRequest, "close"), "wsgi": (wsgi.WSGIRequest, "close")},
}


def _patched_by(case: str, stock: Any) -> tuple[Any, str]:
    return PATCHES.get(case) or OF_ONE[case]["asgi" if stock is asgi.ASGIHandler else "wsgi"]


@pytest.mark.parametrize("case", [*PATCHES, *OF_ONE])
def test_with_a_patch_that_came_before_djangos_handler_serves(
    kind: Any, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lean, stock, ask, installation = kind
    owner, name = _patched_by(case, stock)
    installation.uninstall()
    said = "has been replaced" if name in vars(owner) else "exists here"
    monkeypatch.setattr(owner, name, _patched_call(getattr(owner, name)))

    made = lean()

    assert type(made) is stock
    assert ask(made, "/unread")[0] == 200
    assert f"{name} {said}" in installation.parts["handler"].reasons[0].sentence


@pytest.mark.parametrize("case", [*(case for case in PATCHES if case != "the middleware"), *OF_ONE])
def test_a_patch_that_comes_later_is_called_and_gone_when_it_goes(
    kind: Any, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lean, stock, ask, installation = kind
    owner, name = _patched_by(case, stock)
    handler = lean()
    assert ask(handler, "/unread")[0] == 200
    assert [*installation.parts["handler"].objections] == []
    seen.clear()

    with monkeypatch.context() as patching:
        patching.setattr(owner, name, _patched_call(getattr(owner, name)))
        assert [ask(handler, target)[0] for target in ("/unread", "/unknown")] == [200, 404]
        assert [*installation.parts["handler"].objections]
    assert seen

    seen.clear()
    assert ask(handler, "/unread")[0] == 200
    assert not seen


def test_another_version_of_django_has_djangos_handler(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lean, stock, _, installation = kind
    installation.uninstall()
    monkeypatch.setattr("perfcompare.core.packages.version", lambda _name: "7.0")

    assert type(lean()) is stock
    assert "Django 7.0 is installed" in installation.reasons[0].sentence


def _one_chunk(_cls: object, data: bytes) -> list[tuple[bytes, bool]]:
    return [(data, True)]


@pytest.mark.parametrize(
    ("owner", "name"), [(asgi, "ThreadSensitiveContext"), (asgi.ASGIHandler, "chunk_bytes")], ids=str
)
def test_a_class_or_a_class_method_that_is_replaced_later_serves(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    handler = LeanASGIHandler()
    tally = ASGI.parts["handler"].tally
    stock: Any = vars(owner)[name]
    new: Any = (
        type("Other", (stock,), {}) if isinstance(stock, type) else classmethod(lambda _cls, _data: [(b"", True)])
    )

    def left() -> int:
        before = tally.read()[1]
        _ask_asgi(handler, "/unread")
        return tally.read()[1] - before

    assert left() == 0
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, new)
        assert left() == 1
    assert left() == 0


def test_who_wraps_the_making_of_an_application_has_wrapped_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """As ddtrace does."""
    for module, name, installation, make in (
        (core_asgi, "get_asgi_application", ASGI, "perfcompare.levers.lean_asgi.application.get_lean_asgi_application"),
        (core_wsgi, "get_wsgi_application", WSGI, "perfcompare.levers.lean_wsgi.application.get_lean_wsgi_application"),
    ):
        made: Any = import_string(make)
        installation.uninstall()
        with monkeypatch.context() as patched:
            patched.setattr(module, name, lambda: "wrapped")
            assert made() == "wrapped"
        installation.uninstall()
        installation.install()
        assert made() != "wrapped"


@pytest.mark.parametrize("own", [True, False])
def test_who_hears_of_exceptions_hears_of_them(kind: Any, own: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """As APMs do: Django asks that method also where no middleware has a word about exceptions."""
    lean, stock, ask, _ = kind
    heard: list[str] = []
    asked: Any = BaseHandler.process_exception_by_middleware

    def hear(self: Any, exception: Exception, request: Any) -> Any:
        heard.append(str(exception))
        return asked(self, exception, request)

    handler = lean()
    with override_settings(DEBUG_PROPAGATE_EXCEPTIONS=False):
        ask(handler, "/failing")
        monkeypatch.setattr(stock if own else BaseHandler, "process_exception_by_middleware", hear)
        assert ask(handler, "/failing")[0] == 500
    assert heard == ["not here"]


def _own(lean: type[Any]) -> type[Any]:
    """A project's handler, which says what it was given, and overrides what both courses call."""

    class Own(lean):  # type: ignore[misc]
        def __init__(self, said: str) -> None:
            self.said = said
            super().__init__()

        def load_middleware(self, **given: Any) -> None:
            super().load_middleware(**given)
            self.loaded = True

        def make_view_atomic(self, view: Any) -> Any:
            def viewed(request: Any) -> Any:
                response = made(request)
                response["X-Own"] = f"{self.said} {self.loaded} {type(request).__name__} {type(self).__name__}"
                return response

            made = super().make_view_atomic(view)
            return viewed

    return Own


def _named_senders(ask: Ask, handler: Any) -> tuple[Answer, list[Any]]:
    called: list[Any] = []

    def receive(sender: Any, **_named: Any) -> None:
        called.append(sender)

    for signal in (signals.request_started, signals.request_finished):
        signal.connect(receive)
    try:
        return ask(handler, "/unread"), called
    finally:
        for signal in (signals.request_started, signals.request_finished):
            signal.disconnect(receive)


@pytest.mark.parametrize("when", ["before", "later"])
def test_a_projects_own_handler_is_itself_on_djangos_course(
    kind: Any, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lean, stock, ask, installation = kind
    own = _own(lean)
    patched = _patched_call(vars(base)["log_response"])
    (_, expected, _), _ = _named_senders(ask, _own(stock)("it"))
    if when == "before":
        installation.uninstall()
        monkeypatch.setattr(base, "log_response", patched)
        handler = own("it")
    else:
        handler = own("it")
        monkeypatch.setattr(base, "log_response", patched)
    before = [one.tally.read() for one in installation.parts.values()]

    (status, headers, _), senders = _named_senders(ask, handler)

    assert isinstance(handler, own)
    assert (status, headers) == (200, expected)
    assert senders == [own, own]
    if when == "later":
        assert [one.tally.read() for one in installation.parts.values()] != before
