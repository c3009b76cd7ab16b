"""People and what they have. Column defaults live in the database too, so that other programs can insert plain rows."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from users.dataset import MAX_NAME_LENGTH
from users.managers import UserManager
from users.querysets import PostQuerySet, UserQuerySet


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with an e-mail address."""

    name = models.CharField(max_length=MAX_NAME_LENGTH)
    email = models.EmailField("e-mail address", max_length=254, unique=True)
    is_active = models.BooleanField(
        "active", default=True, db_default=True, help_text="Inactive users cannot sign in. Better than deleting."
    )
    is_staff = models.BooleanField("staff", default=False, db_default=False, help_text="May sign in to the admin.")
    is_superuser = models.BooleanField("superuser", default=False, db_default=False, help_text="Has every permission.")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="users_user_newest")]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    def get_short_name(self) -> str:
        """What the admin greets with."""
        return self.name

    @property
    def metadata(self) -> dict[str, Any]:
        """The profile's metadata; empty without a profile."""
        try:
            metadata: dict[str, Any] = self.profile.metadata
        except ObjectDoesNotExist:
            return {}
        return metadata


class Profile(models.Model):
    """What a user says about themselves, and settings that programs keep for them."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="profile")
    bio = models.TextField(blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return f"Profile of user {self.user_id}"


class Address(models.Model):
    """A place where a user can be reached."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    street = models.CharField(max_length=200)
    city = models.CharField(max_length=100)
    country = models.CharField(max_length=100)

    class Meta:
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return f"{self.street}, {self.city}, {self.country}"


class Post(models.Model):
    """Something a user wrote."""

    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="posts")
    title = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    objects = PostQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-created_at", "-id"], name="users_post_newest")]

    def __str__(self) -> str:
        return self.title


class Seeding(models.Model):
    """The one row that says what the seeded rows were made from, and how they looked then."""

    count = models.PositiveIntegerField(default=0)
    seed = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    fingerprint = models.TextField()

    def __str__(self) -> str:
        return f"{self.count} users from seed {self.seed}"
