from __future__ import annotations

import asyncio
import functools
import threading
from typing import Any

import pytest
from adrf import generics
from adrf import views as adrf_views
from adrf.requests import AsyncRequest
from adrf.serializers import ModelSerializer
from adrf.views import APIView
from asgiref.sync import SyncToAsync, async_to_sync, sync_to_async
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponseBase
from django.test import AsyncRequestFactory
from rest_framework import authentication, exceptions, pagination, permissions, renderers, throttling
from rest_framework.authtoken.models import Token
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from perfcompare.levers.lean_drf import initial
from tests.perfcompare.levers.lean_drf.conftest import lean
from users.models import User

pytestmark = pytest.mark.django_db
FACTORY = AsyncRequestFactory()


class Name(ModelSerializer):  # type: ignore[misc]
    class Meta:
        model = User
        fields = ["name"]


class View(APIView):  # type: ignore[misc]
    renderer_classes: Any = [renderers.JSONRenderer]
    authentication_classes: Any = [authentication.TokenAuthentication]
    permission_classes: Any = []

    async def get(self, request: Any) -> Response:
        return Response(
            {
                "user": str(request.user),
                "auth": str(request.auth),
                "by": type(request.successful_authenticator).__name__,
            }
        )


class Closed(View):
    permission_classes = [permissions.IsAuthenticated]


class Sync(View):
    def get(self, request: Any) -> Response:  # type: ignore[override]
        return Response({"in the main thread": threading.current_thread() is threading.main_thread()})


class Own(permissions.BasePermission):
    def has_permission(self, request: Any, view: Any) -> bool:
        return User.objects.count() > 0


class OwnPermission(View):
    permission_classes = [Own]


class AsyncOwn(permissions.BasePermission):
    async def has_permission(self, request: Any, view: Any) -> bool:  # type: ignore[override]
        await asyncio.sleep(0)
        return False


class AsyncPermission(View):
    permission_classes = [AsyncOwn]


class Combined(View):
    permission_classes = [permissions.IsAuthenticated | permissions.IsAdminUser]


class Throttle(throttling.BaseThrottle):
    def allow_request(self, request: Any, view: Any) -> bool:
        return False


class Throttled(View):
    throttle_classes = [Throttle]


class Asking(View):
    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not User.objects.filter(name="Ada").exists():
            raise exceptions.NotFound


class Lazy(View):
    def perform_authentication(self, request: Any) -> None:
        pass

    async def get(self, request: Any) -> Response:
        return Response({})


class Asynchronous(authentication.BaseAuthentication):
    async def authenticate(self, request: Any) -> Any:  # type: ignore[override]
        await asyncio.sleep(0)
        if request.META.get("HTTP_AUTHORIZATION") == "bad":
            raise exceptions.AuthenticationFailed("bad")
        return None

    def authenticate_header(self, request: Any) -> str:
        return "Own"


class Several(View):
    authentication_classes = [Asynchronous, authentication.TokenAuthentication]


class Basic(View):
    authentication_classes = [authentication.BasicAuthentication]
    permission_classes = [permissions.IsAuthenticated]


class Keyword(authentication.TokenAuthentication):
    keyword = "Bearer"


class Bearer(View):
    authentication_classes = [Keyword]


class OfTenant(authentication.TokenAuthentication):
    """Stands for one that looks for a token where its tenant keeps them."""

    def authenticate_credentials(self, key: str) -> Any:
        token = Token.objects.using("default").select_related("user").filter(key=key).first()
        if token is None:
            raise exceptions.AuthenticationFailed("unknown here")
        return token.user, token


class Tenant(View):
    authentication_classes = [OfTenant]


class OfModel(authentication.TokenAuthentication):
    """Stands for one whose model depends on what a database says."""

    def get_model(self) -> Any:
        return Token if User.objects.exists() else None


class Model(View):
    authentication_classes = [OfModel]


class Lists(View):
    async def get(self, request: Any) -> Response:
        return Response(User.objects.order_by("id").values_list("name"))


class Detail(generics.RetrieveAPIView):  # type: ignore[misc]
    renderer_classes: Any = [renderers.JSONRenderer]
    authentication_classes: Any = []
    permission_classes: Any = []
    queryset = User.objects.all()
    serializer_class = Name
    lookup_field = "name"


class OwnObject(permissions.BasePermission):
    def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:
        return not User.objects.filter(name="Gone").exists()


class ClosedDetail(Detail):
    permission_classes = [OwnObject]


class Page(generics.ListAPIView):  # type: ignore[misc]
    renderer_classes: Any = [renderers.JSONRenderer]
    authentication_classes: Any = []
    permission_classes: Any = []
    queryset = User.objects.order_by("id")
    serializer_class = Name

    class pagination_class(pagination.LimitOffsetPagination):
        default_limit = 1


