"""What never changes about an operation, found out once: its validators, its writers, its kind of authentication."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import ninja
from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from ninja import NinjaAPI
from ninja.constants import NOT_SET
from ninja.operation import Operation
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from perfcompare.levers._replacing import path_of
from perfcompare.levers.lean_ninja import answers
from perfcompare.levers.lean_ninja.answers import Write, writer
from perfcompare.levers.lean_ninja.parameters import Resolve, resolver
from perfcompare.levers.lean_ninja.responses import response_factory
from perfcompare.levers.lean_ninja.stock_methods import Way

_RESPONSE_HOOKS: Final = ("create_response", "create_temporal_response", "get_content_type")
# An instance of the response type as it is, and a pair for a status and a result.
_TAKEN_BY_NINJA: Final = (BaseModel, tuple)
_STATUS: Final[Any] = getattr(ninja, "Status", None)
"""Since 1.6; before, a pair of a status and a result is the usual way to name a status."""


class Plan:
    """The compiled side of `operation`, which must be bound to its API."""

    def __init__(self, operation: Operation) -> None:
        self.is_lean = objection(operation) is None
        self._resolvers: list[Resolve] = [resolver(model, operation.api) for model in operation.models]
        self._api = operation.api
        self.way = Way(operation)
        self._writers = _writers(operation)
        self._only_status = next(iter(operation.response_models)) if len(operation.response_models) == 1 else 200
        self._new = response_factory(operation.api.get_content_type())

    def values(self, request: HttpRequest, path_params: dict[str, Any]) -> dict[str, Any]:
        """The view's arguments; raises what the first source at fault raises."""
        values: dict[str, Any] = {}
        for resolve in self._resolvers:
            values.update(resolve(request, self._api, path_params))
        return values

    def response(self, result: Any, temporal_response: HttpResponse | None = None) -> HttpResponseBase | None:
        """The answer for a view's `result`, in `temporal_response` if there is one; None leaves it to Ninja."""
        if isinstance(result, HttpResponseBase):
            return result
        status = self._only_status
        if result.__class__ is _STATUS:
            status, result = result.status_code, result.value
        elif _STATUS is None and isinstance(result, tuple) and len(result) == 2:
            status, result = result
        write = self._writers.get(status)
        body = None if write is None or _is_taken_by_ninja(result.__class__) else write(result)
        if body is None:
            return None
        if temporal_response is None:
            return self._new(status, body)
        temporal_response.status_code, temporal_response.content = status, body
        return temporal_response


def objection(operation: Operation) -> str | None:
    """Why Ninja runs it from the beginning: the end of a sentence."""
    if operation.signature.response_arg is not None:
        return "the view takes its response as an argument"
    # Ninja before 1.6 has no streams.
    return None if getattr(operation, "stream_format", None) is None else "it answers in a stream"


def _writers(operation: Operation) -> dict[Any, Write]:
    if _writing_objection(operation) is not None:
        return {}
    found = {status: writer(model) for status, model in _typed(operation).items()}
    return {status: write for status, write in found.items() if write is not None}


def _typed(operation: Operation) -> dict[Any, FieldInfo]:
    typed = {status: model for status, model in operation.response_models.items() if model not in (None, NOT_SET)}
    return {status: model.model_fields["response"] for status, model in typed.items()}


def answer_objection(operation: Operation) -> str | None:
    """Why Ninja writes its answers, or some of them: the end of a sentence."""
    types = _typed(operation).values()
    said = _writing_objection(operation) or (None if types else "it declares no type of its response")
    return said or next(filter(None, map(answers.objection, types)), None)


def _writing_objection(operation: Operation) -> str | None:
    if operation.by_alias or operation.exclude_unset or operation.exclude_defaults or operation.exclude_none:
        return "`by_alias`, `exclude_unset` or their like is set"
    api = operation.api
    return (
        None if _renders_as_stock(api) else f"{path_of(type(api.renderer))}, or its API, makes responses in its own way"
    )


def _renders_as_stock(api: NinjaAPI) -> bool:
    renderer: Any = api.renderer
    return (
        type(renderer).render is JSONRenderer.render
        and renderer.encoder_class is NinjaJSONEncoder
        and not renderer.json_dumps_params
        and renderer.charset == "utf-8"
        and all(getattr(type(api), hook) is getattr(NinjaAPI, hook) for hook in _RESPONSE_HOOKS)
    )


@lru_cache(maxsize=256)
def _is_taken_by_ninja(cls: type[Any]) -> bool:
    return issubclass(cls, _TAKEN_BY_NINJA)


def plan_of(operation: Operation) -> Plan:
    """The plan of `operation`, made at its first request: by then its API and decorators are settled."""
    plan: Plan | None = operation.__dict__.get("_lean_plan")
    if plan is None:
        plan = operation._lean_plan = Plan(operation)  # type: ignore[attr-defined]
    return plan
