from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import pytest
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

from perfcompare.core.room import BROADCAST, ECHO
from perfcompare.runner import rooms
from perfcompare.runner.rooms import Level
from tests.perfcompare.factories import make_sockets

Deliver = Callable[["Server", ServerConnection, str], Awaitable[None]]
SOCKETS = 12
"""More than there are warm ones, so that a test can tell the measured ones from them."""


class Server:
    """A right one of another library in this process; what a test makes of it, `deliver` does."""

    def __init__(self, deliver: Deliver) -> None:
        self.deliver = deliver
        self.open: set[ServerConnection] = set()

    async def serve(self, connection: ServerConnection) -> None:
        self.open.add(connection)
        try:
            async for text in connection:
                assert isinstance(text, str)
                await self.deliver(self, connection, text)
        except ConnectionClosed:
            pass
        finally:
            self.open.discard(connection)

    @property
    def measured(self) -> bool:
        """Whether these are no longer the warm ones."""
        return len(self.open) == SOCKETS


async def right(server: Server, connection: ServerConnection, text: str) -> None:
    assert connection.request is not None
    broadcast(server.open if connection.request.path == f"/{BROADCAST}" else {connection}, text)


def measured(traffic: str, deliver: Deliver = right) -> Level:
    async def begin() -> Level:
        async with serve(Server(deliver).serve, "127.0.0.1", 0, compression=None) as listening:
            port = next(iter(listening.sockets)).getsockname()[1]
            server = SimpleNamespace(host="127.0.0.1", port=port, prefix="/", pid=os.getpid())
            return await rooms.measure(server, traffic, SOCKETS, 0.05, os.getpid())

    return asyncio.run(begin())


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "TIMEOUT_S", 0.1)
    monkeypatch.setattr(rooms, "SETTLE_S", 0.02)


@pytest.mark.parametrize(("traffic", "each"), [(ECHO, 1), (BROADCAST, SOCKETS)])
def test_messages_that_come_are_counted_and_timed(traffic: str, each: int) -> None:
    found = measured(traffic)

    assert found.valid
    assert (found.opened, found.lost, found.trouble) == (SOCKETS, 0, "")
    assert found.right == found.sent * each > SOCKETS
    assert found.cpu_us
    assert found.redis_us
    assert 0 < (found.p50_ms or 0) <= (found.p99_ms or 0)
    assert found.per_s > found.right
    assert found.client_share > 0


async def losing(server: Server, connection: ServerConnection, text: str) -> None:
    broadcast(sorted(server.open, key=id)[server.measured :], text)


def test_a_lost_message_is_counted() -> None:
    found = measured(BROADCAST, losing)

    assert (found.valid, found.lost, found.sent) == (False, 1, 1)


async def repeating(server: Server, connection: ServerConnection, text: str) -> None:
    for _ in range(1 + server.measured):
        await right(server, connection, text)


async def changing(server: Server, connection: ServerConnection, text: str) -> None:
    await right(server, connection, text.replace("0", "o") if server.measured else text)


async def spreading(server: Server, connection: ServerConnection, text: str) -> None:
    broadcast(server.open, text)


async def closing(server: Server, connection: ServerConnection, text: str) -> None:
    if server.measured:
        await connection.close()
    else:
        await right(server, connection, text)


@pytest.mark.parametrize(
    ("traffic", "deliver", "trouble"),
    [
        (ECHO, repeating, "came"),
        (BROADCAST, repeating, "came"),
        (ECHO, changing, "was due"),
        (BROADCAST, changing, "was due"),
        (ECHO, spreading, "came"),
        (ECHO, closing, "the server ended it"),
    ],
    ids=["echo twice", "broadcast twice", "echo changed", "broadcast changed", "echo to all", "closed"],
)
def test_a_message_that_should_not_have_come_is_told(traffic: str, deliver: Deliver, trouble: str) -> None:
    found = measured(traffic, deliver)

    assert not found.valid
    assert trouble in found.trouble


def test_sockets_that_are_refused_are_told() -> None:
    async def begin() -> Level:
        async def refused(connection: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
            await connection.readuntil(b"\r\n\r\n")
            answer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            answer.close()

        listening = await asyncio.start_server(refused, "127.0.0.1", 0)
        async with listening:
            port = listening.sockets[0].getsockname()[1]
            server = SimpleNamespace(host="127.0.0.1", port=port, prefix="/", pid=os.getpid())
            return await rooms.measure(server, ECHO, 3, 0.05, None)

    found = asyncio.run(begin())

    assert (found.valid, found.opened, found.trouble) == (
        False, 0, "the handshake failed: the answer to the handshake was 403 Forbidden"
    )  # fmt: skip
    assert {found.cpu_us, found.redis_us, found.p50_ms} == {None}


def test_a_busy_client_speaks_against_its_times() -> None:
    assert make_sockets(50, client_share=0.91).limited
    assert not make_sockets(50, client_share=0.89).limited
