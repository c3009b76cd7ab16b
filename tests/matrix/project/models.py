"""Columns of the usual kinds, and relations in both directions."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=50)
    email = models.EmailField(unique=True)
    born = models.DateField(null=True)
    active = models.BooleanField(default=True)
    tags = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.name


class Profile(models.Model):
    author = models.OneToOneField(Author, models.CASCADE, related_name="profile")
    bio = models.TextField(blank=True)


class Book(models.Model):
    author = models.ForeignKey(Author, models.CASCADE, related_name="books", null=True)
    title = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    rating = models.FloatField(null=True)
    copies = models.BigIntegerField(default=0)
    lent_for = models.DurationField(null=True)
    bought_at = models.DateTimeField(null=True)
    code = models.UUIDField(null=True)


def fill() -> None:
    """The rows that every run begins with."""
    import datetime
    import decimal
    import uuid

    from rest_framework.authtoken.models import Token

    token: type[models.Model] = Token
    user = get_user_model().objects.create_user("ada", "ada@example.org", "secret")
    token.objects.create(user=user, key="0" * 40)
    for number in range(7):
        author = Author.objects.create(
            name=f"Author {number}",
            email=f"{number}@example.org",
            born=datetime.date(1900 + number, 1, 2) if number % 2 else None,
            tags=["a", {"b": number}],
        )
        if number % 3:
            Profile.objects.create(author=author, bio=f"Ünïcode {number} \u2028")
        for copy in range(number % 3):
            Book.objects.create(
                author=author,
                title=f"Book {number}-{copy}",
                price=decimal.Decimal(number) + decimal.Decimal("0.5"),
                rating=number / 3,
                copies=2**40 + copy,
                lent_for=datetime.timedelta(days=copy, seconds=5),
                bought_at=datetime.datetime(2024, 1 + number, 1, 12, 30, copy, 250, tzinfo=datetime.UTC),
                code=uuid.UUID(int=number),
            )
