from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework import exceptions, negotiation, permissions, throttling, versioning
from rest_framework.authentication import BaseAuthentication
from rest_framework.response import Response
from rest_framework.views import APIView

from perfcompare.levers.lean_drf import initial
from perfcompare.levers.lean_drf.install import INSTALLATION
from tests.perfcompare.levers.lean_drf.conftest import lean

seen: list[str] = []


class Negotiates(negotiation.DefaultContentNegotiation):
    def select_renderer(self, *args: Any, **kwargs: Any) -> Any:
        seen.append("negotiation")
        return super().select_renderer(*args, **kwargs)


class Versions(versioning.URLPathVersioning):
    def determine_version(self, *args: Any, **kwargs: Any) -> Any:
        seen.append("version")
        return super().determine_version(*args, **kwargs)


class Authenticates(BaseAuthentication):
    def authenticate(self, request: object) -> None:
        seen.append("authentication")

    def authenticate_header(self, request: object) -> str:
        return "One"


class Refuses(BaseAuthentication):
    def authenticate(self, request: object) -> Any:
        raise exceptions.AuthenticationFailed("refused")


class Permits(permissions.BasePermission):
    def __init__(self) -> None:
        seen.append("made")

    def has_permission(self, request: object, view: object) -> bool:
        seen.append("permission")
        return True


class Denies(permissions.BasePermission):
    message = "Not you."
    code = "not_you"

    def has_permission(self, request: object, view: object) -> bool:
        return False


class Throttles(throttling.BaseThrottle):
    def allow_request(self, request: object, view: object) -> bool:
        seen.append("throttle")
        return False

    def wait(self) -> float:
        return 7


class View(APIView):
    content_negotiation_class: Any = Negotiates
    versioning_class: Any = Versions
    authentication_classes: Any = [Authenticates]
    permission_classes: Any = [Permits, Permits]
    throttle_classes: Any = []

    def get(self, request: Any, **kwargs: Any) -> Response:
        return Response({"version": request.version, "format": self.format_kwarg, "user": str(request.user), **kwargs})


class Plain(View):
    versioning_class = None
    permission_classes: Any = []


class Refused(View):
    authentication_classes = [Refuses]


class Denied(View):
    permission_classes = [Permits, Denies]


class Throttled(View):
    throttle_classes = [Throttles]


class Overriding(View):
    def get_permissions(self) -> Any:
        seen.append("own")
        return [Denies()]


class Unauthenticated(View):
    def perform_authentication(self, request: object) -> None:
        seen.append("later")


class Above(View):
    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        seen.append("above")
        super().initial(request, *args, **kwargs)


class OnInstance(View):
    def setup(self, *args: Any, **kwargs: Any) -> None:
        super().setup(*args, **kwargs)
        self.check_permissions = lambda request: seen.append("instance")  # type: ignore[method-assign]


VIEWS = (View, Plain, Refused, Denied, Throttled, Overriding, Unauthenticated, Above, OnInstance)


def answer(view: type[APIView], **kwargs: str) -> tuple[Any, ...]:
    seen.clear()
    response = view.as_view()(RequestFactory().get("/"), **kwargs)
    response.render()
    return response.status_code, [*response.items()], response.content, tuple(seen)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("kwargs", [{}, {"version": "v2"}, {"format": "json"}, {"format": "none"}])
def test_the_steps_come_in_the_order_of_drf(view: type[APIView], kwargs: dict[str, str]) -> None:
    expected = answer(view, **kwargs)
    with lean():
        assert answer(view, **kwargs) == expected


@pytest.mark.parametrize(
    ("view", "left"), [(View, 0), (Above, 0), (Overriding, 1), (Unauthenticated, 1), (OnInstance, 1)]
)
def test_a_view_with_a_step_of_its_own_is_left_to_drf(view: type[APIView], left: int) -> None:
    with lean():
        before = initial.INITIAL.tally.read()[1]
        answer(view)
        assert initial.INITIAL.tally.read()[1] - before == left


def test_a_step_that_somebody_replaces_later_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    with lean():
        answer(View)
        monkeypatch.setattr(APIView, "check_throttles", lambda self, request: seen.append("patched"))
        assert "patched" in answer(View)[3]


def test_it_is_a_part_of_the_lever() -> None:
    assert "initial" in INSTALLATION.parts
