"""The endpoints."""

from __future__ import annotations

import asyncio
from typing import Any, Final, TypeVar, cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.cache import cache
from django.core.handlers.asgi import ASGIRequest
from django.db.models import Model, QuerySet
from django.shortcuts import aget_object_or_404
from dmr import Body, Path, Query

from perfcompare.contract import pydantic_inputs as inputs
from perfcompare.contract.together import together
from perfcompare.core.limits import CACHE_SECONDS, CACHED_PAGE_SIZE
from perfcompare.stacks.modern_rest import schemas
from perfcompare.stacks.modern_rest.auth import TokenAuth
from perfcompare.stacks.modern_rest.base import ContractController, refusals
from perfcompare.work import expensive, upstream
from users import generation
from users.models import Post, User

NEWEST: Final = 10
M = TypeVar("M", bound=Model)


class Simple(ContractController):
    """The constant answer."""

    async def get(self) -> schemas.Message:
        """Return the constant answer."""
        return {"message": "Hello World", "status": "success"}


class OneUser(ContractController):
    """One user."""

    responses = refusals(404, 422, 503)

    async def get(self, parsed_path: Path[inputs.UserPath]) -> schemas.UserSummary:
        """Look the user up."""
        user = await aget_object_or_404(User.objects.detail(), id=parsed_path.id)
        return schemas.UserSummary.model_validate(user)


class Users(ContractController):
    """Lists users in pages, and creates users."""

    responses = refusals(413, 415, 422, 503)

    async def get(self, parsed_query: Query[inputs.PageQuery]) -> schemas.UserPage:
        """A page of users with addresses and metadata."""
        users = User.objects.listing()[parsed_query.offset : parsed_query.offset + parsed_query.limit]
        count = await User.objects.acount()
        return schemas.UserPage(count=count, results=[schemas.UserOut.model_validate(user) async for user in users])

    async def post(self, parsed_body: Body[inputs.UserIn]) -> schemas.UserSummary:
        """Create a user. The database detects an e-mail address that is taken."""
        user = await sync_to_async(User.objects.create_user)(**parsed_body.model_dump())
        return schemas.UserSummary.model_validate(user)


class Items(ContractController):
    """The parsed query parameters."""

    responses = refusals(422)

    async def get(self, parsed_query: Query[schemas.ListedItemsQuery]) -> schemas.ListedItemsQuery:
        """Echo them."""
        return parsed_query


class Protected(ContractController):
    """The authenticated user."""

    responses = refusals(401, 503)
    auth = (TokenAuth(),)

    async def get(self) -> schemas.Protected:
        """Return the name of the token's owner."""
        user = cast("User", await self.request.auser())  # TokenAuth: not anonymous
        return {"user": user.name}


class Dashboard(ContractController):
    """The newest users and posts, with their counts."""

    responses = refusals(503)

    async def get(self) -> schemas.Dashboard:
        """Four queries."""
        # As Django's users write it. The ORM still runs the queries one after another, in one thread per request.
        users, posts, user_count, post_count = await together(
            rows(User.objects.newest(NEWEST)),
            rows(Post.objects.newest(NEWEST)),
            User.objects.acount(),
            Post.objects.acount(),
        )
        return schemas.Dashboard(users=users, posts=posts, user_count=user_count, post_count=post_count)


async def rows(queryset: QuerySet[M]) -> list[M]:
    """Fetch the rows of `queryset`."""
    return [row async for row in queryset]


class Expensive(ContractController):
    """The result of a heavy computation."""

    async def get(self) -> schemas.Primes:
        """Answer from the cache. Compute on a miss."""
        result: Any = await cache.aget(f"modern_rest:{settings.STACK_NAME}:expensive")
        if result is None:
            result = await asyncio.to_thread(expensive.compute)  # the event loop keeps answering meanwhile
            await cache.aset(f"modern_rest:{settings.STACK_NAME}:expensive", result, CACHE_SECONDS)
        return cast("schemas.Primes", result)


class CachedUsers(ContractController):
    """A page of users, cached until a user is written."""

    responses = refusals(422, 503)

    async def get(self, parsed_query: Query[inputs.CachedUsersQuery]) -> schemas.CachedUsers:
        """Answer from the cache. Query the database on a miss."""
        page = parsed_query.page
        # Read the generation before the rows: see users.generation.
        key = f"modern_rest:{settings.STACK_NAME}:users:{await generation.acurrent()}:{page}"
        body: schemas.CachedUsers | None = await cache.aget(key)
        if body is None:
            body = await users_page(page)
            await cache.aset(key, body, CACHE_SECONDS)
        return body


async def users_page(page: int) -> schemas.CachedUsers:
    """Page `page` (from 1) as plain values, which a cache can store."""
    start = (page - 1) * CACHED_PAGE_SIZE
    users = User.objects.summaries().values("id", "name", "email")[start : start + CACHED_PAGE_SIZE]
    results = [user async for user in users]
    return {"count": await User.objects.acount(), "page": page, "results": results}


class Upstream(ContractController):
    """The answer of the upstream service."""

    responses = refusals(422, 502, 504)

    async def get(self, parsed_query: Query[inputs.UpstreamQuery]) -> schemas.Upstream:
        """Forward the answer of the upstream service."""
        answer = await upstream.afetch(parsed_query.delay_ms, shared=isinstance(self.request, ASGIRequest))
        return cast("schemas.Upstream", answer)
