"""The user who asks."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ModelSerializer
from rest_framework.views import APIView

from people.models import Person


class PersonSerializer(ModelSerializer[Any]):
    class Meta:
        model = Person
        fields = ["id", "email", "city", "date_joined"]


class Me(APIView):
    permission_classes = [IsAuthenticated]
    serializer_class = PersonSerializer

    def get(self, request: Request) -> Response:
        return Response(PersonSerializer(request.user).data)
