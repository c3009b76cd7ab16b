"""From a request to its response: Django's own course, without asking twice what never changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core.handlers.base import BaseHandler
from django.db import connections
from django.http import HttpRequest
from django.utils.log import log_response

from perfcompare.levers._handling import lifecycle
from perfcompare.levers._handling.logs import would_log
from perfcompare.levers._handling.resolver import Callables, ResolvesRequests, is_response
from perfcompare.levers.lean_asgi import warm_threads

_ERROR: Final = 400

Response = Any
"""A response with its private parts, which the stubs leave out."""


class Responding(ResolvesRequests, BaseHandler):
    """The part of a handler that calls middleware and view."""

    _middleware_chain: Any
    _view_middleware: list[Any]
    _template_response_middleware: list[Any]
    _exception_middleware: list[Any]

    def __init__(self) -> None:
        self._is_async = Callables(iscoroutinefunction)
        self._in_thread = Callables(lambda view: sync_to_async(view, thread_sensitive=True))
        super().__init__()

    async def get_response_async(self, request: HttpRequest) -> Response:
        """The response of middleware and view."""
        lifecycle.enter_urlconf()
        response: Response = await self._middleware_chain(request)
        response._resource_closers.append(request.close)
        if response.status_code >= _ERROR and would_log(response):
            await sync_to_async(log_response, thread_sensitive=False)(
                "%s: %s", response.reason_phrase, request.path, response=response, request=request
            )
        return response

    async def _get_response_async(self, request: HttpRequest) -> Response:
        if (refusal := getattr(request, "refusal", None)) is not None:
            response: Response = refusal.response()
            return response
        match = self.resolve_request(request)
        view, args, kwargs = match.func, match.args, match.kwargs
        response = None
        for method in self._view_middleware:
            response = await method(request, view, args, kwargs)
            if response:
                break
        if response is None:
            try:
                response = await self._awaitable(view)(request, *args, **kwargs)
            except Exception as error:
                response = await self._response_to(error, request)
        self.check_response(response, view)
        if callable(getattr(response, "render", None)):
            response = await self._rendered(response, request)
        if not is_response(response) and asyncio.iscoroutine(response):
            raise RuntimeError("Response is still a coroutine.")
        return response

    def _awaitable(self, view: Callable[..., Any]) -> Any:
        for settings in connections.settings.values():
            if settings["ATOMIC_REQUESTS"] and (wrapped := self.make_view_atomic(view)) is not view:
                return sync_to_async(wrapped, thread_sensitive=True)
        if self._is_async(view):
            return view
        if (work := warm_threads.current.get()) is not None:
            work.listen()
        return self._in_thread(view)

    async def _response_to(self, error: Exception, request: HttpRequest) -> Any:
        """The answer of the middleware to an exception of the view, which is raised again where there is none."""
        response = None
        if self._exception_middleware:
            response = await sync_to_async(self.process_exception_by_middleware, thread_sensitive=True)(error, request)
        if response is None:
            raise error
        return response

    async def _rendered(self, response: Any, request: HttpRequest) -> Any:
        for method in self._template_response_middleware:
            response = await method(request, response)
            self.check_response(response, method, name=f"{type(method.__self__).__name__}.process_template_response")
        if getattr(response, "is_rendered", False):
            return response  # its view has rendered it: render() would do nothing
        render = response.render
        try:
            return await (render if iscoroutinefunction(render) else sync_to_async(render, thread_sensitive=True))()
        except Exception as error:
            return await self._response_to(error, request)
