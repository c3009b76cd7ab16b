"""Many open connections with little use: how many a server holds, and the memory of one."""

from __future__ import annotations

import asyncio
import contextlib
import resource
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from perfcompare.runner import procfs
from perfcompare.runner.holding import Grown, Holding, grown, holding
from perfcompare.runner.many_clients import AT_ONCE, TIMEOUT_S, Held

PATH: Final = "simple"
"""The requested path: the scenario with the least work."""
ASKED_SHARE: Final = 0.01
HOLD_S: Final = 3.0
"""Shorter than every server's keep-alive, longer than anything that cleans up at once."""
SPARE_FILES: Final = 200
"""Other files that this process has open."""
_PORT_SHARE: Final = 0.5

_Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, kw_only=True)
class Level(Grown):
    """The result for one number of connections. Those that are not in the server wait in the kernel, unaccepted."""

    wanted: int
    opened: int
    """Connections whose first request was answered."""
    held: int
    """Connections that the server had not closed after HOLD_S."""
    asked: int
    answered: int
    """Of those that sent another request. A connection that is open but not served is not held."""


def raise_limit() -> tuple[int, int]:
    """Raise this process's limit of open files as far as the system allows. Returns the limit before and now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return soft, hard


def possible(wanted: int, limit: int) -> int:
    """How many of the wanted connections this process may open."""
    if limit == resource.RLIM_INFINITY:
        return wanted
    return max(0, min(wanted, limit - SPARE_FILES))


def sources(count: int, ports: int) -> Sequence[str]:
    """Addresses to connect from: each has all the ports of its own, of which half are used."""
    each = max(1, int(ports * _PORT_SHARE))
    return [f"127.0.0.{2 + number}" for number in range(-(-count // each))]


async def hold(server: Held, levels: Sequence[int]) -> list[Level]:
    """Open as many connections as the first level says, measure, open more up to the next level, and so on.

    Each sends one request, so that the server keeps it alive.
    """
    idle = holding(server.pid)
    places = sources(max(levels), procfs.ephemeral_ports())
    open_: list[_Pair] = []
    found: list[Level] = []
    try:
        for wanted in sorted(levels):
            missing = range(len(open_), wanted)
            open_ += await _opened(server, [places[number % len(places)] for number in missing])
            found.append(await _look(server, open_, wanted, idle))
    finally:
        for _reader, writer in open_:
            writer.transport.abort()
    return found


async def _opened(server: Held, places: Sequence[str]) -> list[_Pair]:
    gate = asyncio.Semaphore(AT_ONCE)
    found = await asyncio.gather(*(_connection(server, place, gate) for place in places))
    return [pair for pair in found if pair is not None]


async def _connection(server: Held, place: str, gate: asyncio.Semaphore) -> _Pair | None:
    """A connection on which one request was answered, or None."""
    async with gate:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(TIMEOUT_S):
                reader, writer = await asyncio.open_connection(server.host, server.port, local_addr=(place, 0))
            if await _ask(server, (reader, writer)):
                return reader, writer
            writer.transport.abort()
        return None


async def _ask(server: Held, pair: _Pair) -> bool:
    """Whether a request on that connection gets a right answer and the connection stays open."""
    reader, writer = pair
    with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
        async with asyncio.timeout(TIMEOUT_S):
            writer.write(f"GET {server.prefix}{PATH} HTTP/1.1\r\nHost: {server.host}:{server.port}\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            lines = [line.partition(":")[::2] for line in head.splitlines()[1:]]
            headers = {name: value.strip() for name, value in lines}
            await reader.readexactly(int(headers.get("content-length", "")))
            return head.startswith("http/1.1 200") and headers.get("connection") != "close"
    return False


async def _look(server: Held, open_: Sequence[_Pair], wanted: int, idle: Holding) -> Level:
    await asyncio.sleep(HOLD_S)
    alive = [pair for pair in open_ if not pair[0].at_eof()]
    now = holding(server.pid)
    step = max(1, round(1 / ASKED_SHARE))
    chosen = alive[::step]
    answered = [await _ask(server, pair) for pair in chosen]
    return Level(
        wanted=wanted,
        opened=len(open_),
        held=len(alive),
        asked=len(chosen),
        answered=sum(answered),
        **grown(now, idle),
    )
