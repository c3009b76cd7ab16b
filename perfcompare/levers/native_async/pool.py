"""Connections of one event loop to one database, and the statements prepared on them.

asyncpg's own pool resets a connection with a statement of its own each time it is given back. Here a connection only
ever runs single statements that commit themselves, so there is nothing to reset and nothing to wait for.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

from perfcompare.levers.native_async.addresses import connect
from perfcompare.levers.native_async.errors import raise_as_django
from perfcompare.levers.native_async.settings import Limits
from perfcompare.levers.native_async.types import DATES, UnsupportedError, check_dates, check_results, encoder

_POLITELY_S: Final = 2.0
"""So long a connection may take to say goodbye."""
_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


@dataclass(frozen=True, slots=True)
class _Prepared:
    statement: PreparedStatement
    encoders: Sequence[Callable[[Any], Any]]
    dates: Sequence[int]
    """The columns with days and moments."""


class _Connection:
    """One connection and what is prepared on it, the least recently used first."""

    def __init__(self, connection: asyncpg.Connection, limits: Limits) -> None:
        self.connection = connection
        self._limits = limits
        self._prepared: OrderedDict[str, _Prepared] = OrderedDict()

    async def rows(self, sql: str, parameters: Sequence[Any]) -> list[Any]:
        """The rows of one statement; UnsupportedError where it was not run, or changed nothing."""
        prepared = self._prepared.get(sql) or await self._prepare(sql)
        self._prepared.move_to_end(sql)
        values = [encode(value) for encode, value in zip(prepared.encoders, parameters, strict=True)]
        try:
            rows: list[Any] = await prepared.statement.fetch(*values)
        except (asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError):  # a table was changed since
            del self._prepared[sql]
            prepared = await self._prepare(sql)
            rows = await prepared.statement.fetch(*values)
        except asyncpg.SyntaxOrAccessError as error:  # so does a column's new type, with which a parameter has none
            del self._prepared[sql]
            raise UnsupportedError(str(error)) from error
        for place in prepared.dates:
            check_dates(map(itemgetter(place), rows))
        return rows

    async def _prepare(self, sql: str) -> _Prepared:
        try:
            statement = await self.connection.prepare(sql)
        except (asyncpg.SyntaxOrAccessError, asyncpg.UnsupportedClientFeatureError) as error:
            # It may be wrong only with placeholders, where Django writes the values; or Django's error shows the place.
            # The other one is of a type, such as a range, whose inner type has a codec of ours.
            raise UnsupportedError(str(error)) from error
        oids = [attribute.type.oid for attribute in statement.get_attributes()]
        check_results(oids)
        is_read = not sql.startswith("INSERT")  # which has changed something, and is not to be run again
        dates = [place for place, oid in enumerate(oids) if is_read and oid in DATES]
        prepared = _Prepared(statement, [encoder(one.oid) for one in statement.get_parameters()], dates)
        if len(self._prepared) >= self._limits.statements:
            self._prepared.popitem(last=False)
        self._prepared[sql] = prepared
        return prepared


class Pool:
    """Up to `limits.max_size` connections, made when they are needed; used on one event loop only."""

    def __init__(self, alias: str, limits: Limits, settings: dict[str, Any]) -> None:
        self.settings = settings
        """Those of the database when the pool was made."""
        self._alias = alias
        self._limits = limits
        self._idle: list[_Connection] = []
        self._open: set[_Connection] = set()
        self._making = 0
        self._waiting: deque[asyncio.Future[_Connection | None]] = deque()

    async def rows(self, sql: str, parameters: Sequence[Any]) -> list[Any]:
        """The rows of one statement, on a connection that nobody else uses meanwhile.

        Raises UnsupportedError where it was not run, or changed nothing, and Django's errors as Django does.
        """
        connection = self._idle.pop() if self._idle else None
        if connection is None or connection.connection.is_closed():
            connection = await self._acquired(connection)
        try:
            rows = await connection.rows(sql, parameters)
        except (*_ERRORS, UnsupportedError, OSError) as error:
            self._give_back(connection, broken=isinstance(error, OSError | asyncpg.InternalClientError))
            if isinstance(error, UnsupportedError):
                raise
            if isinstance(error, ValueError | asyncpg.DataError):  # Django's way shows what is wrong with the value
                raise UnsupportedError(str(error)) from error
            raise_as_django(error)
        except BaseException:  # cancelled: the statement may still be running
            self._give_back(connection, broken=True)
            raise
        self._give_back(connection)
        return rows

    async def close(self) -> None:
        """Close what is open, politely where that is quick."""
        connections = [one.connection for one in self._open]
        self._open.clear()
        self._idle.clear()
        closing = (one.close(timeout=self._limits.timeout_s or _POLITELY_S) for one in connections)
        await asyncio.gather(*closing, return_exceptions=True)

    async def _acquired(self, lost: _Connection | None) -> _Connection:
        while lost is not None:
            self._drop(lost)
            lost = self._idle.pop() if self._idle else None
            if lost is not None and not lost.connection.is_closed():
                return lost
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                while len(self._open) + self._making >= self._limits.max_size:
                    given = await self._turn()
                    if given is not None:
                        return given
                return await self._made()
        except TimeoutError as error:
            if self._limits.timeout_s is None:  # `connect_timeout` has ended it
                raise_as_django(error)
            raise_as_django(TimeoutError(f"No connection to the database within {self._limits.timeout_s:g} s."))
        except (*_ERRORS, OSError) as error:
            raise_as_django(error)

    async def _turn(self) -> _Connection | None:
        """A connection that somebody gives back; None when there is room for a new one."""
        waiting: asyncio.Future[_Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            return await waiting
        except BaseException:
            if waiting.done() and not waiting.cancelled():
                self._pass_on(waiting.result())
            raise

    async def _made(self) -> _Connection:
        self._making += 1
        try:
            connection = _Connection(await connect(self._alias, self._limits), self._limits)
        except BaseException:
            self._making -= 1
            self._pass_on(None)
            raise
        self._making -= 1
        self._open.add(connection)
        return connection

    def _give_back(self, connection: _Connection, *, broken: bool = False) -> None:
        if broken or connection.connection.is_closed():
            self._drop(connection)
            self._pass_on(None)
        elif self._waiting:
            self._pass_on(connection)
        else:
            self._idle.append(connection)

    def _pass_on(self, connection: _Connection | None) -> None:
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(connection)
                return
        if connection is not None:
            self._idle.append(connection)

    def _drop(self, connection: _Connection) -> None:
        self._open.discard(connection)
        connection.connection.terminate()
