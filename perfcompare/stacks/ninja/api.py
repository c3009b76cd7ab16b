"""The endpoints."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import P, QueryEx

from perfcompare.contract import ninja_schemas as schemas
from perfcompare.contract.ninja import ContractAPI, refusals, throttles
from perfcompare.contract.pydantic_types import DelayMs, Limit, Offset, Page, RowId, Skip, Tag
from perfcompare.core.limits import CACHE_SECONDS, CACHED_PAGE_SIZE, DEFAULT_DELAY_MS, DEFAULT_LIMIT, MAX_TAGS
from perfcompare.stacks.ninja.auth import AuthenticatedRequest, TokenAuth
from perfcompare.work import expensive, upstream
from users import generation
from users.models import Post, User

api = ContractAPI(title="Users with Django Ninja", urls_namespace="ninja", throttle=throttles())


@api.get("simple", response=schemas.Message, openapi_extra=refusals())
def simple(request: HttpRequest) -> dict[str, str]:
    """The constant answer."""
    return {"message": "Hello World", "status": "success"}


@api.get("users/{id}", response=schemas.UserSummary, openapi_extra=refusals(404, 422, 503))
def user_detail(request: HttpRequest, id: RowId) -> User:
    """One user."""
    return get_object_or_404(User.objects.detail(), id=id)


@api.get("users", response=schemas.UserPage, openapi_extra=refusals(422, 503))
def user_list(request: HttpRequest, limit: Limit = DEFAULT_LIMIT, offset: Offset = 0) -> dict[str, Any]:
    """A page of users with addresses and metadata."""
    return {"count": User.objects.count(), "results": User.objects.listing()[offset : offset + limit]}


@api.post("users", response={201: schemas.UserSummary}, openapi_extra=refusals(413, 415, 422, 503))
def user_create(request: HttpRequest, payload: schemas.UserIn) -> User:
    """Create a user. The database detects an e-mail address that is taken."""
    return User.objects.create_user(**payload.dict())


@api.get("items", response=schemas.Items, openapi_extra=refusals(422))
def items(
    request: HttpRequest,
    skip: Skip = 0,
    limit: Limit = DEFAULT_LIMIT,
    tags: QueryEx[list[Tag], P(max_length=MAX_TAGS)] = [],  # noqa: B006 - pydantic copies defaults
) -> dict[str, Any]:
    """The parsed query parameters."""
    return {"skip": skip, "limit": limit, "tags": tags}


@api.get("protected", response=schemas.Protected, auth=TokenAuth(), openapi_extra=refusals(401, 503))
def protected(request: AuthenticatedRequest) -> dict[str, str]:
    """The name of the authenticated user."""
    return {"user": request.auth.name}


@api.get("dashboard", response=schemas.Dashboard, openapi_extra=refusals(503))
def dashboard(request: HttpRequest) -> dict[str, Any]:
    """The newest users and posts, with their counts."""
    return {
        "users": User.objects.newest(10),
        "posts": Post.objects.newest(10),
        "user_count": User.objects.count(),
        "post_count": Post.objects.count(),
    }


@api.get("expensive", response=schemas.Primes, openapi_extra=refusals())
def expensive_result(request: HttpRequest) -> Any:
    """The cached result of a heavy computation."""
    return cache.get_or_set(f"ninja:{settings.STACK_NAME}:expensive", expensive.compute, CACHE_SECONDS)


@api.get("cached-users", response=schemas.CachedUsers, openapi_extra=refusals(422, 503))
def cached_users(request: HttpRequest, page: Page = 1) -> Any:
    """A page of users, cached until a user is written."""
    # Read the generation before the rows: see users.generation.
    key = f"ninja:{settings.STACK_NAME}:users:{generation.current()}:{page}"
    return cache.get_or_set(key, lambda: users_page(page), CACHE_SECONDS)


def users_page(page: int) -> dict[str, Any]:
    """Page `page` (from 1) as plain values, which a cache can store."""
    start = (page - 1) * CACHED_PAGE_SIZE
    users = User.objects.summaries().values("id", "name", "email")[start : start + CACHED_PAGE_SIZE]
    return {"count": User.objects.count(), "page": page, "results": list(users)}


@api.get("upstream", response=schemas.Upstream, openapi_extra=refusals(422, 502, 504))
def upstream_answer(request: HttpRequest, delay_ms: DelayMs = DEFAULT_DELAY_MS) -> Any:
    """The answer of the upstream service."""
    return upstream.fetch(delay_ms)
