"""Ninja's operations."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

from ninja import NinjaAPI, Schema
from ninja.security import HttpBearer

from tests.matrix.project.models import Author, Book

# Ninja and pydantic read these annotations when the classes are made.
api = NinjaAPI()


class Bearer(HttpBearer):
    def authenticate(self, request: Any, token: str) -> Any:
        return token if token == "open" else None


class BookOut(Schema):
    id: int
    title: str
    price: decimal.Decimal
    rating: float | None = None
    bought_at: datetime.datetime | None = None


class AuthorOut(Schema):
    id: int
    name: str
    email: str
    tags: list[Any]


class WholeAuthorOut(AuthorOut):
    books: list[BookOut]


class AuthorIn(Schema):
    name: str
    email: str


@api.get("/authors", response=list[AuthorOut])
def authors(request: Any, start: int = 0, limit: int = 3) -> Any:
    return Author.objects.order_by("id")[start : start + limit]


@api.get("/whole-authors", response=list[WholeAuthorOut])
def whole_authors(request: Any) -> Any:
    return Author.objects.prefetch_related("books").order_by("id")


@api.get("/authors/{number}", response={200: AuthorOut, 404: AuthorIn})
def author(request: Any, number: int) -> Any:
    return 200, Author.objects.get(pk=number)


@api.post("/authors", response={201: AuthorOut}, auth=Bearer())
def create(request: Any, data: AuthorIn) -> Any:
    return 201, Author.objects.create(**data.dict())


@api.get("/async-books", response=list[BookOut])
async def books(request: Any) -> Any:
    return [one async for one in Book.objects.order_by("id")]


@api.get("/async-books/{number}", response=BookOut, auth=Bearer())
async def book(request: Any, number: int) -> Any:
    return await Book.objects.aget(pk=number)
