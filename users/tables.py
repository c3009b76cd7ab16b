"""The seeded tables: what the dataset puts into each, and which of its rows are seeded ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from rest_framework.authtoken.models import Token

from users.dataset import ADDRESSES_PER_USER, MAX_COUNT, POSTS_PER_USER, TOKENS, Dataset
from users.models import Address, Post, Profile, User

Row = tuple[object, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """One seeded table."""

    model: type[models.Model]
    columns: tuple[str, ...]
    """What the values of a row are; the database fills in the other columns."""
    count: Callable[[Dataset], int]
    rows: Callable[[Dataset], Iterator[Row]]
    seeded: Callable[[], models.QuerySet[Any]]
    """The rows that seeding made; to be asked while their users are still there."""
    last_reserved: int | None
    """The largest id that is kept for seeding; None when the key is no number."""


def _users(dataset: Dataset) -> Iterator[Row]:
    return ((one.id, one.name, one.email, one.password, one.created_at) for one in dataset.users())


def _profiles(dataset: Dataset) -> Iterator[Row]:
    return ((one.id, one.id, one.bio, one.metadata) for one in dataset.users())


def _addresses(dataset: Dataset) -> Iterator[Row]:
    for user in dataset.users():
        for one in user.addresses:
            yield one.id, user.id, one.street, one.city, one.country


def _posts(dataset: Dataset) -> Iterator[Row]:
    return ((one.id, one.author_id, one.title, one.body, one.created_at) for one in dataset.posts())


def _tokens(dataset: Dataset) -> Iterator[Row]:
    owners = map(dataset.user, range(1, dataset.tokens_count + 1))
    return ((one.token, one.id, one.created_at) for one in owners)


TABLES: Final = (
    Table(
        model=User,
        columns=("id", "name", "email", "password", "created_at"),
        count=lambda dataset: dataset.count,
        rows=_users,
        seeded=lambda: User.objects.seeded(),
        last_reserved=MAX_COUNT,
    ),
    Table(
        model=Profile,
        columns=("id", "user_id", "bio", "metadata"),
        count=lambda dataset: dataset.count,
        rows=_profiles,
        seeded=lambda: Profile.objects.filter(id__lte=MAX_COUNT, user__in=User.objects.seeded()),
        last_reserved=MAX_COUNT,
    ),
    Table(
        model=Address,
        columns=("id", "user_id", "street", "city", "country"),
        count=lambda dataset: dataset.count * ADDRESSES_PER_USER,
        rows=_addresses,
        seeded=lambda: Address.objects.filter(id__lte=MAX_COUNT * ADDRESSES_PER_USER, user__in=User.objects.seeded()),
        last_reserved=MAX_COUNT * ADDRESSES_PER_USER,
    ),
    Table(
        model=Post,
        columns=("id", "author_id", "title", "body", "created_at"),
        count=lambda dataset: dataset.posts_count,
        rows=_posts,
        seeded=lambda: Post.objects.filter(id__lte=MAX_COUNT * POSTS_PER_USER, author__in=User.objects.seeded()),
        last_reserved=MAX_COUNT * POSTS_PER_USER,
    ),
    Table(
        model=Token,
        columns=("key", "user_id", "created"),
        count=lambda dataset: dataset.tokens_count,
        rows=_tokens,
        seeded=lambda: Token.objects.filter(user_id__lte=TOKENS, user__in=User.objects.seeded()),
        last_reserved=None,
    ),
)
