"""The client against the server's half of a well-kept library, which knows the protocol to the last bit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.server import ServerProtocol

from perfcompare.runner.websocket_client import SocketClient

LONG = b"x" * 126


class Wire:
    """The transport of a client, whose other end is that library."""

    def __init__(self) -> None:
        self.server = ServerProtocol()
        self.client = SocketClient()
        self.heard: list[bytes] = []
        self.failed: list[str] = []
        self.client.heard = lambda _client, text: self.heard.append(text)
        self.client.failed = lambda _client, what: self.failed.append(what)
        self.client.connection_made(self)  # type: ignore[arg-type]

    def write(self, data: bytes) -> None:
        self.server.receive_data(data)

    def abort(self) -> None:
        self.client.connection_lost(None)

    def accept(self) -> None:
        self.client.shake("127.0.0.1", 8000, "/echo")
        (request,) = self.server.events_received()
        assert isinstance(request, Request)
        self.server.send_response(self.server.accept(request))
        self.deliver()

    def deliver(self, cut: Callable[[bytes], list[bytes]] = lambda data: [data]) -> None:
        """What the server has to say, in these pieces."""
        for piece in cut(b"".join(self.server.data_to_send())):
            self.client.data_received(piece)

    def came(self) -> list[bytes]:
        """The frames that the client has sent."""
        frames = self.server.events_received()
        assert all(isinstance(frame, Frame) for frame in frames)
        return [bytes(frame.data) for frame in frames if isinstance(frame, Frame)]


def on_the_wire(steps: Callable[[Wire], None]) -> Wire:
    """After the handshake."""

    async def begin() -> Wire:
        wire = Wire()
        wire.accept()
        assert wire.client.open.result() == ""
        steps(wire)
        return wire

    return asyncio.run(begin())


def bytewise(data: bytes) -> list[bytes]:
    return [data[place : place + 1] for place in range(len(data))]


@pytest.mark.parametrize("text", [b"", b"hello", LONG[:125], LONG, LONG * 500], ids=len)
def test_texts_go_both_ways(text: bytes) -> None:
    def steps(wire: Wire) -> None:
        wire.client.send(text)
        assert wire.came() == [text]
        wire.server.send_text(text)
        wire.deliver()

    wire = on_the_wire(steps)

    assert (wire.heard, wire.failed) == ([text], [])


def test_texts_that_come_in_pieces_or_together_are_whole() -> None:
    def steps(wire: Wire) -> None:
        for cut in (bytewise, lambda data: [data], lambda data: [data[:128], data[128:]]):
            wire.server.send_text(b"one")
            wire.server.send_text(LONG)
            wire.server.send_text(b"two")
            wire.deliver(cut)

    wire = on_the_wire(steps)

    assert (wire.heard, wire.failed) == ([b"one", LONG, b"two"] * 3, [])


def test_a_text_behind_the_handshake_in_the_same_bytes_is_heard() -> None:
    async def begin() -> Wire:
        wire = Wire()
        wire.client.shake("127.0.0.1", 8000, "/echo")
        (request,) = wire.server.events_received()
        assert isinstance(request, Request)
        wire.server.send_response(wire.server.accept(request))
        wire.server.send_text(b"at once")
        wire.deliver()
        return wire

    assert asyncio.run(begin()).heard == [b"at once"]


def test_a_ping_is_answered() -> None:
    def steps(wire: Wire) -> None:
        wire.server.send_ping(b"still there?")
        wire.deliver()
        assert wire.came() == [b"still there?"]

    assert on_the_wire(steps).heard == []


@pytest.mark.parametrize(
    ("say", "what"),
    [
        (lambda server: server.send_close(1000), "the server ended it"),
        (lambda server: server.send_binary(b"bytes"), "a frame of kind 0x82 came"),
        (lambda server: server.send_text(b"a part", fin=False), "a frame of kind 0x1 came"),
        (lambda server: server.send_text(LONG * 600), "a message of more than 64 KiB came"),
    ],
    ids=["close", "binary", "fragment", "too long"],
)
def test_what_is_no_text_is_told_once(say: Callable[[Any], None], what: str) -> None:
    def steps(wire: Wire) -> None:
        say(wire.server)
        wire.deliver()
        wire.abort()

    assert on_the_wire(steps).failed == [what]


def test_a_server_that_goes_away_is_told_but_not_after_the_client_has_left() -> None:
    assert on_the_wire(lambda wire: wire.abort()).failed == ["the server closed the connection"]
    assert on_the_wire(lambda wire: wire.client.leave()).failed == []


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "the answer to the handshake was 403 Forbidden"),
        (b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n", "not the one to this handshake"),
        (b"", "the server closed the connection"),
    ],
    ids=["refused", "foreign", "nothing"],
)
def test_a_handshake_that_fails_says_why(answer: bytes, what: str) -> None:
    async def begin() -> str:
        wire = Wire()
        wire.client.data_received(answer)
        wire.abort()
        return str(await wire.client.open)

    assert what in asyncio.run(begin())
