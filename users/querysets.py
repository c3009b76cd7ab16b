"""The named queries that every stack asks, so that the SQL is the same. All are lazy: sync and async use are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models

from users.dataset import EMAIL_DOMAIN, FIRST_FREE_ID

if TYPE_CHECKING:
    from users.models import Post, User  # noqa: F401 - for the type parameters


class UserQuerySet(models.QuerySet["User"]):
    """Queries on users."""

    def detail(self) -> Self:
        """Users with id, name and email only; `.detail().get(id=1)` is one statement."""
        return self.only("name", "email")

    def summaries(self) -> Self:
        """Users by id with id, name and email only, for pages without what hangs on a user."""
        return self.detail().order_by("id")

    def listing(self) -> Self:
        """Users by id with profile (joined) and addresses by id (one further statement): two statements in all."""
        address = apps.get_model("users", "Address")
        addresses = address.objects.order_by("id").only("user_id", "street", "city", "country")
        return (
            self.only("name", "email", "created_at", "profile__metadata")
            .select_related("profile")
            .prefetch_related(models.Prefetch("addresses", queryset=addresses))
            .order_by("id")
        )

    def newest(self, n: int) -> Self:
        """The n newest users, newest first, with id, name and email only."""
        return self.detail().order_by("-created_at", "-id")[:n]

    def seeded(self) -> Self:
        """Users that seeding made: an id that is reserved for it and an address at its domain."""
        return self.filter(id__lt=FIRST_FREE_ID, email__endswith=f"@{EMAIL_DOMAIN}")


class PostQuerySet(models.QuerySet["Post"]):
    """Queries on posts."""

    def newest(self, n: int) -> Self:
        """The n newest posts, newest first, without their bodies."""
        return self.only("title", "author_id", "created_at").order_by("-created_at", "-id")[:n]
