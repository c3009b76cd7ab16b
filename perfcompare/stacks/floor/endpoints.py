"""The endpoints of the contract by hand. Each returns the finished body; what is not valid fails somewhere.

Statements of one answer run on one connection, one after another: a connection for each would cost more than it saves.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl

import aiohttp
import asyncpg
import orjson
from yarl import URL

from perfcompare.core.limits import CACHE_SECONDS, CACHED_PAGE_SIZE, DEFAULT_DELAY_MS, DEFAULT_LIMIT
from perfcompare.stacks.floor.answers import Answer
from perfcompare.stacks.floor.cache import Cache
from perfcompare.stacks.floor.database import Database
from perfcompare.stacks.floor.refusals import NO_TOKEN, NO_USER, UPSTREAM_AWAY, UPSTREAM_LATE
from perfcompare.work import expensive as heavy
from perfcompare.work import upstream as service

Scope = MutableMapping[str, Any]
Endpoint = Callable[["Endpoints", Scope], Awaitable[bytes | Answer]]

PREFIX: Final = "/api/floor/"
GENERATION: Final = ":1:users:generation"
"""The key under which Django's cache stores the number that each written user increments (users/generation.py)."""

USER: Final = "SELECT id, name, email FROM users_user WHERE id = $1"
COUNT: Final = "SELECT count(*) FROM users_user"
PAGE: Final = (
    "SELECT u.id, u.name, u.email, u.created_at, coalesce(p.metadata, '{}') AS metadata"
    " FROM users_user u LEFT JOIN users_profile p ON p.user_id = u.id ORDER BY u.id LIMIT $1 OFFSET $2"
)
ADDRESSES: Final = (
    "SELECT user_id, street, city, country FROM users_address WHERE user_id = ANY($1::bigint[]) ORDER BY id"
)
CREATE: Final = "INSERT INTO users_user (name, email, password) VALUES ($1, $2, $3) RETURNING id, name, email"
OWNER: Final = (
    "SELECT u.name FROM authtoken_token t JOIN users_user u ON u.id = t.user_id WHERE t.key = $1 AND u.is_active"
)
NEWEST_USERS: Final = "SELECT id, name, email FROM users_user ORDER BY created_at DESC, id DESC LIMIT 10"
NEWEST_POSTS: Final = (
    "SELECT id, title, author_id, created_at FROM users_post ORDER BY created_at DESC, id DESC LIMIT 10"
)
POSTS: Final = "SELECT count(*) FROM users_post"
CACHED_PAGE: Final = "SELECT id, name, email FROM users_user ORDER BY id LIMIT $1 OFFSET $2"


