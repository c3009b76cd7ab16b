"""Django REST Framework's tokens: `Authorization: Token <key>`."""

from __future__ import annotations

from fastapi import HTTPException, Request
from fastapi.openapi.models import APIKey, APIKeyIn
from fastapi.security.base import SecurityBase

from perfcompare.stacks.fastapi import queries
from perfcompare.stacks.fastapi.models import UserOut
from perfcompare.stacks.fastapi.resources import resources


class TokenAuthentication(SecurityBase):
    """A dependency that returns the authenticated user. It adds a security scheme to the documentation."""

    def __init__(self) -> None:
        self.model = APIKey.model_validate(
            {"in": APIKeyIn.header, "name": "Authorization", "description": "`Token <key>`"}
        )
        self.scheme_name = "Token"

    async def __call__(self, request: Request) -> UserOut:
        """The user who owns the request's token. Answers 401 without a valid one."""
        user = await user_of(request)
        if user is None:
            raise HTTPException(401, "Send a valid token: Authorization: Token <key>", {"WWW-Authenticate": "Token"})
        return user


async def user_of(request: Request) -> UserOut | None:
    """The user who owns the request's token; None without a valid one."""
    match request.headers.getlist("authorization"):
        case [credentials]:
            match [word for word in credentials.split(" ") if word]:
                case [scheme, token] if scheme.lower() == "token":
                    return await queries.user_of_token(resources(request).database, token)
    return None
