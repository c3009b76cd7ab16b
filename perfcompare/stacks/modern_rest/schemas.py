"""The inputs and answers of the endpoints.

They use Pydantic, not msgspec, which django-modern-rest supports as well. msgspec stops at the first invalid field, but
the contract names all of them. msgspec still writes the JSON. TypedDict is for answers that are plain values already.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, ClassVar

from django.db.models import Manager
from pydantic import BaseModel, BeforeValidator, ConfigDict
from typing_extensions import TypedDict

from perfcompare.contract.pydantic_inputs import ItemsQuery


class Error(TypedDict):
    """Why a request was refused."""

    detail: str


class Invalid(Error):
    """The same, with sentences for each invalid field."""

    errors: dict[str, list[str]]


class ListedItemsQuery(ItemsQuery):
    """The parameters of `items`. The framework must read `tags` as a list."""

    __dmr_force_list__: ClassVar[frozenset[str]] = frozenset({"tags"})


class FromRow(BaseModel):
    """A model of an ORM object."""

    model_config = ConfigDict(from_attributes=True)


class UserSummary(FromRow):
    """A user without addresses and metadata."""

    id: int
    name: str
    email: str


class AddressOut(FromRow):
    """A postal address of a user."""

    street: str
    city: str
    country: str


def _all(related: Manager[Any]) -> Iterable[Any]:
    return related.all()


class UserOut(UserSummary):
    """A user with addresses and metadata."""

    created_at: datetime
    addresses: Annotated[list[AddressOut], BeforeValidator(_all)]
    metadata: dict[str, Any]


class UserPage(BaseModel):
    """One page of users, with the count of all users."""

    count: int
    results: list[UserOut]


class PostSummary(FromRow):
    """A post without its text."""

    id: int
    title: str
    author_id: int
    created_at: datetime


class Dashboard(BaseModel):
    """The newest users and posts, with their counts."""

    model_config = ConfigDict(from_attributes=True)

    users: list[UserSummary]
    posts: list[PostSummary]
    user_count: int
    post_count: int


class Message(TypedDict):
    """The constant answer."""

    message: str
    status: str


class Protected(TypedDict):
    """The authenticated user."""

    user: str


class Primes(TypedDict):
    """The result of the heavy computation."""

    below: int
    primes: int
    largest: int
    checksum: int


class UserRow(TypedDict):
    """A user without addresses and metadata, as a cache stores it."""

    id: int
    name: str
    email: str


class CachedUsers(TypedDict):
    """A cached page of users."""

    count: int
    page: int
    results: list[UserRow]


class Upstream(TypedDict):
    """The answer of the upstream service."""

    delay_ms: int
    source: str
