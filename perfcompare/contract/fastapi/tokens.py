"""Django REST Framework's tokens: `Authorization: Token <key>`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from fastapi import HTTPException, Request
from fastapi.openapi.models import APIKey, APIKeyIn
from fastapi.security.base import SecurityBase


class Identified(Protocol):
    """A user, of whom only the id matters."""

    @property
    def id(self) -> int:
        """The primary key."""


UserOf = Callable[[Request], Awaitable[Identified | None]]
"""Finds the user who owns the request's token; None without a valid one."""


class TokenScheme(SecurityBase):
    """A security scheme for the documentation. Stacks make it a dependency that returns the authenticated user."""

    def __init__(self) -> None:
        self.model = APIKey.model_validate(
            {"in": APIKeyIn.header, "name": "Authorization", "description": "`Token <key>`"}
        )
        self.scheme_name = "Token"


def token(request: Request) -> str | None:
    """The key that the request sends; None without exactly one."""
    match request.headers.getlist("authorization"):
        case [credentials]:
            match [word for word in credentials.split(" ") if word]:
                case [scheme, key] if scheme.lower() == "token":
                    return key
    return None


def unauthorized() -> HTTPException:
    """401, to be raised."""
    return HTTPException(401, "Send a valid token: Authorization: Token <key>", {"WWW-Authenticate": "Token"})