class Endpoints:
    """All of them, with the clients that they ask. Each process has one."""

    def __init__(self, database: Database, cache: Cache, upstream: aiohttp.ClientSession) -> None:
        self._database = database
        self._cache = cache
        self._upstream = upstream

    async def user_detail(self, id: str) -> bytes | Answer:
        """One user."""
        found = await self._database.row(USER, int(id))
        return NO_USER if found is None else orjson.dumps(dict(found))

    async def user_list(self, scope: Scope) -> bytes:
        """A page of users with addresses and metadata: three statements."""
        given = dict(_pairs(scope))
        limit, offset = int(given.get("limit", DEFAULT_LIMIT)), int(given.get("offset", 0))
        connection = await self._database.acquire()
        try:
            count = await connection.number(COUNT)
            users = await connection.rows(PAGE, limit, offset)
            addresses = await connection.rows(ADDRESSES, [id for id, *_ in users])
        finally:
            self._database.release(connection)
        return orjson.dumps({"count": count, "results": _nested(users, addresses)}, option=orjson.OPT_UTC_Z)

    async def user_create(self, body: bytes) -> bytes:
        """Create a user. It invalidates every cached page of users."""
        given = orjson.loads(body)
        name, (local, domain) = given["name"].strip(), given["email"].rsplit("@", 1)
        # Django treats a password that begins with "!" as unusable.
        found = await self._database.row(CREATE, name, f"{local}@{domain.lower()}", "!" + secrets.token_urlsafe(30))
        await self._cache.ask("INCR", GENERATION)
        return orjson.dumps(dict(found or ()))

    async def items(self, scope: Scope) -> bytes:
        """The parsed query parameters."""
        pairs = _pairs(scope)
        given = dict(pairs)
        tags = [value for name, value in pairs if name == "tags"]
        return orjson.dumps(
            {"skip": int(given.get("skip", 0)), "limit": int(given.get("limit", DEFAULT_LIMIT)), "tags": tags}
        )

    async def protected(self, scope: Scope) -> bytes | Answer:
        """The name of the token's owner. The database decides what is a token."""
        values = [value for name, value in scope["headers"] if name == b"authorization"]
        if len(values) != 1 or values[0][:6].lower() != b"token ":
            return NO_TOKEN
        found = await self._database.row(OWNER, values[0][6:].strip(b" ").decode("latin-1"))
        return NO_TOKEN if found is None else orjson.dumps({"user": found[0]})

    async def dashboard(self, _scope: Scope) -> bytes:
        """The newest users and posts, with their counts: four statements."""
        connection = await self._database.acquire()
        try:
            found = {
                "users": [dict(row) for row in await connection.rows(NEWEST_USERS)],
                "posts": [dict(row) for row in await connection.rows(NEWEST_POSTS)],
                "user_count": await connection.number(COUNT),
                "post_count": await connection.number(POSTS),
            }
        finally:
            self._database.release(connection)
        return orjson.dumps(found, option=orjson.OPT_UTC_Z)

    async def expensive(self, _scope: Scope) -> bytes:
        """The cached result of a heavy computation."""
        body: bytes | None = await self._cache.ask("GET", "floor:expensive")
        if body is None:
            body = orjson.dumps(heavy.compute())
            await self._cache.ask("SET", "floor:expensive", body, "EX", CACHE_SECONDS)
        return body

    async def cached_users(self, scope: Scope) -> bytes:
        """A page of 100 users, cached with the generation of users that it was made in: one command asks for both."""
        page = int(dict(_pairs(scope)).get("page", 1))
        key = f"floor:users:{page}"
        found = await self._cache.ask("MGET", GENERATION, key)
        generation, kept = found or (None, None)
        made_in = b"%b " % (generation or b"0")
        if kept is not None and kept.startswith(made_in):
            return bytes(kept[len(made_in) :])
        connection = await self._database.acquire()
        try:
            count = await connection.number(COUNT)
            users = await connection.rows(CACHED_PAGE, CACHED_PAGE_SIZE, (page - 1) * CACHED_PAGE_SIZE)
        finally:
            self._database.release(connection)
        body = orjson.dumps({"count": count, "page": page, "results": [dict(user) for user in users]})
        if found is not None:  # without a generation nobody could tell when it is no longer right
            await self._cache.ask("SET", key, made_in + body, "EX", CACHE_SECONDS)
        return body

    async def upstream(self, scope: Scope) -> bytes | Answer:
        """The answer of the upstream service, as it came."""
        delay_ms = int(dict(_pairs(scope)).get("delay_ms", DEFAULT_DELAY_MS))
        try:
            async with self._upstream.get(_delayed(delay_ms)) as reply:
                return await reply.read()
        except TimeoutError:
            return UPSTREAM_LATE
        except aiohttp.ClientError:
            return UPSTREAM_AWAY


BY_PATH: Final[Mapping[str, Endpoint]] = {
    f"{PREFIX}users": Endpoints.user_list,
    f"{PREFIX}items": Endpoints.items,
    f"{PREFIX}protected": Endpoints.protected,
    f"{PREFIX}dashboard": Endpoints.dashboard,
    f"{PREFIX}expensive": Endpoints.expensive,
    f"{PREFIX}cached-users": Endpoints.cached_users,
    f"{PREFIX}upstream": Endpoints.upstream,
}


@lru_cache(maxsize=64)
def _delayed(delay_ms: int) -> URL:
    return URL(service.address()).with_query(delay_ms=delay_ms)


def _pairs(scope: Scope) -> Iterable[tuple[str, str]]:
    """The query parameters. urllib's parser takes several times as long, and only escapes need it."""
    query = scope["query_string"].decode(errors="replace")
    if "%" in query or "+" in query:
        return parse_qsl(query, keep_blank_values=True)
    return [(name, value) for name, _, value in [pair.partition("=") for pair in query.split("&")]]


def _nested(users: list[asyncpg.Record], addresses: list[asyncpg.Record]) -> list[dict[str, Any]]:
    by_user: dict[int, list[dict[str, str]]] = {}
    found = []
    for id, name, email, created_at, metadata in users:
        own = by_user[id] = []
        found.append(
            {
                "id": id,
                "name": name,
                "email": email,
                "created_at": created_at,
                "addresses": own,
                "metadata": orjson.Fragment(metadata),
            }
        )
    for user_id, street, city, country in addresses:
        by_user[user_id].append({"street": street, "city": city, "country": country})
    return found
