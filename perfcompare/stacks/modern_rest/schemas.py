"""What the endpoints take and answer.

Pydantic and not msgspec, which django-modern-rest supports as well: msgspec stops at the first wrong field, and the
contract names them all. msgspec still writes the JSON. TypedDict is for answers that are plain values already.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, ClassVar

from django.db.models import Manager
from pydantic import BaseModel, BeforeValidator, ConfigDict
from typing_extensions import TypedDict

from perfcompare.contract.pydantic_inputs import ItemsQuery


class Error(TypedDict, total=False):
    """Why a request was refused; `errors` is there when its input is at fault."""

    detail: str
    errors: dict[str, list[str]]


class ListedItemsQuery(ItemsQuery):
    """The parameters of `items`. The framework must read `tags` as a list."""

    __dmr_force_list__: ClassVar[frozenset[str]] = frozenset({"tags"})


class FromRow(BaseModel):
    """Made from an object of the ORM."""

    model_config = ConfigDict(from_attributes=True)


class UserSummary(FromRow):
    """A user without what hangs on them."""

    id: int
    name: str
    email: str


class AddressOut(FromRow):
    """Where a user can be reached."""

    street: str
    city: str
    country: str


def _all(related: Manager[Any]) -> Iterable[Any]:
    return related.all()


class UserOut(UserSummary):
    """A user with what hangs on them."""

    created_at: datetime
    addresses: Annotated[list[AddressOut], BeforeValidator(_all)]
    metadata: dict[str, Any]


class UserPage(BaseModel):
    """Some of all users."""

    count: int
    results: list[UserOut]


class PostSummary(FromRow):
    """A post without its text."""

    id: int
    title: str
    author_id: int
    created_at: datetime


class Dashboard(BaseModel):
    """The newest, and how many there are."""

    model_config = ConfigDict(from_attributes=True)

    users: list[UserSummary]
    posts: list[PostSummary]
    user_count: int
    post_count: int


class Message(TypedDict):
    """A constant."""

    message: str
    status: str


class Protected(TypedDict):
    """Who asks."""

    user: str


class Primes(TypedDict):
    """What the heavy computation found."""

    below: int
    primes: int
    largest: int
    checksum: int


class UserRow(TypedDict):
    """A user without what hangs on them, as a cache can keep it."""

    id: int
    name: str
    email: str


class CachedUsers(TypedDict):
    """A cached page of users."""

    count: int
    page: int
    results: list[UserRow]


class Upstream(TypedDict):
    """What the upstream service says."""

    delay_ms: int
    source: str
