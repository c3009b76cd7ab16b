"""The endpoints."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import StreamingHttpResponse
from rest_framework import generics
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from perfcompare.contract.drf import BodyMixin, IdInPathMixin
from perfcompare.core.limits import CACHE_SECONDS, CACHED_PAGE_SIZE
from perfcompare.stacks.drf.serializers import (
    DelayQuerySerializer,
    ItemsQuerySerializer,
    PageQuerySerializer,
    PostSerializer,
    StreamQuerySerializer,
    UserPageSerializer,
    UserSerializer,
)
from perfcompare.work import expensive, streaming, upstream
from users import generation
from users.models import Post, User

NEWEST = 10


class SimpleView(APIView):
    """The constant answer."""

    def get(self, request: Request) -> Response:
        """Return the constant answer."""
        return Response({"message": "Hello World", "status": "success"})


class UserListView(BodyMixin, generics.ListCreateAPIView[User]):
    """Lists users in pages, and creates users."""

    refusals = (422, 503)
    queryset = User.objects.listing()

    def get_serializer_class(self) -> type[BaseSerializer[User]]:
        """A page shows more fields of a user than a new user needs."""
        return UserSerializer if self.request.method == "POST" else UserPageSerializer


class UserDetailView(IdInPathMixin, generics.RetrieveAPIView[User]):
    """One user."""

    refusals = (404, 422, 503)
    queryset = User.objects.detail()
    serializer_class = UserSerializer
    lookup_field = "id"


class ItemsView(APIView):
    """The parsed query parameters."""

    refusals = (422,)
    query_serializer_class = ItemsQuerySerializer

    def get(self, request: Request) -> Response:
        """Validate and echo them."""
        query = ItemsQuerySerializer(data={**request.query_params.dict(), "tags": request.query_params.getlist("tags")})
        query.is_valid(raise_exception=True)
        return Response(query.validated_data)


class ProtectedView(APIView):
    """The authenticated user."""

    refusals = (401, 503)
    permission_classes = [IsAuthenticated]

    def get(self, request: Request) -> Response:
        """Return the name of the token's owner."""
        return Response({"user": request.user.name})  # type: ignore[union-attr] # IsAuthenticated: not anonymous


class DashboardView(APIView):
    """The newest users and posts, with their counts."""

    refusals = (503,)

    def get(self, request: Request) -> Response:
        """Run four queries, one after another."""
        return Response(
            {
                "users": UserSerializer(User.objects.newest(NEWEST), many=True).data,
                "posts": PostSerializer(Post.objects.newest(NEWEST), many=True).data,
                "user_count": User.objects.count(),
                "post_count": Post.objects.count(),
            }
        )


class ExpensiveView(APIView):
    """The result of a heavy computation."""

    def get(self, request: Request) -> Response:
        """Answer from the cache. Compute on a miss."""
        return Response(cache.get_or_set(f"drf:{settings.STACK_NAME}:expensive", expensive.compute, CACHE_SECONDS))


class CachedUsersView(APIView):
    """A page of users, cached until a user is written."""

    refusals = (422, 503)
    query_serializer_class = PageQuerySerializer

    def get(self, request: Request) -> Response:
        """Answer from the cache. Query the database on a miss."""
        query = PageQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        page = query.validated_data["page"]
        # Read the generation before the rows: see users.generation.
        key = f"drf:{settings.STACK_NAME}:users:{generation.current()}:{page}"
        return Response(cache.get_or_set(key, lambda: self.page(page), CACHE_SECONDS))

    def page(self, number: int) -> dict[str, Any]:
        """Page `number` (from 1)."""
        start = (number - 1) * CACHED_PAGE_SIZE
        users = User.objects.summaries()[start : start + CACHED_PAGE_SIZE]
        return {"count": User.objects.count(), "page": number, "results": UserSerializer(users, many=True).data}


class UpstreamView(APIView):
    """The answer of the upstream service."""

    refusals = (422, 502, 504)
    query_serializer_class = DelayQuerySerializer

    def get(self, request: Request) -> Response:
        """Forward the answer of the upstream service."""
        query = DelayQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        return Response(upstream.fetch(query.validated_data["delay_ms"]))


class StreamView(APIView):
    """Server-sent events."""

    schema = None  # not a part of the contract

    def get(self, request: Request) -> StreamingHttpResponse:
        """Send the parts as they are made, by a thread that sleeps between them."""
        query = StreamQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        return StreamingHttpResponse(streaming.parts(**query.validated_data), content_type=streaming.CONTENT_TYPE)
