"""Who sends a request, by the token in it."""

from __future__ import annotations

from fastapi import Request

from perfcompare.contract.fastapi.models import UserOut
from perfcompare.contract.fastapi.tokens import TokenScheme, token, unauthorized
from perfcompare.stacks.fastapi import queries
from perfcompare.stacks.fastapi.resources import resources


class TokenAuthentication(TokenScheme):
    """A dependency that returns the authenticated user."""

    async def __call__(self, request: Request) -> UserOut:
        """The user who owns the request's token. Answers 401 without a valid one."""
        user = await user_of(request)
        if user is None:
            raise unauthorized()
        return user


async def user_of(request: Request) -> UserOut | None:
    """The user who owns the request's token; None without a valid one."""
    key = token(request)
    return None if key is None else await queries.user_of_token(resources(request).database, key)
