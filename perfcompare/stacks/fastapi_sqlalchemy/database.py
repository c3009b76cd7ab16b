"""The engine with its pool, and the session of a request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import asyncpg
from fastapi import Depends, FastAPI, Request
from pydantic_core import from_json
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from perfcompare.contract.database_errors import AWAY
from perfcompare.contract.fastapi.clients import POOL_SIZE, Clients, cache_client
from perfcompare.core import env
from perfcompare.core.limits import DATABASE_TIMEOUT_S
from perfcompare.work import upstream

Sessions = async_sessionmaker[AsyncSession]


@dataclass(frozen=True, kw_only=True)
class Resources(Clients):
    """The open clients, with what makes sessions."""

    sessions: Sessions


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open everything, store it in `app.state.resources` while the application runs, and close it."""
    async with cache_client() as cache, upstream.new_session() as client:
        database = engine()
        sessions = async_sessionmaker(database, expire_on_commit=False)
        app.state.resources = Resources(sessions=sessions, cache=cache, upstream=client)
        try:
            yield
        finally:
            await database.dispose()


def engine() -> AsyncEngine:
    """The engine for DATABASE_URL. It opens connections on demand, so that the application starts without a
    database."""
    made = create_async_engine(
        "postgresql+asyncpg://",
        # asyncpg reads the URL itself: its forms of a URL are not SQLAlchemy's.
        async_creator=partial(
            asyncpg.connect, env.text("DATABASE_URL"), timeout=DATABASE_TIMEOUT_S, command_timeout=DATABASE_TIMEOUT_S
        ),
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=DATABASE_TIMEOUT_S,
        json_deserializer=from_json,
    )
    event.listen(made.sync_engine, "handle_error", _give_up)
    return made


def _give_up(context: ExceptionContext) -> BaseException | None:
    """asyncpg's own error where the database is away. The connection is closed at once: rolling back, or asking for its
    end, would wait for the database as long again."""
    cause = context.original_exception.__cause__ or context.original_exception
    if not isinstance(cause, AWAY):
        return None
    if context.connection is not None and not context.connection.invalidated:
        driver = context.connection.connection.driver_connection
        assert isinstance(driver, asyncpg.Connection)
        driver.terminate()
        context.is_disconnect = True
        # A slow statement says nothing about the other connections.
        context.invalidate_pool_on_disconnect = not isinstance(cause, TimeoutError)
    return cause


def resources(request: Request) -> Resources:
    """The resources of the application that serves `request`."""
    held: Resources = request.app.state.resources
    return held


async def session(request: Request) -> AsyncIterator[AsyncSession]:
    """A session for the request. It takes a connection from the pool with its first statement."""
    async with resources(request).sessions() as opened:
        yield opened


Session = Annotated[AsyncSession, Depends(session, scope="function")]
"""It ends before the answer is sent, so that a connection that breaks in the ROLLBACK is still answered with 503."""
