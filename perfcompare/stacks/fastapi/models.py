"""What comes in and what goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from annotated_types import MaxLen
from pydantic import BaseModel

from perfcompare.contract.pydantic_types import Email, Name, Tag
from perfcompare.core.limits import MAX_TAGS

Tags = Annotated[list[Tag], MaxLen(MAX_TAGS)]


class Message(BaseModel):
    """The constant answer."""

    message: str
    status: str


class UserIn(BaseModel):
    """A user to be made."""

    name: Name
    email: Email


class UserOut(BaseModel):
    """A user without what hangs on them."""

    id: int
    name: str
    email: str


class Address(BaseModel):
    """Where a user can be reached."""

    street: str
    city: str
    country: str


class UserWithAddresses(UserOut):
    """A user with what hangs on them."""

    created_at: datetime
    addresses: list[Address]
    metadata: dict[str, Any]


class UserPage(BaseModel):
    """Some users, and how many there are in all."""

    count: int
    results: list[UserWithAddresses]


class CachedPage(BaseModel):
    """A numbered page of users, and how many users there are in all."""

    count: int
    page: int
    results: list[UserOut]


class Items(BaseModel):
    """The query parameters, typed."""

    skip: int
    limit: int
    tags: list[str]


class Greeting(BaseModel):
    """Who is signed in."""

    user: str


class PostOut(BaseModel):
    """A post without its body."""

    id: int
    title: str
    author_id: int
    created_at: datetime


class Dashboard(BaseModel):
    """The newest users and posts, newest first, and how many there are."""

    users: list[UserOut]
    posts: list[PostOut]
    user_count: int
    post_count: int


class Primes(BaseModel):
    """The result of the heavy computation."""

    below: int
    primes: int
    largest: int
    checksum: int


class UpstreamReply(BaseModel):
    """What the upstream service answers."""

    delay_ms: int
    source: str
