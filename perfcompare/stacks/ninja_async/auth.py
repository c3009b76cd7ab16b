"""Authentication with the tokens of Django REST framework, as in every stack."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer
from rest_framework.authtoken.models import Token

from users.models import User


class TokenAuth(HttpBearer):
    """`Authorization: Token <key>`."""

    openapi_scheme = "token"

    async def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The active user who owns `token`. Ninja answers 401 to None."""
        try:
            found = await Token.objects.select_related("user").aget(key=token.strip(" "))
        except Token.DoesNotExist:
            return None
        return found.user if found.user.is_active else None


class AuthenticatedRequest(HttpRequest):
    """A request that TokenAuth accepted."""

    auth: User
