"""Authentication with the tokens of Django REST framework, as in every stack."""

from __future__ import annotations

from django.http import HttpRequest
from rest_framework.authtoken.models import Token

from users.models import User


async def user_of(request: HttpRequest) -> User | None:
    """The active user who owns the request's token; None without a valid one."""
    match [word for word in request.headers.get("authorization", "").split(" ") if word]:
        case [scheme, key] if scheme.lower() == "token":
            return await _owner(key)
    return None


async def _owner(key: str) -> User | None:
    try:
        found = await Token.objects.select_related("user").aget(key=key)
    except Token.DoesNotExist:
        return None
    return found.user if found.user.is_active else None
