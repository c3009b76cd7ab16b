"""The inputs and answers of the endpoints of the Ninja stacks, synchronous and asynchronous."""

from __future__ import annotations

from typing import Any

from ninja import Schema

from perfcompare.contract.ninja import Timestamp
from perfcompare.contract.pydantic_types import Email, Name


class Message(Schema):
    """The constant answer."""

    message: str
    status: str


class UserIn(Schema):
    """The fields of a new user. Every other field is ignored."""

    name: Name
    email: Email


class UserSummary(Schema):
    """A user without addresses and metadata."""

    id: int
    name: str
    email: str


class AddressOut(Schema):
    """A postal address of a user."""

    street: str
    city: str
    country: str


class UserOut(UserSummary):
    """A user with addresses and metadata."""

    created_at: Timestamp
    addresses: list[AddressOut]
    metadata: dict[str, Any]


class UserPage(Schema):
    """One page of users, with the count of all users."""

    count: int
    results: list[UserOut]


class Items(Schema):
    """The parsed query parameters."""

    skip: int
    limit: int
    tags: list[str]


class Protected(Schema):
    """The authenticated user."""

    user: str


class PostSummary(Schema):
    """A post without its text."""

    id: int
    title: str
    author_id: int
    created_at: Timestamp


class Dashboard(Schema):
    """The newest users and posts, with their counts."""

    users: list[UserSummary]
    posts: list[PostSummary]
    user_count: int
    post_count: int


class Primes(Schema):
    """The result of the heavy computation."""

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
    """The answer of the upstream service."""

    delay_ms: int
    source: str
