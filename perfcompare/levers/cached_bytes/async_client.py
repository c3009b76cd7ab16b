"""The client for event loops: one connection for each loop, shared by everything that runs on it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

from hiredis import ProtocolError, Reader

from perfcompare.levers.cached_bytes.address import Address, Command, packed
from perfcompare.levers.cached_bytes.sync_client import RedisGone

_NOTHING: Final = object()
_Pending = tuple["asyncio.Future[Any]", float]


class LoopConnection(asyncio.Protocol):
    """Sends commands in their order, those of one iteration of the loop together, and gives out the replies."""

    def __init__(self, loop: asyncio.AbstractEventLoop, timeout_s: float | None) -> None:
        self._loop = loop
        self._timeout_s = timeout_s
        self._reader = Reader(notEnoughData=_NOTHING)
        self._unsent: list[bytes] = []
        self._pending: deque[_Pending] = deque()
        self._watch: asyncio.TimerHandle | None = None
        self._transport: asyncio.WriteTransport | None = None
        self.at_the_loops_end: AsyncGenerator[None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether commands can be asked."""
        return self._transport is not None

    def ask(self, command: Command) -> asyncio.Future[Any]:
        """The reply to come: an exception of Redis is a result, the loss of the connection is raised."""
        reply = self._loop.create_future()
        if not self._unsent:
            self._loop.call_soon(self._send)
        self._unsent.append(packed((command,)))
        self._pending.append((reply, self._loop.time()))
        if self._watch is None and self._timeout_s is not None:
            self._watch = self._loop.call_later(self._timeout_s, self._check, self._timeout_s)
        return reply

    def _send(self) -> None:
        data = self._unsent[0] if len(self._unsent) == 1 else b"".join(self._unsent)
        self._unsent.clear()
        if self._transport is not None:
            self._transport.write(data)

    def _check(self, timeout_s: float) -> None:
        # One timer for all commands, set again for the oldest one: a timer for each would cost as much as the command.
        self._watch = None
        if not self._pending:
            return
        wait_s = self._pending[0][1] + timeout_s - self._loop.time()
        if wait_s > 0:
            self._watch = self._loop.call_later(wait_s, self._check, timeout_s)
        else:
            self._lose(TimeoutError(f"Redis has not answered within {timeout_s} s."))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        """Called by the loop; gives each complete reply to whoever waits for it, unless they have left."""
        self._reader.feed(data)
        try:
            while (value := self._reader.gets()) is not _NOTHING:
                reply, _ = self._pending.popleft()
                if not reply.done():
                    reply.set_result(value)
        except (ProtocolError, IndexError) as error:
            self._lose(RedisGone(f"Redis sent what nobody asked for: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        self._lose(exc if isinstance(exc, OSError) else RedisGone("Redis has closed the connection."))

    def _lose(self, error: OSError) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()
        while self._pending:
            reply, _ = self._pending.popleft()
            if not reply.done():
                reply.set_exception(error)
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    async def close_at_the_loops_end(self) -> AsyncGenerator[None]:
        """Started once: whoever ends a loop closes its asynchronous generators first, and this one the connection."""
        try:
            yield
        finally:
            self._lose(RedisGone("The event loop ends."))
            await asyncio.sleep(0)  # the transport closes its socket in the next iteration


class LoopsClient:
    """Asks Redis from any event loop."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connections: WeakKeyDictionary[asyncio.AbstractEventLoop, LoopConnection] = WeakKeyDictionary()
        self._connecting: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[LoopConnection]]
        self._connecting = WeakKeyDictionary()

    async def ask(self, commands: tuple[Command, ...]) -> list[Any]:
        """The reply to each command, errors of Redis as exceptions in their places; raises OSError."""
        loop = asyncio.get_running_loop()
        connection = self._connections.get(loop)
        if connection is None or not connection.is_open:
            connection = await self._connected(loop)
        replies = [connection.ask(command) for command in commands]
        return [await reply for reply in replies]

    async def _connected(self, loop: asyncio.AbstractEventLoop) -> LoopConnection:
        # Everybody who needs it waits for the same attempt, which goes on when one of them leaves.
        attempt = self._connecting.get(loop)
        if attempt is None or attempt.done():
            attempt = self._connecting[loop] = loop.create_task(self._connect(loop))
            attempt.add_done_callback(_mark_retrieved)
        return await asyncio.shield(attempt)

    async def _connect(self, loop: asyncio.AbstractEventLoop) -> LoopConnection:
        where = self._address
        connection = LoopConnection(loop, where.timeout_s)
        async with asyncio.timeout(where.connect_timeout_s):
            if where.path is None:
                await loop.create_connection(lambda: connection, where.host, where.port)
            else:
                await loop.create_unix_connection(lambda: connection, where.path)
        connection.at_the_loops_end = connection.close_at_the_loops_end()
        await anext(connection.at_the_loops_end)
        for command in where.greeting:
            reply = await connection.ask(command)
            if isinstance(reply, Exception):
                raise ConnectionError(str(reply))
        self._connections[loop] = connection
        return connection


def _mark_retrieved(attempt: asyncio.Task[Any]) -> None:
    if not attempt.cancelled():
        attempt.exception()
