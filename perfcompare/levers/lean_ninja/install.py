"""The functions that take the place of methods of Ninja's classes; each falls back to the method it replaces."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Final, cast

import ninja
from asgiref.sync import sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from ninja.errors import AuthenticationError
from ninja.operation import AsyncOperation, Operation, PathView
from ninja.security.http import HttpBearer
from ninja.utils import is_async_callable
from pydantic import ValidationError

from perfcompare.levers.lean_ninja.asked import authorization
from perfcompare.levers.lean_ninja.plan import Plan, plan_of

SUPPORTED: Final = "1.7."
"""The versions of Ninja whose code these functions were compared with."""

_stock_run: Final[Any] = Operation.run
_stock_arun: Final[Any] = AsyncOperation.run
_stock_values: Final[Any] = Operation._get_values
_stock_response: Final[Any] = Operation._result_to_response
_stock_bearer: Final[Any] = HttpBearer.__call__


def install() -> None:
    """Make every operation of the process lean; warns and does nothing for another version of Ninja."""
    if not ninja.__version__.startswith(SUPPORTED):
        warnings.warn(f"lean_ninja was compared with Ninja {SUPPORTED}*, not {ninja.__version__}.", stacklevel=2)
        return
    for owner, name, function in _REPLACED:
        setattr(owner, name, function)


def uninstall() -> None:
    """Put Ninja's own methods back; views that were made in between stay lean."""
    for owner, name, _ in _REPLACED:
        setattr(owner, name, _STOCK[owner, name])


def _run(self: Operation, request: HttpRequest, **kw: Any) -> HttpResponseBase:
    plan = plan_of(self)
    if not plan.is_lean:
        return _stock_run(self, request, **kw)  # type: ignore[no-any-return]
    if (self.auth_callbacks or self.throttle_objects or self.csrf_exempt) and (error := self._run_checks(request)):
        return error
    try:
        result = self.view_func(request, **_values_of(self, plan, request, kw))
        return plan.response(result) or _left_to_ninja(self, request, result)
    except Exception as error:
        if isinstance(error, TypeError) and "required positional argument" in str(error):
            _explain(error)
        return self.api.on_exception(request, error)


async def _arun(self: AsyncOperation, request: HttpRequest, **kw: Any) -> HttpResponseBase:
    plan = plan_of(self)
    if not plan.is_lean:
        return await _stock_arun(self, request, **kw)  # type: ignore[no-any-return]
    if self.auth_callbacks or self.throttle_objects or self.csrf_exempt:
        error = await self._run_checks(request)
        if error:
            return error
    try:
        result = await self.view_func(request, **_values_of(self, plan, request, kw))
        return plan.response(result) or _left_to_ninja(self, request, result)
    except Exception as error:
        return self.api.on_exception(request, error)


def _values_of(operation: Operation, plan: Plan, request: HttpRequest, kw: dict[str, Any]) -> dict[str, Any]:
    try:
        return plan.values(request, kw)
    except ValidationError:
        # Ninja's own code collects the errors of all sources and names their fields.
        values: dict[str, Any] = _stock_values(operation, request, kw, None)
        return values


def _left_to_ninja(operation: Operation, request: HttpRequest, result: Any) -> HttpResponseBase:
    temporal_response = operation.api.create_temporal_response(request)
    response: HttpResponseBase = _stock_response(operation, request, result, temporal_response)
    return response


def _explain(error: TypeError) -> None:
    hint = "Did you fail to use functools.wraps() in a decorator?"
    error.args = (f"{error.args[0]}: {hint}" if error.args else hint, *error.args[1:])


def _result_to_response(
    self: Operation, request: HttpRequest, result: Any, temporal_response: HttpResponse
) -> HttpResponseBase:
    response = plan_of(self).response(result, temporal_response)
    return response or cast("HttpResponseBase", _stock_response(self, request, result, temporal_response))


async def _run_authentication(self: AsyncOperation, request: HttpRequest) -> HttpResponseBase | None:
    for callback in self.auth_callbacks:
        try:
            result = await _ask(callback, request)
        except Exception as error:
            return self.api.on_exception(request, error)
        if result:
            request.auth = result  # type: ignore[attr-defined]
            return None
    return self.api.on_exception(request, AuthenticationError())


async def _ask(callback: Callable[..., Any], request: HttpRequest) -> Any:
    if getattr(callback, "is_async", False) or is_async_callable(callback):
        awaitable = callback(request)
        return None if awaitable is None else await awaitable
    if getattr(callback, "async_safe", False):
        return callback(request)
    return await sync_to_async(callback)(request)


def _bearer(self: HttpBearer, request: HttpRequest) -> Any:
    # `request.headers` reads every header to find one.
    if self.header != "Authorization" or "headers" in request.__dict__:
        return _stock_bearer(self, request)
    scheme, _, token = authorization(request).partition(" ")
    return self.authenticate(request, token) if scheme.lower() == self.openapi_scheme else _stock_bearer(self, request)


def _get_view(self: PathView) -> Callable[..., Any]:
    if not self.is_async:
        return _sync_view(self)
    return _async_view(self)


def _sync_view(path_view: PathView) -> Callable[..., Any]:
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        operation = path_view._find_operation(request)
        return path_view._not_allowed() if operation is None else operation.run(request, *args, **kwargs)

    view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


def _async_view(path_view: PathView) -> Callable[..., Any]:
    async def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        operation = path_view._find_operation(request)
        if operation is None:
            return path_view._not_allowed()
        if operation.is_async:
            return await cast("AsyncOperation", operation).run(request, *args, **kwargs)
        return await sync_to_async(operation.run)(request, *args, **kwargs)

    view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


_REPLACED: Final[tuple[tuple[Any, str, Any], ...]] = (
    (Operation, "run", _run),
    (AsyncOperation, "run", _arun),
    (Operation, "_result_to_response", _result_to_response),
    (AsyncOperation, "_run_authentication", _run_authentication),
    (HttpBearer, "__call__", _bearer),
    (PathView, "get_view", _get_view),
)
_STOCK: Final = {(owner, name): getattr(owner, name) for owner, name, _ in _REPLACED}
