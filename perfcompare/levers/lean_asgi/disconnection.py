"""The client's leaving cancels the view, without a task for each request.

Only an awaited `receive()` tells that a client has left, and awaiting it beside the view takes a task. Most requests
are answered before it would have told anything, so a request is listened for when it has lasted for a while.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from perfcompare.levers.lean_asgi.bodies import Receive
from perfcompare.levers.lean_asgi.warm_threads import Work

GRACE_S: Final = 0.02
"""A request is listened for after one to two of these."""


class Exchange(Work):
    """One request that is being served by the current task."""

    __slots__ = ("_error", "_listener", "_receive", "_received", "_task", "answered", "left")

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop, *, received: bool) -> None:
        """`received` says that the request's message has been taken from `receive`."""
        self._lane = None
        self.finished = False
        self._receive = receive
        self._received = received
        self._task: asyncio.Task[Any] | None = asyncio.current_task(loop)
        self._listener: asyncio.Task[None] | None = None
        self.answered = False
        self.left = False
        self._error: Exception | None = None

    def listen(self) -> None:
        """Cancel the current task when the client leaves."""
        if self._listener is None and self._task is not None:
            self._listener = self._task.get_loop().create_task(self._listen(self._task))

    async def _listen(self, task: asyncio.Task[Any]) -> None:
        try:
            message = await self._receive()
            if message["type"] == "http.request" and not self._received:
                message = await self._receive()
            if message["type"] != "http.disconnect":
                raise AssertionError(f"Invalid ASGI message after request body: {message['type']}")
        except Exception as error:
            self._error = error
        if not self.answered:
            self.left = True
            task.cancel()

    @property
    def listening(self) -> bool:
        """Whether `stop` has anything to do."""
        return self._listener is not None

    async def stop(self) -> None:
        """Listen no more, and take back what the listening did to the current task; raises what went wrong in it."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.wait([self._listener])
        if self.left and self._task is not None:
            self._task.uncancel()
        if self._error is not None:
            raise self._error


class Watch:
    """The exchanges of one event loop, and a timer while there are any."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._young: set[Exchange] = set()
        self._old: set[Exchange] = set()
        self._ticking = False

    def add(self, exchange: Exchange) -> None:
        """Listen for this one if it lasts."""
        self._young.add(exchange)
        if not self._ticking:
            self._ticking = True
            self.loop.call_later(GRACE_S, self._tick)

    def discard(self, exchange: Exchange) -> None:
        """It is answered."""
        self._young.discard(exchange)
        self._old.discard(exchange)

    def _tick(self) -> None:
        for exchange in self._old:
            exchange.listen()
        self._old, self._young = self._young, set()
        self._ticking = bool(self._old)
        if self._ticking:
            self.loop.call_later(GRACE_S, self._tick)
