"""Validates the query string or the body of a request with Pydantic."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from django.http import HttpRequest
from pydantic import BaseModel

from perfcompare.stacks.django_lean.endpoints import Refused

M = TypeVar("M", bound=BaseModel)


def query(request: HttpRequest, model: type[M], *lists: str) -> M:
    """The query string as `model`. A parameter in `lists` keeps all its values. Raises ValidationError."""
    given = request.GET
    if not given:
        return model.model_validate({})
    values: dict[str, Any] = {name: given.getlist(name) if name in lists else given[name] for name in given}
    return model.model_validate(values)


def body(request: HttpRequest, model: type[M]) -> M:
    """The JSON object in the body as `model`. Raises Refused when it is not JSON, and ValidationError."""
    if request.content_type != "application/json":
        raise Refused(415, "The content type must be application/json.")
    return model.model_validate(_parsed(request.body))


def _parsed(content: bytes) -> Any:
    # model_validate_json would refuse NaN as invalid JSON. The contract wants its field to refuse it.
    try:
        return json.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise Refused(400, "The body is not JSON.") from error
