"""adrf's dispatch, with its checks on the event loop where they need no thread.

adrf runs `initial()`, which negotiates, authenticates, checks permissions and throttles, in a thread for every request
(adrf.views.APIView.async_dispatch).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, Final

from adrf import views
from adrf.views import APIView
from asgiref.sync import sync_to_async
from django.core.exceptions import SynchronousOnlyOperation

from perfcompare.levers._drf.project import views as views_of
from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, judged
from perfcompare.levers.lean_drf import inline_checks, inline_rendering


def _is_asynchronous(handler: object) -> bool:
    """What adrf takes for an asynchronous method; before 0.1.13 also what is only marked as one."""
    ask: Any = getattr(views, "iscoroutinefunction", asyncio.iscoroutinefunction)
    return bool(ask(handler))


async def async_dispatch(self: APIView, request: Any, *args: object, **kwargs: object) -> Any:
    """The answer to `request`: adrf's APIView.async_dispatch."""
    next(DISPATCH.calls)
    if getattr(views, "sync_to_async", None) is not sync_to_async:  # somebody wants to know what goes to a thread
        return await DISPATCH.original(self, request, *args, **kwargs)
    self.args, self.kwargs = args, kwargs
    self.request = request = self.initialize_request(request, *args, **kwargs)
    self.headers = self.default_response_headers
    try:
        await _checked(self, request, args, kwargs)
        response = await _handled(self, request, args, kwargs)
    except Exception as error:
        response = self.handle_exception(error)
    self.response = response = self.finalize_response(request, response, *args, **kwargs)
    inline_rendering.render(response)
    return response


async def _checked(view: APIView, request: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if await inline_checks.is_ready(view, request):
        try:
            view.initial(request, *args, **kwargs)
        except SynchronousOnlyOperation:
            pass
        else:
            return
    next(DISPATCH.left)
    await sync_to_async(view.initial)(request, *args, **kwargs)


async def _handled(view: APIView, request: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    name = request.method.lower()
    found = getattr(view, name, None) if name in view.http_method_names else None
    handler = found or view.http_method_not_allowed
    if _is_asynchronous(handler):
        return await handler(request, *args, **kwargs)
    return await sync_to_async(handler)(request, *args, **kwargs)


DISPATCH: Final = Replacement(APIView, "async_dispatch", async_dispatch, "9372be10c875", "b7a7300369e8")
REPLACEMENTS: Final = (DISPATCH,)


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each asynchronous view."""
    found = (cls for cls in views_of(project) if issubclass(cls, APIView))
    yield from judged("asynchronous views", found, inline_checks.objection)
