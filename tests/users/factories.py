"""Short ways to make what the tests of users need."""

from __future__ import annotations

from users.models import User


def make_user(email: str = "ada@people.example", name: str = "Ada") -> User:
    """A saved user as people make them."""
    return User.objects.create_user(email, name)
