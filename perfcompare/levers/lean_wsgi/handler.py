"""The handler itself: Django's WSGIHandler with another course of a request; everything else is inherited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final

from asgiref.sync import iscoroutinefunction
from django import VERSION
from django.core import wsgi as core_wsgi
from django.core.handlers import wsgi
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.http import HttpRequest, HttpResponseBase
from django.http.response import ResponseHeaders
from django.utils.log import log_response

from perfcompare.levers._handling import lifecycle
from perfcompare.levers._handling.connections import tidy
from perfcompare.levers._handling.course import course_of
from perfcompare.levers._handling.logs import would_log
from perfcompare.levers._handling.resolver import Callables, ResolvesRequests
from perfcompare.levers._handling.stock_handlers import new_without_lever, turned_stock
from perfcompare.levers.lean_wsgi.event_loop import on_background_loop
from perfcompare.levers.lean_wsgi.install import INSTALLATION
from perfcompare.levers.lean_wsgi.request import LeanWSGIRequest, script_name

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_ERROR: Final = 400

Response = Any
"""A response with its private parts, which the stubs leave out."""


_BEFORE_COOKIE: Final = "" if VERSION >= (6,) else " "
"""What Django writes between a header's name and the cookie."""

_COURSE: Final = course_of(
    {
        core_wsgi: {"get_wsgi_application": "0ca0a0a41b05"},
        wsgi.WSGIHandler: {
            "__init__": "19f0a7a69464",
            "__call__": "bb64569bc568 9c2ad680708c",
        },
        wsgi.WSGIRequest: {
            "__init__": "c0ba1386797f",
            "GET": "f814be72b947",
        },
        wsgi: {
            "get_path_info": "c87f60472b9f",
            "get_script_name": "597db1a78542",
            "get_bytes_from_wsgi": "e02cf398c3d8",
            "set_script_prefix": "78a0ef64ee77",
        },
        wsgi.LimitedStream: {
            "__init__": "5bd43c83518f",
            "read": "544524abfd5f",
        },
        BaseHandler: {
            "get_response": "f65aa89e330e",
            "_get_response": "6295679ab45a",
        },
    }
)
_SERVED: Final = INSTALLATION.parts["handler"].tally
REPLACEMENTS: Final = ()
"""A handler is named in a server's command, and nothing is replaced."""
refusals: Final = _COURSE.refusals


def objections() -> Iterator[str]:
    """Why requests are served by Django's own handler at this moment."""
    if not _COURSE.holds():
        yield "off: a function of Django's handler has been replaced since the process began."


class LeanWSGIHandler(ResolvesRequests, WSGIHandler):
    """A WSGI application of a Django project."""

    request_class = LeanWSGIRequest
    sender: type[BaseHandler] = WSGIHandler
    """Who sends the signals of a request: receivers may have named Django's handler."""
    _middleware_chain: Any
    _view_middleware: list[Any]
    _template_response_middleware: list[Any]

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.sender = cls

    def __new__(cls, *_args: object, **_kwargs: object) -> Any:
        """Django's own handler, where that is not the one that this one was made for."""
        INSTALLATION.install()
        return super().__new__(cls) if INSTALLATION.parts["handler"].is_active else new_without_lever(cls)

    def __init__(self) -> None:
        self._stock: Any = None
        self._callable = Callables(lambda view: on_background_loop(view) if iscoroutinefunction(view) else view)
        super().__init__()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        """Serve one request."""
        next(_SERVED.calls)
        if not _COURSE.holds():
            return self._left_to_stock(environ, start_response)
        name = script_name(environ)
        lifecycle.enter_script_prefix(name)
        plan = lifecycle.started.plan()
        if plan.others:
            lifecycle.started.signal.send(sender=self.sender, environ=environ)
        else:
            tidy(reset=plan.resets_queries, close=plan.closes_connections)
        cls = self.request_class
        request = cls(environ) if plan.others or cls is not LeanWSGIRequest else cls(environ, name)
        response: Response = self.get_response(request)
        response._handler_class = self.sender
        if type(response).close is HttpResponseBase.close:
            # Taken back when it is called, or the response would keep itself alive.
            response.close = partial(_close, response)
        start_response(_status(response.status_code, response.reason_phrase), _headers(response))
        if getattr(response, "file_to_stream", None) is not None and environ.get("wsgi.file_wrapper"):
            # The server closes what it is given, so that has to close the response.
            response.file_to_stream.close = response.close
            return environ["wsgi.file_wrapper"](response.file_to_stream, response.block_size)
        return response

    def _left_to_stock(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        next(_SERVED.left)
        if self._stock is None:
            self._stock = turned_stock(self)
        return self._stock(environ, start_response)

    def adapt_method_mode(self, is_async: bool, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Django's, with the process's loop for asynchronous middleware."""
        adapted = super().adapt_method_mode(is_async, method, *args, **kwargs)
        return adapted if adapted is method or is_async else on_background_loop(method)

    def get_response(self, request: HttpRequest) -> Response:
        """The response of middleware and view."""
        lifecycle.enter_urlconf()
        response = self._middleware_chain(request)
        response._resource_closers.append(request.close)
        if response.status_code >= _ERROR and would_log(response):
            log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
        return response

    def _get_response(self, request: HttpRequest) -> Response:
        match = self.resolve_request(request)
        view, args, kwargs = match.func, match.args, match.kwargs
        response: Response = None
        for method in self._view_middleware:
            response = method(request, view, args, kwargs)
            if response:
                break
        if response is None:
            wrapped = self.make_view_atomic(view)
            try:
                response = wrapped(request, *args, **kwargs)
            except Exception as error:
                response = self.process_exception_by_middleware(error, request)
                if response is None:
                    raise
        self.check_response(response, view)
        if not callable(getattr(response, "render", None)):
            return response
        for method in self._template_response_middleware:
            response = method(request, response)
            self.check_response(response, method, name=f"{type(method.__self__).__name__}.process_template_response")
        try:
            response = response.render()
        except Exception as error:
            response = self.process_exception_by_middleware(error, request)
            if response is None:
                raise
        return response

    def make_view_atomic(self, view: Callable[..., Any]) -> Any:
        """Django's, on the process's loop where the view is asynchronous."""
        for settings in connections.settings.values():
            if settings["ATOMIC_REQUESTS"]:
                view = super().make_view_atomic(view)
                break
        return self._callable(view)


def _close(response: Response) -> None:
    """HttpResponse.close, with request_finished at the cost of the receivers that are connected."""
    del response.close
    plan = lifecycle.finished.plan()
    if plan.others:
        response.close()
        return
    for closer in response._resource_closers:
        try:  # noqa: SIM105 - it costs nothing, unlike `suppress`
            closer()
        except Exception:  # noqa: S110 - as HttpResponse.close does
            pass
    response._resource_closers.clear()
    response.closed = True
    lifecycle.finish_context(plan)
    tidy(reset=False, close=plan.closes_connections)


@lru_cache(maxsize=256)
def _status(code: int, reason: str) -> str:
    return f"{code} {reason}"


def _headers(response: Response) -> list[tuple[str, str]]:
    if type(response.headers) is ResponseHeaders and type(response).items is HttpResponseBase.items:
        pairs: Iterable[tuple[str, str]] = response.headers._store.values()
    else:
        pairs = response.items()  # a response of somebody else's making
    if not response.cookies:
        return [*pairs]
    return [*pairs, *(("Set-Cookie", _BEFORE_COOKIE + one.OutputString()) for one in response.cookies.values())]
