"""What comes in, validated by Pydantic straight from the query string or the body."""

from __future__ import annotations

import json
from typing import Annotated, Any, TypeVar

from django.http import HttpRequest
from pydantic import BaseModel, Field

from perfcompare.contract.pydantic_types import DelayMs, Email, Limit, Name, Offset, Page, RowId, Skip, Tag
from perfcompare.core.limits import DEFAULT_DELAY_MS, DEFAULT_LIMIT, MAX_TAGS
from perfcompare.stacks.django_lean.endpoints import Refused

M = TypeVar("M", bound=BaseModel)


class IdInPath(BaseModel):
    """The parameter of `users/{id}`."""

    id: RowId


class Slice(BaseModel):
    """The parameters of `users`."""

    limit: Limit = DEFAULT_LIMIT
    offset: Offset = 0


class Items(BaseModel):
    """The parameters of `items`, and its answer."""

    skip: Skip = 0
    limit: Limit = DEFAULT_LIMIT
    tags: Annotated[list[Tag], Field(max_length=MAX_TAGS)] = []


class PageNumber(BaseModel):
    """The parameter of `cached-users`."""

    page: Page = 1


class Delay(BaseModel):
    """The parameter of `upstream`."""

    delay_ms: DelayMs = DEFAULT_DELAY_MS


class NewUser(BaseModel):
    """What makes a user; every other field is ignored."""

    name: Name
    email: Email


def query(request: HttpRequest, model: type[M], *lists: str) -> M:
    """The query string as `model`, those of `lists` with all their values; ValidationError for what does not fit."""
    given = request.GET
    if not given:
        return model.model_validate({})
    values: dict[str, Any] = {name: given.getlist(name) if name in lists else given[name] for name in given}
    return model.model_validate(values)


def body(request: HttpRequest, model: type[M]) -> M:
    """The JSON object in the body as `model`; Refused or ValidationError for what is none or does not fit."""
    if request.content_type != "application/json":
        raise Refused(415, "The content type must be application/json.")
    return model.model_validate(_parsed(request.body))


def _parsed(content: bytes) -> Any:
    # Not model_validate_json: to it NaN is no JSON, and here it is a value that its field refuses.
    try:
        return json.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise Refused(400, "The body is not JSON.") from error
