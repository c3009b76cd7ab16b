"""The middleware: nothing in it blocks, so it runs where the request is, in a thread or on the event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.exception import response_for_exception
from django.core.signals import setting_changed
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware

from perfcompare.levers._replacing import works
from perfcompare.levers.api_middleware import LEVER

_IS_KNOWN: Final = works("api_middleware", LEVER.tested)
"""Whether headers may be put where this Django keeps them."""
_MOST_HOSTS: Final = 256


class ApiMiddleware:
    """Host check, security headers, Content-Length."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[..., Any]) -> None:
        self.get_response = get_response
        self._asynchronous = iscoroutinefunction(get_response)
        if self._asynchronous:
            markcoroutinefunction(self)
        self._security = SecurityMiddleware(get_response)
        self._hosts: set[bytes | str] = set()
        """Those that were found good before."""
        self._headers = self._fixed_headers()
        self._read_settings()
        setting_changed.connect(self._forget)

    def __call__(self, request: HttpRequest) -> Any:
        """The response, or a coroutine of it, with its headers."""
        if self._asynchronous:
            return self._respond(request)
        refused = self._redirect(request) if self._security.redirect else None
        if refused is None and (self._trusts_proxy or _host(request) not in self._hosts):
            refused = self._refused(request)
        return self._finished(request, self.get_response(request)) if refused is None else refused

    async def _respond(self, request: HttpRequest) -> Any:
        refused = self._redirect(request) if self._security.redirect else None
        if refused is None and (self._trusts_proxy or _host(request) not in self._hosts):
            refused = await sync_to_async(self._refused, thread_sensitive=False)(request)
        return self._finished(request, await self.get_response(request)) if refused is None else refused

    def _redirect(self, request: HttpRequest) -> Any:
        """The answer that sends the client to HTTPS."""
        redirect = self._security.process_request(request)
        return redirect and self._security.process_response(request, redirect)

    def _refused(self, request: HttpRequest) -> Any:
        """The answer to a foreign host: it has the headers of SecurityMiddleware and no others, as with Django."""
        try:
            request.get_host()
        except DisallowedHost as error:
            return self._secured(request, response_for_exception(request, error))
        host = None if self._trusts_proxy else _host(request)
        if host is not None and len(self._hosts) < _MOST_HOSTS:
            self._hosts.add(host)
        return None

    def _fixed_headers(self) -> dict[str, tuple[str, str]]:
        """The headers that are the same on every answer, as Django's own middleware writes them."""
        response = self._security.process_response(HttpRequest(), HttpResponse(headers={"Content-Type": "-"}))
        return {name.lower(): (name, value) for name, value in response.items() if name != "Content-Type"}

    def _secured(self, request: HttpRequest, response: HttpResponse) -> Any:
        if not _IS_KNOWN:
            return self._security.process_response(request, response)
        # The values have been checked once, so they need not go through `headers[name] = value`.
        store = response.headers._store
        if self._headers.keys().isdisjoint(store):
            store.update(self._headers)
        else:
            store.update((name, header) for name, header in self._headers.items() if name not in store)
        if self._security.sts_seconds:
            self._security.process_response(request, response)
        return response

    def _finished(self, request: HttpRequest, response: HttpResponse) -> Any:
        self._secured(request, response)
        if not _IS_KNOWN:
            return self._finished_plainly(response)
        store = response.headers._store
        if "x-frame-options" not in store and not getattr(response, "xframe_options_exempt", False):
            store["x-frame-options"] = self._frame
        if not response.streaming and "content-length" not in store:
            store["content-length"] = ("Content-Length", str(len(response.content)))
        return response

    def _finished_plainly(self, response: HttpResponse) -> Any:
        """The same by what Django documents."""
        if not getattr(response, "xframe_options_exempt", False):
            response.headers.setdefault(*self._frame)
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response

    def _forget(self, **_changed: object) -> None:
        self._hosts.clear()
        self._read_settings()

    def _read_settings(self) -> None:
        self._trusts_proxy: bool = settings.USE_X_FORWARDED_HOST
        self._frame = ("X-Frame-Options", settings.X_FRAME_OPTIONS.upper())


def _host(request: HttpRequest) -> bytes | str | None:
    """The Host header; that of an ASGI request without building META for it. None when there is not exactly one."""
    scope: Any = getattr(request, "scope", None)
    if scope is None:
        return request.META.get("HTTP_HOST")
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    return hosts[0] if len(hosts) == 1 else None
