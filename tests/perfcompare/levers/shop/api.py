"""Serializers, views and operations, most of which leave something to stock."""

from __future__ import annotations

from typing import Any

from adrf.views import APIView
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django_filters import CharFilter, FilterSet
from ninja import Header, NinjaAPI, Schema
from pydantic import Field
from rest_framework import authentication, generics, negotiation, permissions, serializers, throttling
from rest_framework.response import Response

from tests.perfcompare.levers.shop.models import Author, Book


class BaseModelSerializer(serializers.ModelSerializer[Any]):
    @property
    def fields(self) -> Any:
        return super().fields


class AuthorSerializer(BaseModelSerializer):
    class Meta:
        model = Author
        fields = ("id", "name", "email")


class BookSerializer(BaseModelSerializer):
    class Meta:
        model = Book
        fields = ("id", "title")


class PlainSerializer(serializers.ModelSerializer[Any]):
    class Meta:
        model = Author
        fields = ("id", "name")


class WrappedSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()

    def to_representation(self, instance: Any) -> Any:
        return {"data": super().to_representation(instance)}


class KeyAuthentication(authentication.TokenAuthentication):
    def authenticate_credentials(self, key: str) -> Any:
        return AnonymousUser(), key


class IsOwner(permissions.BasePermission):
    def has_permission(self, request: Any, view: Any) -> bool:
        return True


class Negotiation(negotiation.DefaultContentNegotiation):
    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class Quick(APIView):  # type: ignore[misc]  # adrf has no types
    authentication_classes = (authentication.TokenAuthentication,)

    async def get(self, request: Any) -> Response:
        return Response({})


class Keyed(Quick):
    authentication_classes = (KeyAuthentication,)


class Owned(Quick):
    permission_classes = (IsOwner,)


class Throttled(Quick):
    throttle_classes = (throttling.AnonRateThrottle,)


class Authors(generics.ListCreateAPIView[Any]):
    queryset = Author._default_manager.all()
    serializer_class = AuthorSerializer
    content_negotiation_class = Negotiation

    def create(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)


class Shelf(CharFilter):  # type: ignore[misc]  # django-filter has no types
    def filter(self, qs: Any, value: Any) -> Any:
        return qs.exclude(title=value)


class BookFilter(FilterSet):  # type: ignore[misc]
    title = Shelf()
    author__name = CharFilter()


class SearchForm(forms.Form):
    pass


class AuthorFilter(FilterSet):  # type: ignore[misc]
    class Meta:
        model = Author
        fields = ("name",)
        form = SearchForm


class AuthorOut(Schema):
    id: int
    name: str


class AliasedOut(Schema):
    name: str = Field(alias="title")


api = NinjaAPI()


@api.get("/authors", response=list[AuthorOut])
def authors(request: Any, start: int = 0) -> Any:
    return Author._default_manager.all()[start:]


@api.get("/aliased", response=AliasedOut)
def aliased(request: Any) -> Any:
    return Author._default_manager.first()


@api.get("/own", response=AuthorOut)
def own(request: Any, response: HttpResponse) -> Any:
    return Author._default_manager.first()


@api.get("/headed", response=AuthorOut)
def headed(request: Any, agent: Header[str]) -> Any:
    return Author._default_manager.first()
