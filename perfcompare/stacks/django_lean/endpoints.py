"""Dispatches requests to views: methods, errors as JSON, and throttling when it is on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

import orjson
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError

from perfcompare.contract.pydantic_types import errors_by_field
from perfcompare.core import env
from perfcompare.work.upstream import UpstreamTimeoutError, UpstreamUnavailableError

View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]

UNAVAILABLE: Final[dict[type[Exception], tuple[int, str]]] = {
    OperationalError: (503, "The database is not available."),
    InterfaceError: (503, "The database is not available."),
    UpstreamUnavailableError: (502, "The upstream service is not available."),
    UpstreamTimeoutError: (504, "The upstream service did not answer in time."),
}


class Refused(Exception):
    """Raised by a view for a request that it refuses."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: dict[str, list[str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.answer = answer({"detail": detail, **({"errors": errors} if errors else {})}, status)
        for name, value in (headers or {}).items():
            self.answer[name] = value


def answer(value: Any, status: int = 200) -> HttpResponse:
    """Encode `value` as JSON, with date-times in UTC with `Z`. Finished JSON from the cache passes unchanged."""
    carried = getattr(value, "__finished_json__", None)
    return finished(orjson.dumps(value, option=orjson.OPT_UTC_Z) if carried is None else carried(), status)


def finished(body: bytes, status: int = 200) -> HttpResponse:
    """Answer with bytes that are JSON already."""
    return HttpResponse(body, content_type="application/json", status=status)


def invalid(error: ValidationError) -> Refused:
    """422 with the invalid fields."""
    errors = errors_by_field(error.errors(include_url=False, include_input=False, include_context=False))
    return Refused(422, "The input is not valid.", errors=errors)


def endpoint(**views: View) -> View:
    """One view for a path. Each of `views` has the name of its method. Every error is JSON."""
    allowed = ", ".join(sorted(views))
    throttle = _throttle()

    @csrf_exempt
    async def dispatch(request: HttpRequest, **parameters: str) -> HttpResponseBase:
        view = views.get(request.method or "")
        if view is None:
            return Refused(405, "Method not allowed.", headers={"Allow": allowed}).answer
        try:
            if throttle is not None:
                await throttle(request)
            return await view(request, **parameters)
        except Refused as error:
            return error.answer
        except ValidationError as error:
            return invalid(error).answer
        except tuple(UNAVAILABLE) as error:
            status, detail = next(found for kind, found in UNAVAILABLE.items() if isinstance(error, kind))
            return Refused(status, detail).answer

    return dispatch


def _throttle() -> Callable[[HttpRequest], Awaitable[None]] | None:
    rate = env.rate("THROTTLE_RATE")
    if not rate:
        return None
    # Imported only when throttling is on, so that timed runs spend no memory on it.
    from perfcompare.stacks.django_lean.throttling import Throttle

    return Throttle(rate)
