"""One connection to Redis for the whole process. What is asked in one turn of the event loop is sent together.

redis.asyncio takes a connection of its own and several tasks for each command, which costs more than the rest of an
answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any, Final, cast

from hiredis import HiredisError, Reader, pack_command
from redis.connection import parse_url

from perfcompare.contract.logging import OnceAMinute
from perfcompare.core.limits import CACHE_TIMEOUT_S

Word = bytes | str | int
_log = logging.getLogger(__name__)
_log.addFilter(OnceAMinute())


class Cache:
    """Asks Redis."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._link: asyncio.Task[_Link] | None = None

    async def ask(self, *command: Word) -> Any:
        """The reply; None also when Redis is down, refuses or does not answer, which is logged once a minute."""
        try:
            if self._link is None or (self._link.done() and not self._usable(self._link)):
                self._link = asyncio.create_task(_open(self._url))
            link = self._link.result() if self._link.done() else await asyncio.shield(self._link)
            return await link.ask(command)
        except (OSError, HiredisError) as error:
            _log.warning("The cache is unavailable, answering without it: %s", error)
            return None

    @staticmethod
    def _usable(link: asyncio.Task[_Link]) -> bool:
        return not link.cancelled() and link.exception() is None and link.result().is_open

    def close(self) -> None:
        """End the connection."""
        if self._link is not None and self._link.done() and self._usable(self._link):
            self._link.result().end(ConnectionError("The application ends."))


async def _open(url: str) -> _Link:
    where = parse_url(url)  # type: ignore[no-untyped-call]
    loop = asyncio.get_running_loop()
    link = _Link(loop)
    async with asyncio.timeout(CACHE_TIMEOUT_S):
        if "path" in where:
            await loop.create_unix_connection(lambda: link, where["path"])
        else:
            await loop.create_connection(lambda: link, where.get("host", "localhost"), where.get("port", 6379))
    if "password" in where:
        await link.ask(("AUTH", where.get("username", "default"), where["password"]))
    if where.get("db"):
        await link.ask(("SELECT", where["db"]))
    return link


class _Link(asyncio.Protocol):
    """One connection. A single clock watches all replies: a timer for each would cost as much as the reply."""

    _NOTHING: Final = object()

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._reader = Reader(notEnoughData=self._NOTHING)
        self._unsent: list[bytes] = []
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._first: asyncio.Future[Any] | None = None
        self._transport: asyncio.WriteTransport | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be asked."""
        return self._transport is not None

    def ask(self, command: tuple[Word, ...]) -> asyncio.Future[Any]:
        """The reply to come."""
        if not self._unsent:
            self._loop.call_soon(self._send)
        # hiredis packs tuples of any length; its types know only those of one word.
        self._unsent.append(pack_command(cast("Any", command)))
        reply = self._loop.create_future()
        self._waiting.append(reply)
        return reply

    def _send(self) -> None:
        if self._transport is not None:
            self._transport.write(b"".join(self._unsent))
        self._unsent.clear()

    def _watch(self) -> None:
        """Ends the connection when the same reply has been the next one since the last look."""
        if self._transport is None:
            return
        first = self._waiting[0] if self._waiting else None
        if first is not None and first is self._first:
            self.end(TimeoutError("Redis does not answer."))
            return
        self._first = first
        self._loop.call_later(CACHE_TIMEOUT_S, self._watch)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast("asyncio.WriteTransport", transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self._reader.feed(data)
        while (value := self._reader.gets()) is not self._NOTHING:
            reply = self._waiting.popleft()
            if reply.done():  # its request was cancelled
                continue
            if isinstance(value, Exception):
                reply.set_exception(value)
            else:
                reply.set_result(value)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        self.end(ConnectionError("Redis has closed the connection."))

    def end(self, error: OSError) -> None:
        """Close it; whoever waits for a reply gets the error."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()
        while self._waiting:
            reply = self._waiting.popleft()
            if not reply.done():
                reply.set_exception(error)
