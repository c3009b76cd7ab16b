"""What the endpoints of the Ninja stacks take and answer, synchronous and asynchronous alike."""

from __future__ import annotations

from typing import Any

from ninja import Schema

from perfcompare.contract.ninja import Timestamp
from perfcompare.contract.pydantic_types import Email, Name


class Message(Schema):
    """A constant."""

    message: str
    status: str


class UserIn(Schema):
    """What makes a user; every other field is ignored."""

    name: Name
    email: Email


class UserSummary(Schema):
    """A user without what hangs on them."""

    id: int
    name: str
    email: str


class AddressOut(Schema):
    """Where a user can be reached."""

    street: str
    city: str
    country: str


class UserOut(UserSummary):
    """A user with what hangs on them."""

    created_at: Timestamp
    addresses: list[AddressOut]
    metadata: dict[str, Any]


class UserPage(Schema):
    """Some of all users."""

    count: int
    results: list[UserOut]


class Items(Schema):
    """Query parameters, as they were understood."""

    skip: int
    limit: int
    tags: list[str]


class Protected(Schema):
    """Who asks."""

    user: str


class PostSummary(Schema):
    """A post without its text."""

    id: int
    title: str
    author_id: int
    created_at: Timestamp


class Dashboard(Schema):
    """The newest, and how many there are."""

    users: list[UserSummary]
    posts: list[PostSummary]
    user_count: int
    post_count: int


class Primes(Schema):
    """What the heavy computation found."""

    below: int
    primes: int
    largest: int
    checksum: int


class CachedUsers(Schema):
    """A cached page of users."""

    count: int
    page: int
    results: list[UserSummary]


class Upstream(Schema):
    """What the upstream service says."""

    delay_ms: int
    source: str
