"""Request coalescing: what many ask for at the same time is worked out once (Go calls it singleflight)."""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Final, TypeVar, cast
from weakref import WeakKeyDictionary

from perfcompare.levers._locks import fork_safe_lock

T = TypeVar("T")


LONGEST_WAIT_S: Final = 5.0
"""For how long one waits for another's work: that one may itself wait for what the first one holds."""


class ThreadTurns:
    """Work under way in the threads of this process, by key; who waits for it gets no result, and looks again."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, tuple[threading.Event, int]] = {}
        # Threads do not survive a fork.
        os.register_at_fork(after_in_child=self._under_way.clear)

    @contextmanager
    def turn(self, key: Hashable) -> Iterator[None]:
        """The first one who asks for `key` goes on at once, and the others when it has come to its end."""
        mine = threading.Event(), threading.get_ident()
        ended, thread = self._under_way.setdefault(key, mine)
        try:
            if ended is not mine[0] and thread != mine[1]:
                ended.wait(LONGEST_WAIT_S)
            yield
        finally:
            if ended is mine[0]:
                self._under_way.pop(key, None)
                ended.set()


class LoopTurns:
    """The same for the tasks of each event loop."""

    def __init__(self) -> None:
        self._under_way: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, tuple[asyncio.Event, Any]]]
        self._under_way = WeakKeyDictionary()

    @asynccontextmanager
    async def turn(self, key: Hashable) -> AsyncIterator[None]:
        """See ThreadTurns.turn."""
        under_way = self._under_way.setdefault(asyncio.get_running_loop(), {})
        mine = asyncio.Event(), asyncio.current_task()
        ended, task = under_way.setdefault(key, mine)
        try:
            if ended is not mine[0] and task is not mine[1]:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LONGEST_WAIT_S):
                        await ended.wait()
            yield
        finally:
            if ended is mine[0]:
                del under_way[key]
                ended.set()


class _Abandoned(Exception):
    """Raised for those who wait when the one who worked was stopped: one of them takes over."""


class ThreadFlights:
    """Calls under way in the threads of this process, by key."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, tuple[Future[Any], int]] = {}
        self._lock = fork_safe_lock()
        os.register_at_fork(after_in_child=self._flights.clear)

    def run(self, key: Hashable, function: Callable[[], T]) -> T:
        """What `function` gives, called by one thread for all who ask for `key` meanwhile; its error is theirs too."""
        while True:
            with self._lock:
                flight, thread = self._flights.get(key, (None, 0))
                if flight is None:
                    mine: Future[Any] = Future()
                    self._flights[key] = (mine, threading.get_ident())
            if flight is None:
                return self._work(key, mine, function)
            if thread == threading.get_ident():
                return function()  # asked for from inside itself: waiting would be for ever
            try:
                return cast("T", flight.result())
            except _Abandoned:
                continue

    def _work(self, key: Hashable, mine: Future[Any], function: Callable[[], T]) -> T:
        outcome: BaseException | None = _Abandoned()
        try:
            result = function()
            outcome = None
        except Exception as error:
            outcome = error
            raise
        finally:
            with self._lock:
                del self._flights[key]
            mine.set_exception(outcome) if outcome else mine.set_result(result)
        return result


class LoopFlights:
    """Calls under way on event loops, by loop and key."""

    def __init__(self) -> None:
        self._flights: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, asyncio.Future[Any]]]
        self._flights = WeakKeyDictionary()

    async def run(self, key: Hashable, function: Callable[[], Awaitable[T]]) -> T:
        """What `function` gives, awaited by one task for all who ask for `key` meanwhile; its error is theirs too."""
        loop = asyncio.get_running_loop()
        flights = self._flights.setdefault(loop, {})
        while (flight := flights.get(key)) is not None:
            try:
                return cast("T", await asyncio.shield(flight))
            except _Abandoned:
                continue
        mine = flights[key] = loop.create_future()
        try:
            result = await function()
        except BaseException as error:
            mine.set_exception(error if isinstance(error, Exception) else _Abandoned())
            mine.exception()  # nobody need be waiting
            raise
        else:
            mine.set_result(result)
        finally:
            del flights[key]
        return result


def coalesced(key: Callable[..., Hashable]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator, for synchronous and for `async` functions: calls at the same time with the same key are one call.

    `key` makes the key of the call's arguments.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(function):
            loop_flights = LoopFlights()

            @functools.wraps(function)
            async def acall(*args: object, **kwargs: object) -> Any:
                return await loop_flights.run(key(*args, **kwargs), lambda: function(*args, **kwargs))

            return acall
        thread_flights = ThreadFlights()

        @functools.wraps(function)
        def call(*args: object, **kwargs: object) -> Any:
            return thread_flights.run(key(*args, **kwargs), lambda: function(*args, **kwargs))

        return call

    return decorate