VIEWS = [
    *(
        View,
        Closed,
        Sync,
        OwnPermission,
        AsyncPermission,
        Combined,
        Throttled,
        Asking,
        Lazy,
        Several,
        Basic,
        Bearer,
        Tenant,
        Model,
        Lists,
    )
]
AUTHORIZATIONS = [
    "",
    "Token KEY",
    "Token bad",
    "Token",
    "Token a b",
    "Token \xff",
    "bad",
    "Bearer KEY",
    "Token INACTIVE",
]


@pytest.fixture
def _tokens() -> None:
    ada = User.objects.create_user(email="ada@example.org", name="Ada")
    gone = User.objects.create_user(email="gone@example.org", name="Gone", is_active=False)
    Token.objects.create(user=ada, key="KEY")
    Token.objects.create(user=gone, key="INACTIVE")


def _answer(cls: Any, authorization: str, arguments: dict[str, str] | None = None, **headers: str) -> Any:
    async def ask() -> Any:
        given = {**headers, **({"authorization": authorization} if authorization else {})}
        response = await cls.as_view()(FACTORY.get("/", headers=given), **(arguments or {}))
        content = response.content if response.is_rendered else None
        return response, content

    try:
        response, _ = async_to_sync(ask)()
        response.render()
    except Exception as error:
        return type(error), str(error)
    return response.status_code, dict(response.items()), response.content


@pytest.mark.usefixtures("_tokens")
@pytest.mark.parametrize("authorization", AUTHORIZATIONS)
@pytest.mark.parametrize("cls", VIEWS)
def test_a_view_answers_as_with_adrf(cls: type[View], authorization: str) -> None:
    stock = _answer(cls, authorization)
    refused = _answer(cls, authorization, accept="text/html")
    with lean():
        assert _answer(cls, authorization) == stock
        assert _answer(cls, authorization, accept="text/html") == refused


@pytest.mark.usefixtures("_tokens")
@pytest.mark.parametrize("name", ["Ada", "Nobody"])
@pytest.mark.parametrize("cls", [Detail, ClosedDetail, Page])
def test_a_generic_view_answers_as_with_adrf(cls: Any, name: str) -> None:
    stock = _answer(cls, "", {"name": name})
    with lean():
        assert _answer(cls, "", {"name": name}) == stock


@pytest.mark.usefixtures("_tokens")
@pytest.mark.parametrize(("cls", "hops"), [(View, 0), (Closed, 1), (Asking, 1), (Throttled, 1), (OwnPermission, 1)])
def test_threads_are_entered_only_where_needed(
    cls: type[View], hops: int, monkeypatch: pytest.MonkeyPatch, lever: None
) -> None:
    """A token takes one hop while the ORM is Django's own, for its query; without one there is nothing to ask."""
    counted: list[Any] = []
    original = SyncToAsync.__call__

    async def counting(self: Any, *args: Any, **kwargs: Any) -> Any:
        counted.append(self)
        return await original(self, *args, **kwargs)

    monkeypatch.setattr(SyncToAsync, "__call__", counting)
    _answer(cls, "Token KEY" if cls is Closed else "")
    assert len(counted) == hops


@pytest.mark.usefixtures("_tokens")
@pytest.mark.parametrize("cls", [Detail, Page])
def test_what_only_computes_takes_no_thread(cls: Any, monkeypatch: pytest.MonkeyPatch, lever: None) -> None:
    entered: list[str] = []
    original = SyncToAsync.__call__

    async def counting(self: Any, *args: Any, **kwargs: Any) -> Any:
        entered.append(getattr(self.func, "__name__", ""))
        return await original(self, *args, **kwargs)

    monkeypatch.setattr(SyncToAsync, "__call__", counting)
    assert _answer(cls, "", {"name": "Ada"})[0] == 200
    assert entered
    assert not {"check_object_permissions", "get_paginated_response"} & set(entered)


@pytest.mark.usefixtures("_tokens")
@pytest.mark.parametrize(
    ("cls", "left"), [(View, 0), (Closed, 0), (OwnPermission, 1), (AsyncPermission, 1), (Combined, 1)]
)
def test_checks_are_made_in_one_piece_where_none_may_have_to_be_awaited(cls: Any, left: int, lever: None) -> None:
    before = initial.INITIAL.tally.read()[1]
    _answer(cls, "Token KEY")
    assert initial.INITIAL.tally.read()[1] - before == left


