"""How users are made: with an e-mail address instead of a user name."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, UNUSABLE_PASSWORD_SUFFIX_LENGTH, make_password
from django.contrib.auth.models import BaseUserManager

if TYPE_CHECKING:
    from users.models import User


class UserManager(BaseUserManager["User"]):
    """What `createsuperuser` and the authentication back end ask for."""

    def create_user(self, email: str, name: str, password: str | None = None, **extra: Any) -> User:
        """A saved user; without a password no password fits. Raises ValueError without an e-mail address."""
        return self.create(**self._fields(email, name, password), **extra)

    async def acreate_user(self, email: str, name: str, password: str | None = None, **extra: Any) -> User:
        """The same for asynchronous code; a password is hashed where it is called."""
        return await self.acreate(**self._fields(email, name, password), **extra)

    def _fields(self, email: str, name: str, password: str | None) -> dict[str, Any]:
        if not email:
            raise ValueError("A user needs an e-mail address.")
        stored = _unusable() if password is None else make_password(password)
        return {"email": self.normalize_email(email), "name": name, "password": stored}

    def create_superuser(self, email: str, name: str, password: str | None = None, **extra: Any) -> User:
        """A saved user who may do everything. Raises ValueError when told to be no staff or no superuser."""
        rights = {"is_staff": True, "is_superuser": True, **extra}
        if not (rights["is_staff"] and rights["is_superuser"]):
            raise ValueError("A superuser has is_staff and is_superuser.")
        return self.create_user(email, name, password, **rights)


def _unusable() -> str:
    """What make_password(None) gives, from one random number instead of one for each letter."""
    return UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(UNUSABLE_PASSWORD_SUFFIX_LENGTH * 3 // 4)
