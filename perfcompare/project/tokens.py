"""A token of a user that the project's own authenticators take: one that is stored, or one that is signed here.

No library that signs is known by its name. Its classes make the token as they do for their own login, and the
authenticator is shown it before it is sent. Nothing is stored.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, Final

from asgiref.sync import async_to_sync
from django.apps import apps
from django.test import RequestFactory
from django.utils import timezone

from perfcompare.project.initial import urlconf
from perfcompare.project.initial.ids import reading_only

_LIFETIME: Final = timedelta(days=1)
"""Longer than any measurement."""
_HEADER: Final = "HTTP_AUTHORIZATION"
_KEYWORD: Final = "Bearer"
Made = tuple[Mapping[str, str], str]
"""Headers, and in words what they are."""


def authenticators() -> Sequence[Any]:
    """DRF's classes, those of its settings first, and Ninja's callables, as the URLconf has them."""
    found: list[Any] = []
    with suppress(ImportError):
        found += importlib.import_module("rest_framework.settings").api_settings.DEFAULT_AUTHENTICATION_CLASSES
    for view in urlconf.views():
        of_class = getattr(getattr(view, "cls", None), "authentication_classes", None) or ()
        found += getattr(view, "initkwargs", {}).get("authentication_classes", of_class)
        found += (one for operation in urlconf.operations(view) for one in operation.auth_callbacks)
    return [*{id(one): one for one in found}.values()]


def of(user: Any) -> Made | None:
    """The user's stored token, else the first that is signed here and taken; None where there is none."""
    known = authenticators()
    signed = ((one, made) for one in known for made in _signed(one, user))
    taken = (made for one, made in signed if _takes(one, made[0], user))
    return next(filter(None, (_stored(one, user) for one in known)), None) or next(taken, None)


def _stored(authenticator: Any, user: Any) -> Made | None:
    """Of rest_framework.authtoken."""
    if not apps.is_installed("rest_framework.authtoken"):
        return None
    from rest_framework.authentication import TokenAuthentication

    if not (isinstance(authenticator, type) and issubclass(authenticator, TokenAuthentication)):
        return None
    token: Any = authenticator().get_model()._default_manager.filter(user=user).first()
    return token and ({"Authorization": f"{authenticator.keyword} {token.key}"}, "the user's existing token")


def _signed(authenticator: Any, user: Any) -> Iterator[Made]:
    """Access tokens as the authenticator's library signs them."""
    kind = authenticator if isinstance(authenticator, type) else type(authenticator)
    packages = dict.fromkeys(one.__module__.rpartition(".")[0] for one in kind.__mro__)
    ways: Sequence[tuple[str, Callable[[], str]]] = [
        *((package, partial(_of_package, package, user)) for package in packages if package),
        (kind.__module__.rpartition(".")[0], partial(_of_payload, kind, user)),
    ]
    for package, make in ways:
        with suppress(Exception):  # another library, or code of the project
            name, keyword = _written(authenticator, package)
            with reading_only():
                token = make()
            said = f"an access token of {package.partition('.')[0]}, valid for a day, signed here and stored nowhere"
            yield {name: f"{keyword} {token}"}, said


def _of_package(package: str, user: Any) -> str:
    """As simplejwt, and what descends from it, has them beside its authenticators."""
    token = importlib.import_module(f"{package}.tokens").AccessToken.for_user(user)
    token.set_exp(lifetime=_LIFETIME)
    return str(token)


def _of_payload(kind: Any, user: Any) -> str:
    """As those of drf-jwt make and sign it themselves."""
    payload = {**kind.jwt_create_payload(user), "exp": timezone.now() + _LIFETIME}
    return str(kind.jwt_encode_payload(payload))


def _written(authenticator: Any, package: str) -> tuple[str, str]:
    """The name of the header, and the word before the token: what the authenticator asks a stranger for."""
    if not isinstance(authenticator, type):
        return authenticator.header, authenticator.openapi_scheme.title()
    name = _HEADER
    with suppress(ImportError, AttributeError):
        name = importlib.import_module(f"{package}.settings").api_settings.AUTH_HEADER_NAME
    asked = authenticator().authenticate_header(RequestFactory().get("/")) or _KEYWORD
    return name.removeprefix("HTTP_").replace("_", "-").title(), asked.partition(" ")[0]


def _takes(authenticator: Any, headers: Mapping[str, str], user: Any) -> bool:
    """Whether the authenticator knows the user by these headers."""
    request = RequestFactory().get("/", headers=dict(headers))
    with suppress(Exception), reading_only():  # code of the project
        if isinstance(authenticator, type):
            answer = authenticator().authenticate(importlib.import_module("rest_framework.request").Request(request))
        else:
            answer = authenticator(request)
        if inspect.isawaitable(answer):
            answer = async_to_sync(_awaited)(answer)
        found = answer[0] if isinstance(answer, tuple) else answer
        return str(getattr(found, "pk", None)) == str(user.pk)
    return False


async def _awaited(answer: Any) -> Any:
    return await answer
