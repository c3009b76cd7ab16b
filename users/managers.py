"""How users are made: with an e-mail address instead of a user name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import BaseUserManager

if TYPE_CHECKING:
    from users.models import User


class UserManager(BaseUserManager["User"]):
    """What `createsuperuser` and the authentication back end ask for."""

    def create_user(self, email: str, name: str, password: str | None = None, **extra: Any) -> User:
        """A saved user; without a password no password fits. Raises ValueError without an e-mail address."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), name=name, password=make_password(password), **extra)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, name: str, password: str | None = None, **extra: Any) -> User:
        """A saved user who may do everything. Raises ValueError when told to be no staff or no superuser."""
        rights = {"is_staff": True, "is_superuser": True, **extra}
        if not (rights["is_staff"] and rights["is_superuser"]):
            raise ValueError("A superuser has is_staff and is_superuser.")
        return self.create_user(email, name, password, **rights)
