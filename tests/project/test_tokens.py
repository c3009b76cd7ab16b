"""Libraries that sign tokens, as they are made, under names that nobody knows."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import signing
from django.http import HttpRequest
from django.urls import URLResolver, path
from django.urls.resolvers import RegexPattern
from ninja import NinjaAPI
from ninja.security import HttpBearer
from rest_framework.authentication import BaseAuthentication
from rest_framework.views import APIView

from perfcompare.project import tokens
from perfcompare.project.initial import urlconf

User: Any = get_user_model()
pytestmark = pytest.mark.django_db


class AccessToken:
    """As simplejwt's and ninja-jwt's."""

    def __init__(self, user: Any) -> None:
        self.content: dict[str, Any] = {"user": user.pk}

    @classmethod
    def for_user(cls, user: Any) -> AccessToken:
        return cls(user)

    def set_exp(self, lifetime: Any) -> None:
        self.content["exp"] = lifetime.total_seconds()

    def __str__(self) -> str:
        return signing.dumps(self.content)


class Writing(AccessToken):
    """Its token would be stored."""

    @classmethod
    def for_user(cls, user: Any) -> AccessToken:
        User.objects.filter(pk=user.pk).update(name="written")
        return cls(user)


def known(token: str) -> Any:
    content = signing.loads(token)
    assert content["exp"] == 24 * 3600
    return User.objects.get(pk=content["user"])


class Drf(BaseAuthentication):
    """Of DRF, with a header of its own."""

    def authenticate(self, request: Any) -> Any:
        word, _, token = request.META["HTTP_X_KEY"].partition(" ")
        assert word == "Pass"
        return known(token), None

    def authenticate_header(self, request: Any) -> str:
        return 'Pass realm="api"'


class OfProject(Drf):
    """A subclass, in the project."""


class Signing(BaseAuthentication):
    """As drf-jwt's: it makes and signs the payload itself."""

    @classmethod
    def jwt_create_payload(cls, user: Any) -> dict[str, Any]:
        return {"user": user.pk, "exp": 0}

    @classmethod
    def jwt_encode_payload(cls, payload: Any) -> str:
        return signing.dumps({**payload, "exp": str(payload["exp"])})

    def authenticate(self, request: Any) -> Any:
        word, _, token = request.META["HTTP_AUTHORIZATION"].partition(" ")
        assert word == "Bearer"
        return User.objects.get(pk=signing.loads(token)["user"]), None


class Refusing(Drf):
    """Takes nothing."""

    def authenticate(self, request: Any) -> Any:
        return None


class OfNinja(HttpBearer):
    """Of Ninja."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return known(token)


class Asynchronous(HttpBearer):
    """The same, as a coroutine."""

    async def authenticate(self, request: HttpRequest, token: str) -> Any:
        return SimpleNamespace(pk=signing.loads(token)["user"])


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Its tokens; the authenticators are in its module beside."""
    package, made, written = (ModuleType(name) for name in ("signs", "signs.tokens", "signs.settings"))
    vars(package)["__path__"] = []
    vars(made)["AccessToken"] = AccessToken
    vars(written)["api_settings"] = SimpleNamespace(AUTH_HEADER_NAME="HTTP_X_KEY")
    for one in (package, made, written):
        monkeypatch.setitem(sys.modules, one.__name__, one)
    for kind in (Drf, OfNinja, Asynchronous, Refusing):
        monkeypatch.setattr(kind, "__module__", "signs.authentication")
    return made


def offered(monkeypatch: pytest.MonkeyPatch, *patterns: Any) -> Any:
    """The token in a project with these routes, and its user."""
    root = URLResolver(RegexPattern("^/"), [*patterns])
    monkeypatch.setattr(urlconf, "get_resolver", lambda: root)
    user = User.objects.create(email="ada@shop.example", name="ada")
    return tokens.of(user), user


def view(kind: type[BaseAuthentication]) -> Any:
    return path("a/", APIView.as_view(authentication_classes=[kind]))


@pytest.mark.parametrize("kind", [Drf, OfProject])
def test_the_library_of_a_views_authenticator_makes_the_token_and_the_authenticator_names_the_header(
    monkeypatch: pytest.MonkeyPatch, library: Any, kind: type[BaseAuthentication]
) -> None:
    made, user = offered(monkeypatch, view(kind))
    [(name, value)] = made[0].items()
    word, _, token = value.partition(" ")
    assert (name, word, known(token)) == ("X-Key", "Pass", user)
    assert made[1] == "an access token of signs, valid for a day, signed here and stored nowhere"


def test_an_authenticator_that_signs_itself_makes_the_token(monkeypatch: pytest.MonkeyPatch, library: Any) -> None:
    made, user = offered(monkeypatch, view(Signing))
    word, _, token = made[0]["Authorization"].partition(" ")
    assert (word, signing.loads(token)["user"]) == ("Bearer", user.pk)


@pytest.mark.parametrize("kind", [OfNinja, Asynchronous])
def test_ninjas_authenticators_are_asked_too(
    monkeypatch: pytest.MonkeyPatch, library: Any, kind: type[HttpBearer]
) -> None:
    monkeypatch.setenv("NINJA_SKIP_REGISTRY", "1")
    api = NinjaAPI(auth=kind(), urls_namespace=kind.__name__)
    api.get("/a")(lambda request: {})
    made, user = offered(monkeypatch, path("api/", api.urls))
    word, _, token = made[0]["Authorization"].partition(" ")
    assert (word, known(token)) == ("Bearer", user)


def test_what_no_authenticator_takes_is_no_token(monkeypatch: pytest.MonkeyPatch, library: Any) -> None:
    assert offered(monkeypatch, view(Refusing))[0] is None


@pytest.mark.django_db(transaction=True)
def test_a_token_that_would_be_stored_is_not_made(monkeypatch: pytest.MonkeyPatch, library: Any) -> None:
    vars(library)["AccessToken"] = Writing
    made, user = offered(monkeypatch, view(Drf))
    user.refresh_from_db()
    assert (made, user.name) == (None, "ada")
