"""The SQL, on the tables that Django migrated. Each function takes the pool and returns finished models.

Plain rows go into one `model_validate` per answer. This is a single pass in Rust, and cheaper than creating models one
by one.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
from pydantic_core import from_json

from perfcompare.contract.fastapi.models import CachedPage, Dashboard, UserIn, UserOut, UserPage
from perfcompare.core.limits import CACHED_PAGE_SIZE, DATABASE_TIMEOUT_S

NEWEST: Final = 10


@asynccontextmanager
async def _connection(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    # The pool's own shortcuts, such as pool.fetchrow, wait for a free connection without a time limit.
    async with pool.acquire(timeout=DATABASE_TIMEOUT_S) as connection:
        try:
            yield connection
        except TimeoutError:
            # Releasing it would wait for the cancellation of the statement, for as long again.
            connection.terminate()
            raise


async def _rows(pool: asyncpg.Pool, sql: str, *arguments: object) -> list[dict[str, Any]]:
    async with _connection(pool) as connection:
        return [dict(row) for row in await connection.fetch(sql, *arguments)]


async def _value(pool: asyncpg.Pool, sql: str) -> int:
    async with _connection(pool) as connection:
        value: int = await connection.fetchval(sql)
        return value


async def user_detail(pool: asyncpg.Pool, id: int) -> UserOut | None:
    """The user with that id, or None."""
    async with _connection(pool) as connection:
        row = await connection.fetchrow("SELECT id, name, email FROM users_user WHERE id = $1", id)
    return UserOut(**row) if row else None


async def user_list(pool: asyncpg.Pool, limit: int, offset: int) -> UserPage:
    """A page of users by id with metadata and addresses: three statements on one connection."""
    async with _connection(pool) as connection:
        count = await connection.fetchval("SELECT count(*) FROM users_user")
        users = await connection.fetch(
            "SELECT u.id, u.name, u.email, u.created_at, coalesce(p.metadata, '{}') AS metadata"
            " FROM users_user u LEFT JOIN users_profile p ON p.user_id = u.id ORDER BY u.id LIMIT $1 OFFSET $2",
            limit,
            offset,
        )
        addresses = await connection.fetch(
            "SELECT user_id, street, city, country FROM users_address WHERE user_id = ANY($1::bigint[]) ORDER BY id",
            [user["id"] for user in users],
        )
    return UserPage.model_validate({"count": count, "results": _nested(users, addresses)})


def _nested(users: list[asyncpg.Record], addresses: list[asyncpg.Record]) -> list[dict[str, Any]]:
    by_user: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for address in addresses:
        by_user[address["user_id"]].append(dict(address))
    return [
        {**user, "metadata": from_json(user["metadata"]), "addresses": by_user.get(user["id"], [])} for user in users
    ]


async def create_user(pool: asyncpg.Pool, user: UserIn) -> UserOut:
    """Create a user. Raises asyncpg.UniqueViolationError when the e-mail address is taken."""
    # Django treats a password that begins with "!" as unusable.
    unusable = "!" + secrets.token_urlsafe(30)
    async with _connection(pool) as connection:
        row = await connection.fetchrow(
            "INSERT INTO users_user (name, email, password) VALUES ($1, $2, $3) RETURNING id, name, email",
            user.name,
            user.email,
            unusable,
        )
    return UserOut(**row)


async def cached_page(pool: asyncpg.Pool, page: int) -> CachedPage:
    """Page `page` (from 1) of the users by id: two statements on one connection."""
    async with _connection(pool) as connection:
        count = await connection.fetchval("SELECT count(*) FROM users_user")
        users = await connection.fetch(
            "SELECT id, name, email FROM users_user ORDER BY id LIMIT $1 OFFSET $2",
            CACHED_PAGE_SIZE,
            (page - 1) * CACHED_PAGE_SIZE,
        )
    return CachedPage.model_validate({"count": count, "page": page, "results": [dict(user) for user in users]})


async def dashboard(pool: asyncpg.Pool) -> Dashboard:
    """The newest users and posts, and the counts: four statements at the same time, each on its own connection."""
    users, posts, user_count, post_count = await asyncio.gather(
        _rows(pool, "SELECT id, name, email FROM users_user ORDER BY created_at DESC, id DESC LIMIT $1", NEWEST),
        _rows(
            pool,
            "SELECT id, title, author_id, created_at FROM users_post ORDER BY created_at DESC, id DESC LIMIT $1",
            NEWEST,
        ),
        _value(pool, "SELECT count(*) FROM users_user"),
        _value(pool, "SELECT count(*) FROM users_post"),
    )
    return Dashboard.model_validate(
        {"users": users, "posts": posts, "user_count": user_count, "post_count": post_count}
    )


async def user_of_token(pool: asyncpg.Pool, token: str) -> UserOut | None:
    """The active user who owns that token, or None: one joined statement."""
    async with _connection(pool) as connection:
        row = await connection.fetchrow(
            "SELECT u.id, u.name, u.email FROM authtoken_token t JOIN users_user u ON u.id = t.user_id"
            " WHERE t.key = $1 AND u.is_active",
            token,
        )
    return UserOut(**row) if row else None
