"""Models for input and output."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from annotated_types import MaxLen
from pydantic import BaseModel

from perfcompare.contract.pydantic_types import Email, Name, Tag
from perfcompare.core.limits import MAX_TAGS

Tags = Annotated[list[Tag], MaxLen(MAX_TAGS)]


class Error(BaseModel):
    """Why a request was refused."""

    detail: str


class Invalid(Error):
    """The same, with sentences for each invalid field."""

    errors: dict[str, list[str]]


class Message(BaseModel):
    """The constant answer."""

    message: str
    status: str


class UserIn(BaseModel):
    """The fields of a new user."""

    name: Name
    email: Email


class UserOut(BaseModel):
    """A user without addresses and metadata."""

    id: int
    name: str
    email: str


class Address(BaseModel):
    """A postal address of a user."""

    street: str
    city: str
    country: str


class UserWithAddresses(UserOut):
    """A user with addresses and metadata."""

    created_at: datetime
    addresses: list[Address]
    metadata: dict[str, Any]


class UserPage(BaseModel):
    """One page of users, with the count of all users."""

    count: int
    results: list[UserWithAddresses]


class CachedPage(BaseModel):
    """A numbered page of users, with the count of all users."""

    count: int
    page: int
    results: list[UserOut]


class Items(BaseModel):
    """The parsed query parameters."""

    skip: int
    limit: int
    tags: list[str]


class Greeting(BaseModel):
    """The authenticated user."""

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
    """The answer of the upstream service."""

    delay_ms: int
    source: str
