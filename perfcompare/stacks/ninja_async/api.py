"""The endpoints."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.asgi import ASGIRequest
from django.db.models import Model, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import aget_object_or_404
from ninja import P, QueryEx

from perfcompare.contract import ninja_schemas as schemas
from perfcompare.contract.ninja import ContractAPI, refusals, throttles
from perfcompare.contract.pydantic_types import DelayMs, Limit, Offset, Page, Parts, RowId, Skip, Tag
from perfcompare.contract.together import together
from perfcompare.core.limits import (
    CACHE_SECONDS,
    CACHED_PAGE_SIZE,
    DEFAULT_DELAY_MS,
    DEFAULT_INTERVAL_MS,
    DEFAULT_LIMIT,
    DEFAULT_PARTS,
    MAX_TAGS,
)
from perfcompare.stacks.ninja_async.auth import AuthenticatedRequest, TokenAuth
from perfcompare.work import expensive, streaming, upstream
from users import generation
from users.models import Post, User

M = TypeVar("M", bound=Model)

api = ContractAPI(title="Users with Django Ninja, async", urls_namespace="ninja_async", throttle=throttles())


@api.get("simple", response=schemas.Message, openapi_extra=refusals())
async def simple(request: HttpRequest) -> dict[str, str]:
    """The constant answer."""
    return {"message": "Hello World", "status": "success"}


@api.get("users/{id}", response=schemas.UserSummary, openapi_extra=refusals(404, 422, 503))
async def user_detail(request: HttpRequest, id: RowId) -> User:
    """One user."""
    return await aget_object_or_404(User.objects.detail(), id=id)


@api.get("users", response=schemas.UserPage, openapi_extra=refusals(422, 503))
async def user_list(request: HttpRequest, limit: Limit = DEFAULT_LIMIT, offset: Offset = 0) -> dict[str, Any]:
    """A page of users with addresses and metadata."""
    users = User.objects.listing()[offset : offset + limit]
    return {"count": await User.objects.acount(), "results": [user async for user in users]}


@api.post("users", response={201: schemas.UserSummary}, openapi_extra=refusals(413, 415, 422, 503))
async def user_create(request: HttpRequest, payload: schemas.UserIn) -> User:
    """Create a user. The database detects an e-mail address that is taken."""
    return await User.objects.acreate_user(**payload.dict())


@api.get("items", response=schemas.Items, openapi_extra=refusals(422))
async def items(
    request: HttpRequest,
    skip: Skip = 0,
    limit: Limit = DEFAULT_LIMIT,
    tags: QueryEx[list[Tag], P(max_length=MAX_TAGS)] = [],  # noqa: B006 - pydantic copies defaults
) -> dict[str, Any]:
    """The parsed query parameters."""
    return {"skip": skip, "limit": limit, "tags": tags}


@api.get("protected", response=schemas.Protected, auth=TokenAuth(), openapi_extra=refusals(401, 503))
async def protected(request: AuthenticatedRequest) -> dict[str, str]:
    """The name of the authenticated user."""
    return {"user": request.auth.name}


@api.get("dashboard", response=schemas.Dashboard, openapi_extra=refusals(503))
async def dashboard(request: HttpRequest) -> dict[str, Any]:
    """The newest users and posts, with their counts."""
    # As Django's users write it. The ORM still runs the queries one after another, in one thread per request.
    users, posts, user_count, post_count = await together(
        rows(User.objects.newest(10)), rows(Post.objects.newest(10)), User.objects.acount(), Post.objects.acount()
    )
    return {"users": users, "posts": posts, "user_count": user_count, "post_count": post_count}


async def rows(queryset: QuerySet[M]) -> list[M]:
    """Fetch the rows of `queryset`."""
    return [row async for row in queryset]


@api.get("expensive", response=schemas.Primes, openapi_extra=refusals())
async def expensive_result(request: HttpRequest) -> Any:
    """The cached result of a heavy computation."""
    result = await cache.aget(f"ninja_async:{settings.STACK_NAME}:expensive")
    if result is None:
        result = await asyncio.to_thread(expensive.compute)  # the event loop keeps answering meanwhile
        await cache.aset(f"ninja_async:{settings.STACK_NAME}:expensive", result, CACHE_SECONDS)
    return result


@api.get("cached-users", response=schemas.CachedUsers, openapi_extra=refusals(422, 503))
async def cached_users(request: HttpRequest, page: Page = 1) -> Any:
    """A page of users, cached until a user is written."""
    # Read the generation before the rows: see users.generation.
    key = f"ninja_async:{settings.STACK_NAME}:users:{await generation.acurrent()}:{page}"
    body = await cache.aget(key)
    if body is None:
        body = await users_page(page)
        await cache.aset(key, body, CACHE_SECONDS)
    return body


async def users_page(page: int) -> dict[str, Any]:
    """Page `page` (from 1) as plain values, which a cache can store."""
    start = (page - 1) * CACHED_PAGE_SIZE
    users = User.objects.summaries().values("id", "name", "email")[start : start + CACHED_PAGE_SIZE]
    return {"count": await User.objects.acount(), "page": page, "results": [user async for user in users]}


@api.get("upstream", response=schemas.Upstream, openapi_extra=refusals(422, 502, 504))
async def upstream_answer(request: HttpRequest, delay_ms: DelayMs = DEFAULT_DELAY_MS) -> Any:
    """The answer of the upstream service."""
    return await upstream.afetch(delay_ms, shared=isinstance(request, ASGIRequest))


@api.get("stream", include_in_schema=False)
async def stream(
    request: HttpRequest, parts: Parts = DEFAULT_PARTS, interval_ms: DelayMs = DEFAULT_INTERVAL_MS
) -> StreamingHttpResponse:
    """Server-sent events."""
    return StreamingHttpResponse(streaming.aparts(parts, interval_ms), content_type=streaming.CONTENT_TYPE)
