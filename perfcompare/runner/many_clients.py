"""What measurements with many clients at once have in common: one process opens all connections and reads the clock."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol, TypeVar

from perfcompare.core.latency import percentile

TIMEOUT_S: Final = 10.0
"""The patience of a client."""
AT_ONCE: Final = 64
"""Connections that are being opened: far fewer than any server's backlog."""
SETTLE_S: Final = 0.1
"""Until a server has closed the connections of the clients that left."""

P = TypeVar("P", bound=asyncio.Protocol)


class Held(Protocol):
    """The server that holds them."""

    host: str
    port: int
    prefix: str

    @property
    def pid(self) -> int:
        """Root of its process tree."""


async def opened(server: Held, count: int, make: Callable[[], P]) -> list[P]:
    """So many connections to it, without those that it did not accept in time."""
    gate = asyncio.Semaphore(AT_ONCE)
    found = await asyncio.gather(*(_connection(server, make, gate) for _ in range(count)))
    return [client for client in found if client is not None]


async def _connection(server: Held, make: Callable[[], P], gate: asyncio.Semaphore) -> P | None:
    async with gate:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(TIMEOUT_S):
                _transport, client = await asyncio.get_running_loop().create_connection(make, server.host, server.port)
                return client
    return None


@contextlib.contextmanager
def without_collections() -> Iterator[None]:
    """Everything stays in memory until the end anyway, and a look at it would make the client late."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def ms(seconds: Iterable[float], share: float) -> float | None:
    """That percentile in milliseconds; None when there are none."""
    ordered = sorted(seconds)
    return percentile(ordered, share) * 1000 if ordered else None
