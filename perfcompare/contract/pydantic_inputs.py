"""The contract's inputs as pydantic models, for stacks that take a whole query string or body as one model."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from perfcompare.contract.pydantic_types import DelayMs, Email, Limit, Name, Offset, Page, Parts, RowId, Skip, Tag
from perfcompare.core.limits import DEFAULT_DELAY_MS, DEFAULT_INTERVAL_MS, DEFAULT_LIMIT, DEFAULT_PARTS, MAX_TAGS


class UserPath(BaseModel):
    """The parameter of `users/{id}`."""

    id: RowId


class PageQuery(BaseModel):
    """The parameters of `users`."""

    limit: Limit = DEFAULT_LIMIT
    offset: Offset = 0


class ItemsQuery(BaseModel):
    """The parameters of `items`, which are also its answer."""

    skip: Skip = 0
    limit: Limit = DEFAULT_LIMIT
    tags: Annotated[list[Tag], Field(max_length=MAX_TAGS)] = []


class CachedUsersQuery(BaseModel):
    """The parameter of `cached-users`."""

    page: Page = 1


class UpstreamQuery(BaseModel):
    """The parameter of `upstream`."""

    delay_ms: DelayMs = DEFAULT_DELAY_MS


class StreamQuery(BaseModel):
    """The parameters of `stream`."""

    parts: Parts = DEFAULT_PARTS
    interval_ms: DelayMs = DEFAULT_INTERVAL_MS


class UserIn(BaseModel):
    """The fields of a new user. Every other field is ignored."""

    name: Name
    email: Email
