"""Whether a view's checks need no thread, and the authentication that makes it so."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from rest_framework import permissions
from rest_framework.authentication import BaseAuthentication, TokenAuthentication
from rest_framework.exceptions import APIException
from rest_framework.views import APIView

from perfcompare.levers._drf import trust
from perfcompare.levers._replacing import path_of
from perfcompare.levers.lean_drf import tokens

_CHECKS: Final = (
    *("perform_content_negotiation", "perform_authentication", "check_permissions", "check_throttles"),
    *("determine_version", "get_permissions", "get_throttles", "get_content_negotiator", "get_renderers"),
)
_OF_REQUEST: Final = ("user", "_authenticate", "_not_authenticated")
_TOKEN: Final = ("authenticate", "authenticate_credentials", "get_model")
PERMISSIONS: Final = frozenset(
    cls.has_permission
    for cls in (
        *(permissions.AllowAny, permissions.IsAuthenticated),
        *(permissions.IsAdminUser, permissions.IsAuthenticatedOrReadOnly),
    )
    if trust.is_own(cls, "has_permission")
)
"""What looks at the user and the method of a request, and at nothing else."""


class _Request(Protocol):
    """What a Request knows of who asks, which its stubs leave out."""

    authenticators: Sequence[BaseAuthentication]
    user: Any
    auth: Any
    _authenticator: object
    _authenticate: Callable[[], None]
    _not_authenticated: Callable[[], None]


async def is_ready(view: APIView, request: _Request) -> bool:
    """Whether `view.initial()` can run on the event loop; its authentication is then done, and comes out in there."""
    cls: Any = type(view)
    if _checking(cls, tuple(view.permission_classes), tuple(view.throttle_classes), view.versioning_class) is not None:
        return False
    if not trust.is_own(type(request), *_OF_REQUEST) or not all(map(_is_asynchronous, request.authenticators)):
        return False
    await _authenticate(request)
    return True


def objection(view: type[Any]) -> str | None:
    """Why the checks of views of that class run in a thread: the end of a sentence."""
    said = _checking(view, tuple(view.permission_classes), tuple(view.throttle_classes), view.versioning_class)
    for cls in view.authentication_classes:
        if said is None and not _is_asynchronous(cls()):
            said = f"its authenticator {path_of(cls)} is synchronous"
    return said


def _checking(
    view: type[Any], allowed: tuple[Any, ...], throttles: tuple[Any, ...], versioning: type[Any] | None
) -> str | None:
    """Which of its checks need a thread, if not those of its authenticators."""
    if throttles:
        return "it has throttles"
    said = trust.objection(view, *_CHECKS)
    if said is None and versioning is not None:
        said = trust.objection(versioning, "__init__", "determine_version")
    for permission in allowed:
        if said is None and getattr(permission, "has_permission", None) not in PERMISSIONS:
            said = f"its permission {_named(permission)} may ask the database"
    return said


def _named(permission: object) -> str:
    return path_of(permission) if isinstance(permission, type) else repr(permission)


def _is_asynchronous(authenticator: BaseAuthentication) -> bool:
    authenticate = type(authenticator).authenticate
    return (
        hasattr(authenticator, "aauthenticate")
        or inspect.iscoroutinefunction(authenticate)
        or (
            authenticate is TokenAuthentication.authenticate
            and trust.is_own(type(authenticator), *_TOKEN)
            and vars(authenticator).keys().isdisjoint(_TOKEN)
        )
        or authenticate.__module__ == "rest_framework.request"  # forced by a test client
    )


async def _authenticate(request: _Request) -> None:
    """Ask the authenticators in their order, as Request._authenticate does, and let `request` tell the outcome."""
    for authenticator in request.authenticators:
        try:
            answer = await _answer(authenticator, request)
        except APIException as error:
            request._authenticate = functools.partial(_refuse, request, error)
            return
        if answer is not None:
            request._authenticate = functools.partial(_accept, request, authenticator, answer)
            return
    request._authenticate = request._not_authenticated


async def _answer(authenticator: Any, request: Any) -> Any:
    if hasattr(authenticator, "aauthenticate"):
        return await authenticator.aauthenticate(request)
    if inspect.iscoroutinefunction(authenticator.authenticate):
        return await authenticator.authenticate(request)
    if isinstance(authenticator, TokenAuthentication):
        return await tokens.authenticate(authenticator, request)
    return authenticator.authenticate(request)


def _accept(request: _Request, authenticator: BaseAuthentication, answer: tuple[Any, Any]) -> None:
    request._authenticator = authenticator
    request.user, request.auth = answer


def _refuse(request: _Request, error: APIException) -> None:
    request._not_authenticated()
    raise error
