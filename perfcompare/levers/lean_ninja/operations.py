"""Ninja's operations by their plans; each function falls back to the method it replaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from ninja.operation import AsyncOperation, Operation
from pydantic import ValidationError

from perfcompare.levers._project import Project
from perfcompare.levers._replacing import Judgement, Replacement, judged
from perfcompare.levers.lean_ninja import parameters, stock_methods
from perfcompare.levers.lean_ninja import plan as plans
from perfcompare.levers.lean_ninja.plan import Plan, plan_of
from perfcompare.levers.lean_ninja.project import name_of, operations


def _run(self: Operation, request: HttpRequest, **kw: object) -> HttpResponseBase:
    next(RUN.calls)
    plan = plan_of(self)
    if not plan.is_lean or not plan.way.is_stock():
        return RUN.original(self, request, **kw)  # type: ignore[no-any-return]
    if _is_checked(self) and (error := self._run_checks(request)):
        return error
    try:
        result = self.view_func(request, **_values_of(self, plan, request, kw))
        next(RESPOND.calls)
        return plan.response(result) or _left_to_ninja(self, request, result)
    except Exception as error:
        if isinstance(error, TypeError) and "required positional argument" in str(error):
            _explain(error)
        return self.api.on_exception(request, error)


async def _arun(self: AsyncOperation, request: HttpRequest, **kw: object) -> HttpResponseBase:
    next(ARUN.calls)
    plan = plan_of(self)
    if not plan.is_lean or not plan.way.is_stock():
        return await ARUN.original(self, request, **kw)  # type: ignore[no-any-return]
    if _is_checked(self):
        error = await self._run_checks(request)
        if error:
            return error
    try:
        result = await self.view_func(request, **_values_of(self, plan, request, kw))
        next(RESPOND.calls)
        return plan.response(result) or _left_to_ninja(self, request, result)
    except Exception as error:
        return self.api.on_exception(request, error)


def _is_checked(operation: Operation) -> bool:
    # Ninja before 1.5 has no such attribute, and a CSRF check of its own.
    return bool(operation.auth_callbacks or operation.throttle_objects or getattr(operation, "csrf_exempt", True))


def _values_of(operation: Operation, plan: Plan, request: HttpRequest, kw: dict[str, Any]) -> dict[str, Any]:
    try:
        return plan.values(request, kw)
    except ValidationError:
        # Ninja's own code collects the errors of all sources and names their fields.
        stock: Any = Operation._get_values
        values: dict[str, Any] = stock(operation, request, kw, None)
        return values


def _left_to_ninja(operation: Operation, request: HttpRequest, result: object) -> HttpResponseBase:
    temporal_response = operation.api.create_temporal_response(request)
    response: HttpResponseBase = RESPOND.original(operation, request, result, temporal_response)
    return response


def _explain(error: TypeError) -> None:
    hint = "Did you fail to use functools.wraps() in a decorator?"
    error.args = (f"{error.args[0]}: {hint}" if error.args else hint, *error.args[1:])


def _result_to_response(
    self: Operation, request: HttpRequest, result: object, temporal_response: HttpResponse
) -> HttpResponseBase:
    next(RESPOND.calls)
    plan = plan_of(self)
    response = plan.response(result, temporal_response) if plan.way.is_stock() else None
    return response or cast("HttpResponseBase", RESPOND.original(self, request, result, temporal_response))


RUN: Final = Replacement(Operation, "run", _run, "73046accb4f1", "0d4c8c7fc12a")
ARUN: Final = Replacement(AsyncOperation, "run", _arun, "9dd4a526aa37", "bd71aa8cdac9")
RESPOND: Final = Replacement(Operation, "_result_to_response", _result_to_response, "fa7f14fa878c", "7dca7e13386c")
objections: Final = stock_methods.objections
REPLACEMENTS: Final = (RUN, ARUN, RESPOND)


def judgements(project: Project) -> Iterator[Judgement]:
    """What becomes of each operation."""
    found = operations(project)
    ways = {"": _objection, "parameters": parameters.objection, "answers": plans.answer_objection}
    for what, objection in ways.items():
        yield from judged("operations", found, objection, what=what, name=name_of)


def _objection(operation: Operation) -> str | None:
    return plans.objection(operation) or stock_methods.Way(operation).objection()
