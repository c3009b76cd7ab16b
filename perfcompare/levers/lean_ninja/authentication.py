"""Ninja's authentication without helpers that only wrap, and a bearer's token without reading every header."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import operation
from ninja.operation import AsyncOperation
from ninja.security.http import HttpBearer

from perfcompare.levers._replacing import Replacement
from perfcompare.levers.lean_ninja.request_data import authorization

# Names that Ninja imports into its module, and that somebody may replace there.
_globals: Final[Any] = operation


async def _run_authentication(self: AsyncOperation, request: HttpRequest) -> HttpResponseBase | None:
    next(AUTHENTICATE.calls)
    for callback in self.auth_callbacks:
        try:
            result = await _ask(callback, request)
        except Exception as error:
            return self.api.on_exception(request, error)
        if result:
            request.auth = result  # type: ignore[attr-defined]
            return None
    return self.api.on_exception(request, _globals.AuthenticationError())


async def _ask(callback: Callable[..., Any], request: HttpRequest) -> Any:
    if getattr(callback, "is_async", False) or _globals.is_async_callable(callback):
        awaitable = callback(request)
        return None if awaitable is None else await awaitable
    to_thread = getattr(_globals, "sync_to_async", None)  # since Ninja 1.5
    if to_thread is None or getattr(callback, "async_safe", False):
        return callback(request)
    return await to_thread(callback)(request)


def _bearer(self: HttpBearer, request: HttpRequest) -> Any:
    next(BEARER.calls)
    # `request.headers` reads every header to find one.
    if self.header != "Authorization" or "headers" in request.__dict__:
        return BEARER.original(self, request)
    scheme, _, token = authorization(request).partition(" ")
    return (
        self.authenticate(request, token) if scheme.lower() == self.openapi_scheme else BEARER.original(self, request)
    )


BEARER: Final = Replacement(HttpBearer, "__call__", _bearer, "b985a1ad8ae9")
AUTHENTICATE: Final = Replacement(
    *(AsyncOperation, "_run_authentication", _run_authentication),
    *("34ce81e59b89", "8ec2f9965a83"),
)
REPLACEMENTS: Final = (BEARER, AUTHENTICATE)
