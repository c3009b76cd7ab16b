"""The endpoints: Django's request, QuerySets and response, and nothing between them."""

from __future__ import annotations

import asyncio
from typing import Any, Final, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError
from django.db.models import JSONField, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from perfcompare.contract.pydantic_inputs import (
    CachedUsersQuery,
    ItemsQuery,
    PageQuery,
    StreamQuery,
    UpstreamQuery,
    UserIn,
    UserPath,
)
from perfcompare.core.limits import CACHE_SECONDS, CACHED_PAGE_SIZE
from perfcompare.levers.database_json.expressions import nested
from perfcompare.levers.database_json.rows import JSONRows
from perfcompare.stacks.django_lean import inputs
from perfcompare.stacks.django_lean.authentication import user_of
from perfcompare.stacks.django_lean.endpoints import Refused, answer, finished
from perfcompare.work import expensive, streaming, upstream
from users import generation
from users.models import Address, Post, User

NEWEST: Final = 10
SUMMARY: Final = ("id", "name", "email")
LISTING: Final = JSONRows(
    User.objects.order_by("id"),
    {
        "id": "id",
        "name": "name",
        "email": "email",
        "created_at": "created_at",
        "addresses": nested(
            Address.objects.filter(user_id=OuterRef("pk")).order_by("id"),
            {"street": "street", "city": "city", "country": "country"},
        ),
        "metadata": Coalesce("profile__metadata", Value({}, JSONField())),
    },
)
"""Users with addresses and metadata, which PostgreSQL writes as JSON."""
T = TypeVar("T")


async def simple(request: HttpRequest) -> HttpResponse:
    """The constant answer."""
    return answer({"message": "Hello World", "status": "success"})


async def user_detail(request: HttpRequest, id: str) -> HttpResponse:
    """One user."""
    wanted = UserPath.model_validate({"id": id})
    try:
        return answer(await User.objects.values(*SUMMARY).aget(id=wanted.id))
    except User.DoesNotExist as error:
        raise Refused(404, "No such user.") from error


async def user_list(request: HttpRequest) -> HttpResponse:
    """A page of users with addresses and metadata."""
    asked = inputs.query(request, PageQuery)
    results = await LISTING.afetch(asked.offset, asked.offset + asked.limit)
    return finished(b'{"count":%d,"results":%b}' % (await User.objects.acount(), results))


async def user_create(request: HttpRequest) -> HttpResponse:
    """Create a user. The database detects an e-mail address that is taken."""
    new = inputs.body(request, UserIn)
    try:
        user = await User.objects.acreate_user(email=new.email, name=new.name)
    except IntegrityError as error:
        raise Refused(422, "The input is not valid.", errors={"email": ["This address is taken."]}) from error
    return answer({"id": user.id, "name": user.name, "email": user.email}, 201)


async def items(request: HttpRequest) -> HttpResponse:
    """The parsed query parameters."""
    asked = inputs.query(request, ItemsQuery, "tags")
    return answer({"skip": asked.skip, "limit": asked.limit, "tags": asked.tags})


async def protected(request: HttpRequest) -> HttpResponse:
    """The name of the authenticated user."""
    user = await user_of(request)
    if user is None:
        raise Refused(401, "Send a valid token: Authorization: Token <key>", headers={"WWW-Authenticate": "Token"})
    return answer({"user": user.name})


async def dashboard(request: HttpRequest) -> HttpResponse:
    """The newest users and posts, with their counts: four queries at the same time."""
    users, posts, user_count, post_count = await asyncio.gather(
        _rows(User.objects.newest(NEWEST).values(*SUMMARY)),
        _rows(Post.objects.newest(NEWEST).values("id", "title", "author_id", "created_at")),
        User.objects.acount(),
        Post.objects.acount(),
    )
    return answer({"users": users, "posts": posts, "user_count": user_count, "post_count": post_count})


async def expensive_result(request: HttpRequest) -> HttpResponse:
    """The cached result of a heavy computation."""
    result = await cache.aget(f"django_lean:{settings.STACK_NAME}:expensive")
    if result is None:
        result = await asyncio.to_thread(expensive.compute)  # the event loop keeps answering meanwhile
        await cache.aset(f"django_lean:{settings.STACK_NAME}:expensive", result, CACHE_SECONDS)
    return answer(result)


async def cached_users(request: HttpRequest) -> HttpResponse:
    """A page of users, cached until a user is written."""
    page = inputs.query(request, CachedUsersQuery).page
    # Read the generation before the rows: see users.generation.
    key = f"django_lean:{settings.STACK_NAME}:users:{await generation.acurrent()}:{page}"
    body = await cache.aget(key)
    if body is None:
        body = await _page(page)
        await cache.aset(key, body, CACHE_SECONDS)
    return answer(body)


async def _page(number: int) -> dict[str, Any]:
    start = (number - 1) * CACHED_PAGE_SIZE
    users = User.objects.summaries().values(*SUMMARY)[start : start + CACHED_PAGE_SIZE]
    return {"count": await User.objects.acount(), "page": number, "results": await _rows(users)}


async def upstream_answer(request: HttpRequest) -> HttpResponse:
    """The answer of the upstream service."""
    asked = inputs.query(request, UpstreamQuery)
    return answer(await upstream.afetch(asked.delay_ms, shared=hasattr(request, "scope")))


async def stream(request: HttpRequest) -> StreamingHttpResponse:
    """Server-sent events."""
    asked = inputs.query(request, StreamQuery)
    return StreamingHttpResponse(streaming.aparts(asked.parts, asked.interval_ms), content_type=streaming.CONTENT_TYPE)


async def _rows(queryset: QuerySet[Any, T]) -> list[T]:
    return [row async for row in queryset]
