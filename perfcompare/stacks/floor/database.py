"""Connections to PostgreSQL with their prepared statements.

asyncpg's own pool sends a statement to reset a connection each time it takes it back. Nothing here leaves a connection
changed, so this one keeps connections as they are.
"""

from __future__ import annotations

import asyncio
from typing import Final

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from perfcompare.core.limits import DATABASE_TIMEOUT_S

CONNECTIONS: Final = 20
"""As many as the pools of the other asynchronous stacks have."""


class Connection:
    """One connection. It prepares each statement once."""

    def __init__(self, raw: asyncpg.Connection) -> None:
        self.raw = raw
        self._prepared: dict[str, PreparedStatement] = {}

    async def rows(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        """All rows of the result."""
        prepared = self._prepared.get(sql) or await self._prepare(sql)
        found: list[asyncpg.Record] = await prepared.fetch(*arguments)
        return found

    async def row(self, sql: str, *arguments: object) -> asyncpg.Record | None:
        """The first row of the result, or None."""
        prepared = self._prepared.get(sql) or await self._prepare(sql)
        return await prepared.fetchrow(*arguments)

    async def number(self, sql: str) -> int:
        """The first value of the first row."""
        prepared = self._prepared.get(sql) or await self._prepare(sql)
        found: int = await prepared.fetchval()
        return found

    async def _prepare(self, sql: str) -> PreparedStatement:
        prepared = self._prepared[sql] = await self.raw.prepare(sql)
        return prepared


class Database:
    """Up to CONNECTIONS of them, opened when they are needed. The one that was used last is used next."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._free: list[Connection] = []
        self._places = asyncio.Semaphore(CONNECTIONS)

    async def acquire(self) -> Connection:
        """A connection, which must be released."""
        await self._places.acquire()
        while self._free:
            connection = self._free.pop()
            if not connection.raw.is_closed():
                return connection
        try:
            return Connection(await asyncpg.connect(self._url, timeout=DATABASE_TIMEOUT_S))
        except BaseException:
            self._places.release()
            raise

    def release(self, connection: Connection) -> None:
        """Keep it for the next request."""
        self._free.append(connection)
        self._places.release()

    async def row(self, sql: str, *arguments: object) -> asyncpg.Record | None:
        """The first row of one statement."""
        connection = await self.acquire()
        try:
            return await connection.row(sql, *arguments)
        finally:
            self.release(connection)

    def close(self) -> None:
        """End all connections that nobody uses."""
        for connection in self._free:
            connection.raw.terminate()
