"""The view of a path, which goes straight to its operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import operation as module
from ninja.operation import AsyncOperation, PathView

from perfcompare.levers._replacing import Replacement
from perfcompare.levers.lean_ninja import stock_methods

# Names that Ninja imports into its module, and that somebody may replace there.
_globals: Final[Any] = module


def _get_view(self: PathView) -> Callable[..., Any]:
    view, name = (_async_view(self), "async_view_wrapper") if self.is_async else (_sync_view(self), "sync_view_wrapper")
    # Names by which logs and APMs know the views of Ninja.
    view.__module__, view.__name__ = PathView.__module__, name
    view.__qualname__ = f"PathView.get_view.<locals>.{name}"
    return view


def _sync_view(path_view: PathView) -> Callable[..., Any]:
    def view(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        next(VIEW.calls)
        if not stock_methods.is_stock_view(path_view):
            next(VIEW.left)
            return path_view._sync_view(request, *args, **kwargs)
        operation = path_view._find_operation(request)
        return path_view._not_allowed() if operation is None else operation.run(request, *args, **kwargs)

    view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


def _async_view(path_view: PathView) -> Callable[..., Any]:
    async def view(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        next(VIEW.calls)
        if not stock_methods.is_stock_view(path_view):
            next(VIEW.left)
            return await path_view._async_view(request, *args, **kwargs)
        operation = path_view._find_operation(request)
        if operation is None:
            return path_view._not_allowed()
        if operation.is_async:
            return await cast("AsyncOperation", operation).run(request, *args, **kwargs)
        answer: HttpResponseBase = await _globals.sync_to_async(operation.run)(request, *args, **kwargs)
        return answer

    view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


VIEW: Final = Replacement(PathView, "get_view", _get_view, "97588311657b")
"""What it counts are requests: the view of a path is asked for once."""
REPLACEMENTS: Final = (VIEW,)
