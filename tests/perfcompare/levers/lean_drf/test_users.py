from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from perfcompare.levers.lean_drf.install import INSTALLATION


class _Answers(BaseAuthentication):
    def __init__(self, answer: Callable[[], Any]) -> None:
        self._answer = answer
        self.asked = 0

    def authenticate(self, request: Request) -> Any:
        self.asked += 1
        return self._answer()


@pytest.fixture(params=["lever", "stock"])
def _both(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.param == "lever":
        INSTALLATION.install("users")
    yield
    INSTALLATION.uninstall("users")


def _request(answer: Callable[[], Any]) -> tuple[Request, _Answers]:
    authenticator = _Answers(answer)
    return Request(RequestFactory().get("/"), authenticators=[authenticator]), authenticator


def _raise(error: Exception) -> Any:
    raise error


@pytest.mark.usefixtures("_both")
def test_the_authenticator_is_asked_once() -> None:
    request, authenticator = _request(lambda: ("somebody", "token"))
    assert [str(request.user), str(request.user), str(request.auth)] == ["somebody", "somebody", "token"]
    assert authenticator.asked == 1


@pytest.mark.usefixtures("_both")
def test_a_user_who_was_set_is_kept() -> None:
    request, authenticator = _request(lambda: None)
    request.user = "set"  # type: ignore[assignment]
    assert str(request.user) == "set"
    assert authenticator.asked == 0
    assert request._request.user == "set"  # type: ignore[comparison-overlap]


@pytest.mark.usefixtures("_both")
def test_a_user_behind_the_request_is_known() -> None:
    request, authenticator = _request(lambda: None)
    request._request._user = "behind"  # type: ignore[attr-defined]
    assert str(request.user) == "behind"
    assert authenticator.asked == 0


@pytest.mark.usefixtures("_both")
def test_a_bug_in_an_authenticator_is_seen() -> None:
    request, _ = _request(lambda: _raise(AttributeError("a bug")))
    with pytest.raises(Exception, match="a bug") as caught:
        assert request.user
    assert type(caught.value).__name__ == "WrappedAttributeError"


@pytest.mark.usefixtures("_both")
def test_a_refusal_is_raised() -> None:
    request, _ = _request(lambda: _raise(AuthenticationFailed()))
    with pytest.raises(AuthenticationFailed):
        assert request.user
