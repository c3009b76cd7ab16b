"""The resources that the application holds open while it runs: PostgreSQL, Redis and the upstream service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from fastapi import FastAPI, Request

from perfcompare.contract.fastapi.clients import POOL_SIZE, Clients, cache_client
from perfcompare.core import env
from perfcompare.core.limits import DATABASE_TIMEOUT_S
from perfcompare.work import upstream


@dataclass(frozen=True, kw_only=True)
class Resources(Clients):
    """The open clients, with asyncpg's pool."""

    database: asyncpg.Pool


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


def resources(request: Request) -> Resources:
    """The resources of the application that serves `request`."""
    held: Resources = request.app.state.resources
    return held
