"""The endpoints. docs/async-drf.md says why they are written so, and what is better."""

from __future__ import annotations

from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from perfcompare.contract.drf import IdInPathMixin
from perfcompare.contract.drf_input import IntegerField
from perfcompare.core.limits import DEFAULT_DELAY_MS, MAX_DELAY_MS
from perfcompare.work import upstream
from users.models import User


class NaiveView(APIView):
    """A view whose answer is a coroutine. APIView awaits none, so the thread of the view waits for it."""

    def get(self, request: Request, **parameters: str) -> Response:
        """Run the coroutine on the event loop of the server."""
        return async_to_sync(self.answer)(request, **parameters)

    async def answer(self, request: Request, **parameters: str) -> Response:
        """The answer to GET."""
        raise NotImplementedError


class SimpleView(NaiveView):
    """The constant answer."""

    async def answer(self, request: Request, **parameters: str) -> Response:
        """Return the constant answer."""
        return Response({"message": "Hello World", "status": "success"})


class UserSerializer(serializers.ModelSerializer[User]):
    """A user without addresses and metadata."""

    class Meta:
        model = User
        fields = ["id", "name", "email"]


class UserDetailView(IdInPathMixin, NaiveView):
    """One user."""

    async def answer(self, request: Request, **parameters: str) -> Response:
        """Ask the ORM in a thread: that of the view, which waits for this coroutine."""
        try:
            user = await sync_to_async(User.objects.detail().get)(id=parameters["id"])
        except User.DoesNotExist as error:
            raise Http404 from error
        return Response(UserSerializer(user).data)


class DelayQuerySerializer(serializers.Serializer[Any]):
    """The parameter of `upstream`."""

    delay_ms = IntegerField(min_value=0, max_value=MAX_DELAY_MS, default=DEFAULT_DELAY_MS)


class UpstreamView(NaiveView):
    """The answer of the upstream service."""

    async def answer(self, request: Request, **parameters: str) -> Response:
        """Wait for it on the event loop, while the thread of the view waits for this coroutine."""
        query = DelayQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        # Under WSGI the event loop ends with the request, so the client must end too.
        shared = isinstance(request._request, ASGIRequest)
        return Response(await upstream.afetch(query.validated_data["delay_ms"], shared=shared))
