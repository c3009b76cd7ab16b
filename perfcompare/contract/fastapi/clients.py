"""The clients that every FastAPI stack holds open while it runs: Redis and the upstream service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import aiohttp
from fastapi import Request
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from perfcompare.core import env
from perfcompare.core.limits import CACHE_TIMEOUT_S

POOL_SIZE: Final = 20
"""Connections to PostgreSQL; as many as in the published comparison."""
CACHE_CONNECTIONS: Final = 50


@dataclass(frozen=True, kw_only=True)
class Clients:
    """The open clients, in `app.state.resources`. Each process has one of each; a stack adds its database."""

    cache: Redis
    upstream: aiohttp.ClientSession


def clients(request: Request) -> Clients:
    """The clients of the application that serves `request`."""
    held: Clients = request.app.state.resources
    return held


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