def test_the_kind_of_a_view_is_looked_at_again_when_its_class_has_changed(
    monkeypatch: pytest.MonkeyPatch, lever: None
) -> None:
    class Changing(View):
        async def get(self, request: Any) -> Response:
            return Response("asynchronous")

    def answer() -> Any:
        view = Changing()
        view.setup(AsyncRequestFactory().get("/"))
        made = view.dispatch(view.request)

        async def awaited() -> Any:
            return await made

        return async_to_sync(awaited)().data if asyncio.iscoroutine(made) else made.data

    assert [answer(), answer()] == ["asynchronous"] * 2
    with monkeypatch.context() as patch:
        patch.setattr(Changing, "get", lambda _self, _request: Response("synchronous"))
        assert answer() == "synchronous"
        patch.setattr(Changing, "post", View.get, raising=False)
        with pytest.raises(ImproperlyConfigured):
            answer()
    assert answer() == "asynchronous"
    monkeypatch.setattr(Changing, "view_is_async", False)
    monkeypatch.setattr(Changing, "get", lambda _self, _request: Response("synchronous"))
    assert answer() == "synchronous"


def test_a_patch_of_the_name_that_adrf_enters_threads_by_is_called(
    monkeypatch: pytest.MonkeyPatch, lever: None
) -> None:
    called: list[Any] = []

    def patched(function: Any, *args: Any, **kwargs: Any) -> Any:
        called.append(function.__name__)
        return sync_to_async(function, *args, **kwargs)

    monkeypatch.setattr(adrf_views, "sync_to_async", patched)
    assert _answer(View, "")[0] == 200
    assert "initial" in called


def test_json_is_rendered_at_once(lever: None) -> None:
    async def ask() -> bool:
        response = await View.as_view()(FACTORY.get("/"))
        return bool(response.is_rendered)

    assert async_to_sync(ask)()


class _Waiting:
    def __init__(self, get_response: Any) -> None:
        pass

    def process_template_response(self, request: Any, response: Any) -> Any:
        return response


def test_a_middleware_that_waits_for_unrendered_responses_gets_them(lever: None, settings: Any) -> None:
    settings.MIDDLEWARE = [f"{__name__}._Waiting"]

    async def ask() -> bool:
        response = await View.as_view()(FACTORY.get("/"))
        return bool(response.is_rendered)

    assert not async_to_sync(ask)()


def test_an_authenticator_may_be_asked_asynchronously(lever: None) -> None:
    class Ready(authentication.BaseAuthentication):
        def authenticate(self, request: Any) -> Any:
            pytest.fail("asked in a thread")

        async def aauthenticate(self, request: Any) -> Any:
            return User(name="Ada", email="a@b.c"), None

    class Reading(View):
        authentication_classes = [Ready]

    assert b"Ada" in _answer(Reading, "")[2]


@pytest.mark.usefixtures("_tokens")
def test_an_authentication_that_is_patched_later_goes_to_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[Any] = []
    original = authentication.TokenAuthentication.authenticate_credentials

    @functools.wraps(original)
    def patched(self: Any, key: str) -> Any:
        threads.append(threading.current_thread())
        return original(self, key)

    with lean():
        expected = _answer(View, "Token KEY")
        monkeypatch.setattr(authentication.TokenAuthentication, "authenticate_credentials", patched)
        assert _answer(View, "Token KEY") == expected
    assert len(threads) == 1


def test_a_constructor_of_responses_that_is_patched_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    original = HttpResponseBase.__init__

    @functools.wraps(original)
    def patched(self: Any, *args: Any, **kwargs: Any) -> None:
        made.append(self)
        original(self, *args, **kwargs)

    with lean():
        Response({})
        monkeypatch.setattr(HttpResponseBase, "__init__", patched)
        Response({})
    assert len(made) == 1


def test_an_attribute_of_requests_that_is_patched_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    original = vars(Request)["__getattr__"]

    @functools.wraps(original)
    def patched(self: Any, name: str) -> Any:
        asked.append(name)
        return original(self, name)

    with lean():
        request = Request(FACTORY.get("/"))
        monkeypatch.setattr(Request, "__getattr__", patched)
        assert (request.method, request.headers.get("x"), request.path) == ("GET", None, "/")
    assert asked == ["method", "headers", "path"]


@pytest.mark.usefixtures("_tokens")
@pytest.mark.parametrize("owner", [Request, AsyncRequest], ids=str)
@pytest.mark.parametrize("name", ["_authenticate", "query_params", "user"])
def test_what_a_request_is_asked_is_asked_whenever_it_was_patched(
    owner: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    original = getattr(owner, name)
    get: Any = original.fget if isinstance(original, property) else original
    monkeypatch.setattr(api_settings, "URL_FORMAT_OVERRIDE", "format")

    def patched(self: Any) -> Any:
        asked.append(name)
        return get(self)

    def count() -> int:
        asked.clear()
        _answer(View, "Token KEY")
        return len(asked)

    with lean():
        _answer(View, "Token KEY")
    setter = original.fset if isinstance(original, property) else None
    monkeypatch.setattr(owner, name, property(patched, setter) if isinstance(original, property) else patched)
    expected = bool(count())
    with lean():
        count()  # what is remembered is remembered now
        assert bool(count()) == expected
