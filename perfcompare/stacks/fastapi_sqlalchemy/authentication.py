"""Who sends a request, by the token in it."""

from __future__ import annotations

from fastapi import Request

from perfcompare.contract.fastapi.tokens import TokenScheme, token, unauthorized
from perfcompare.stacks.fastapi_sqlalchemy import queries
from perfcompare.stacks.fastapi_sqlalchemy.database import Session, resources
from perfcompare.stacks.fastapi_sqlalchemy.tables import User


class TokenAuthentication(TokenScheme):
    """A dependency that returns the authenticated user."""

    async def __call__(self, request: Request, session: Session) -> User:
        """The user who owns the request's token. Answers 401 without a valid one."""
        key = token(request)
        user = None if key is None else await queries.user_of_token(session, key)
        if user is None:
            raise unauthorized()
        return user


async def user_of(request: Request) -> User | None:
    """The user who owns the request's token; None without a valid one."""
    key = token(request)
    if key is None:
        return None
    async with resources(request).sessions() as session:
        return await queries.user_of_token(session, key)
