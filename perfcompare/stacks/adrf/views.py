"""The endpoints."""

from __future__ import annotations

import asyncio
from typing import Any

from adrf import generics
from adrf.views import APIView
from django.conf import settings
from django.core.cache import cache
from django.core.handlers.asgi import ASGIRequest
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from perfcompare.contract.drf import BodyMixin, IdInPathMixin
from perfcompare.contract.together import together
from perfcompare.core.limits import CACHE_SECONDS, CACHED_PAGE_SIZE
from perfcompare.stacks.adrf.serializers import (
    DelayQuerySerializer,
    ItemsQuerySerializer,
    PageQuerySerializer,
    PostSerializer,
    UserPageSerializer,
    UserSerializer,
)
from perfcompare.work import expensive, upstream
from users import generation
from users.models import Post, User

NEWEST = 10


class SimpleView(APIView):  # type: ignore[misc]
    """The constant answer."""

    async def get(self, request: Request) -> Response:
        """Return the constant answer."""
        return Response({"message": "Hello World", "status": "success"})


class UserListView(BodyMixin, generics.ListCreateAPIView):  # type: ignore[misc]
    """Lists users in pages, and creates users."""

    refusals = (422, 503)
    queryset = User.objects.listing()

    def get_serializer_class(self) -> type[UserSerializer | UserPageSerializer]:
        """A page shows more fields of a user than a new user needs."""
        return UserSerializer if self.request.method == "POST" else UserPageSerializer


class UserDetailView(IdInPathMixin, generics.RetrieveAPIView):  # type: ignore[misc]
    """One user."""

    refusals = (404, 422, 503)
    queryset = User.objects.detail()
    serializer_class = UserSerializer
    lookup_field = "id"


class ItemsView(APIView):  # type: ignore[misc]
    """The parsed query parameters."""

    refusals = (422,)
    query_serializer_class = ItemsQuerySerializer

    async def get(self, request: Request) -> Response:
        """Validate and echo them."""
        query = ItemsQuerySerializer(data={**request.query_params.dict(), "tags": request.query_params.getlist("tags")})
        query.is_valid(raise_exception=True)
        return Response(query.validated_data)


class ProtectedView(APIView):  # type: ignore[misc]
    """The authenticated user."""

    refusals = (401, 503)
    permission_classes = [IsAuthenticated]

    async def get(self, request: Request) -> Response:
        """Return the name of the token's owner."""
        return Response({"user": request.user.name})  # type: ignore[union-attr] # IsAuthenticated: not anonymous


class DashboardView(APIView):  # type: ignore[misc]
    """The newest users and posts, with their counts."""

    refusals = (503,)

    async def get(self, request: Request) -> Response:
        """Run four queries at the same time."""
        users, posts, user_count, post_count = await together(
            UserSerializer(User.objects.newest(NEWEST), many=True).adata,
            PostSerializer(Post.objects.newest(NEWEST), many=True).adata,
            User.objects.acount(),
            Post.objects.acount(),
        )
        return Response({"users": users, "posts": posts, "user_count": user_count, "post_count": post_count})


class ExpensiveView(APIView):  # type: ignore[misc]
    """The result of a heavy computation."""

    async def get(self, request: Request) -> Response:
        """Answer from the cache. On a miss, compute in a thread, so that the event loop is free."""
        result = await cache.aget(f"adrf:{settings.STACK_NAME}:expensive")
        if result is None:
            result = await asyncio.to_thread(expensive.compute)
            await cache.aset(f"adrf:{settings.STACK_NAME}:expensive", result, CACHE_SECONDS)
        return Response(result)


class CachedUsersView(APIView):  # type: ignore[misc]
    """A page of users, cached until a user is written."""

    refusals = (422, 503)
    query_serializer_class = PageQuerySerializer

    async def get(self, request: Request) -> Response:
        """Answer from the cache. Query the database on a miss."""
        query = PageQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        page = query.validated_data["page"]
        # Read the generation before the rows: see users.generation.
        key = f"adrf:{settings.STACK_NAME}:users:{await generation.acurrent()}:{page}"
        answer = await cache.aget(key)
        if answer is None:
            answer = await self.page(page)
            await cache.aset(key, answer, CACHE_SECONDS)
        return Response(answer)

    async def page(self, number: int) -> dict[str, Any]:
        """Page `number` (from 1)."""
        start = (number - 1) * CACHED_PAGE_SIZE
        users = User.objects.summaries()[start : start + CACHED_PAGE_SIZE]
        results = await UserSerializer(users, many=True).adata
        return {"count": await User.objects.acount(), "page": number, "results": results}


class UpstreamView(APIView):  # type: ignore[misc]
    """The answer of the upstream service."""

    refusals = (422, 502, 504)
    query_serializer_class = DelayQuerySerializer

    async def get(self, request: Request) -> Response:
        """Forward the answer of the upstream service."""
        query = DelayQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        # Under WSGI the event loop ends with the request, so the client must end too.
        shared = isinstance(request._request, ASGIRequest)
        return Response(await upstream.afetch(query.validated_data["delay_ms"], shared=shared))
