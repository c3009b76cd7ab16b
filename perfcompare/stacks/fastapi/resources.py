"""The resources that the application holds open while it runs: PostgreSQL, Redis and the upstream service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp
import asyncpg
from fastapi import FastAPI, Request
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from perfcompare.core import env
from perfcompare.core.limits import CACHE_TIMEOUT_S, DATABASE_TIMEOUT_S
from perfcompare.work import upstream

POOL_SIZE: Final = 20
"""Connections to PostgreSQL; as many as in the published comparison."""
CACHE_CONNECTIONS: Final = 50


@dataclass(frozen=True, kw_only=True)
class Resources:
    """The open clients. Each process has one of each."""

    database: asyncpg.Pool
    cache: Redis
    upstream: aiohttp.ClientSession


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open everything, store it in `app.state.resources` while the application runs, and close it."""
    async with database_pool() as database, cache_client() as cache, upstream.new_session() as session:
        app.state.resources = Resources(database=database, cache=cache, upstream=session)
        yield


def database_pool() -> asyncpg.Pool:
    """The pool for DATABASE_URL. It opens connections on demand, so that the application starts without a database."""
    return asyncpg.create_pool(
        env.text("DATABASE_URL"),
        min_size=0,
        max_size=POOL_SIZE,
        timeout=DATABASE_TIMEOUT_S,
        command_timeout=DATABASE_TIMEOUT_S,
    )


def cache_client() -> Redis:
    """A client of REDIS_URL with short timeouts, because an answer without the cache must not wait for it."""
    # The default pool raises an error when its connections are all in use; this one waits for the next.
    pool = BlockingConnectionPool.from_url(
        env.text("REDIS_URL"),
        max_connections=CACHE_CONNECTIONS,
        timeout=CACHE_TIMEOUT_S,
        socket_timeout=CACHE_TIMEOUT_S,
        socket_connect_timeout=CACHE_TIMEOUT_S,
        retry=Retry(NoBackoff(), retries=0),
    )
    return Redis.from_pool(pool)


def resources(request: Request) -> Resources:
    """The resources of the application that serves `request`."""
    held: Resources = request.app.state.resources
    return held
