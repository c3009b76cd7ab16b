"""The view of a path, which goes straight to its operation."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja.operation import AsyncOperation, PathView

from perfcompare.levers._replacing import Replacement
from perfcompare.levers.lean_ninja import stock_methods


def _get_view(self: PathView) -> Callable[..., Any]:
    # Names by which logs and APMs know the views of Ninja.
    view = functools.wraps(VIEW.inner(self))(_async_view(self) if self.is_async else _sync_view(self))
    del view.__wrapped__
    return view


def _sync_view(path_view: PathView) -> Callable[..., Any]:
    def view(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        next(VIEW.calls)
        if not stock_methods.is_stock_view(path_view):
            next(VIEW.left)
            return path_view._sync_view(request, *args, **kwargs)
        operation = path_view._find_operation(request)
        return path_view._not_allowed() if operation is None else operation.run(request, *args, **kwargs)

    return view


def _async_view(path_view: PathView) -> Callable[..., Any]:
    async def view(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        next(VIEW.calls)
        operation = path_view._find_operation(request) if stock_methods.is_stock_view(path_view) else None
        if operation is None or not operation.is_async:
            next(VIEW.left)
            return await path_view._async_view(request, *args, **kwargs)
        return await cast("AsyncOperation", operation).run(request, *args, **kwargs)

    return view


VIEW: Final = Replacement(PathView, "get_view", _get_view, "97588311657b", "9ce9a71e1d7b")
"""What it counts are requests: the view of a path is asked for once."""
REPLACEMENTS: Final = (VIEW,)
