"""The contract's errors. Each is a JSON object with a `detail`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.routing import Match

from perfcompare.contract.database_errors import AWAY
from perfcompare.contract.fastapi.models import Error, Invalid
from perfcompare.contract.pydantic_types import errors_by_field
from perfcompare.work.upstream import UpstreamTimeoutError, UpstreamUnavailableError

Handler = Callable[[Request, Any], Coroutine[Any, Any, JSONResponse]]


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For `responses`: these errors, as the documentation describes them."""
    return {status: {"model": Invalid if status == 422 else Error} for status in statuses}


async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    """422 with the invalid fields; 400 for a missing or unreadable body."""
    errors = error.errors()
    if any(one["type"] == "json_invalid" for one in errors):
        return _answer(400, "The body is not JSON.")
    # FastAPI gives a missing body and the body `null` the same name.
    if any(one["loc"] == ("body",) for one in errors) and not await request.body():
        return _answer(400, "The body is empty.")
    return JSONResponse({"detail": "Invalid input.", "errors": errors_by_field(errors)}, 422)


async def method_not_allowed(request: Request, _error: Exception) -> JSONResponse:
    """405 with the methods of every route on the path. Starlette names only those of the first route."""
    matching = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    methods = {method for route in matching for method in getattr(route, "methods", ())}
    return _answer(405, "Method not allowed.", {"Allow": ", ".join(sorted(methods))})


async def database_away(_request: Request, _error: Exception) -> JSONResponse:
    """503 when PostgreSQL is unreachable, refuses, hangs, or has no free connection."""
    return _answer(503, "The database is not available.")


async def upstream_away(_request: Request, _error: Exception) -> JSONResponse:
    """502 when the upstream service refuses."""
    return _answer(502, "The upstream service is not available.")


async def upstream_late(_request: Request, _error: Exception) -> JSONResponse:
    """504 when the upstream service takes too long."""
    return _answer(504, "The upstream service did not answer in time.")


async def defect(_request: Request, _error: Exception) -> JSONResponse:
    """500 for a defect of this project. Starlette raises the error again, for the server's log."""
    return _answer(500, "Internal server error.")


def _answer(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"detail": detail}, status, headers)


HANDLERS: Final[Mapping[int | type[Exception], Handler]] = {
    RequestValidationError: invalid,
    405: method_not_allowed,
    # Only errors of the database reach a handler. Those of other services are caught at their source.
    **dict.fromkeys(AWAY, database_away),
    UpstreamUnavailableError: upstream_away,
    UpstreamTimeoutError: upstream_late,
    Exception: defect,
}
