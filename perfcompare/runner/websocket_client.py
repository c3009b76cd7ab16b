"""The client's end of one WebSocket: RFC 6455 as far as short texts need it.

It compares bytes and looks at the clock, so that thousands of messages leave it time. A well-kept library of Python
spends more on a message than some of the servers that are measured, so the client would be measured with them.
"""

from __future__ import annotations

import asyncio
import random
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha1
from typing import Final, cast

_MAGIC: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""Of RFC 6455, section 1.3."""
_HEAD_END: Final = b"\r\n\r\n"
_KEY: Final = b64encode(b"the sample nonce").decode()
_ACCEPTED: Final = b64encode(sha1(f"{_KEY}{_MAGIC}".encode(), usedforsecurity=False).digest()).decode()
_FINAL: Final = 0x80
_MASKED: Final = 0x80
_TEXT: Final = 0x1
_CLOSE: Final = 0x8
_PING: Final = 0x9
_PONG: Final = 0xA
_SHORT: Final = 126
"""From this length on, a frame says its length in two more bytes, and in eight when they are too few."""
_SHORT_HEAD: Final = 2
_LONG_HEAD: Final = 4
_MASK_BYTES: Final = 4


class SocketClient(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self.open = asyncio.get_running_loop().create_future()
        """Its result is what was wrong with the handshake; empty when it was right."""
        self.heard: Callable[[SocketClient, bytes], None] = _ignore
        """Called with each text."""
        self.failed: Callable[[SocketClient, str], None] = _ignore
        """Called once, with what was wrong: the server ended it, or sent what is no text."""
        self._raw = bytearray()
        self._ready = False
        self._left = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what sends."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Hand on whole texts, answer pings, and keep what is not whole."""
        if self._ready and not self._raw and _one_short_text(data):  # nearly every time
            self.heard(self, data[_SHORT_HEAD:])
            return
        self._raw += data
        if not self._ready:
            self._shake()
        while self._ready and self._frame():
            pass

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell that it is over, unless this side wanted it."""
        self._wrong("the server closed the connection")

    def shake(self, host: str, port: int, path: str) -> None:
        """Ask for the WebSocket, as a page of that host would."""
        lines = (
            f"GET {path} HTTP/1.1",
            f"Host: {host}:{port}",
            f"Origin: http://{host}:{port}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {_KEY}",
        )
        self._write("\r\n".join((*lines, "\r\n")).encode())

    def send(self, text: bytes) -> None:
        """Send one text."""
        self._write(frame(_TEXT, text))

    def leave(self) -> None:
        """Close the connection at once, as a client that goes away."""
        self._left = True
        if self._transport is not None:
            self._transport.abort()

    def _write(self, wire: bytes) -> None:
        if self._transport is not None:
            self._transport.write(wire)

    def _shake(self) -> None:
        head, separator, rest = bytes(self._raw).partition(_HEAD_END)
        if not separator:
            return
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if status.split(" ")[1:2] != ["101"]:
            self._wrong(f"the answer to the handshake was {status.partition(' ')[2]}")
        elif headers.get("sec-websocket-accept") != _ACCEPTED or "sec-websocket-extensions" in headers:
            self._wrong("the answer to the handshake was not the one to this handshake")
        elif not self.open.done():
            self._ready = True
            self._raw = bytearray(rest)
            self.open.set_result("")

    def _frame(self) -> bool:
        """Take one whole frame from what came; False when there is none."""
        raw = self._raw
        if len(raw) < _SHORT_HEAD:
            return False
        start, length = _SHORT_HEAD, raw[1]
        if length > _SHORT:
            self._wrong("a message of more than 64 KiB came")
            return False
        if length == _SHORT:
            start, length = _LONG_HEAD, int.from_bytes(raw[_SHORT_HEAD:_LONG_HEAD])
        if len(raw) < start + length:
            return False
        kind, content = raw[0], bytes(raw[start : start + length])
        del raw[: start + length]
        if kind == _FINAL | _TEXT:
            self.heard(self, content)
        elif kind == _FINAL | _PING:
            self._write(frame(_PONG, content))
        else:
            self._wrong("the server ended it" if kind == _FINAL | _CLOSE else f"a frame of kind {kind:#x} came")
        return True

    def _wrong(self, what: str) -> None:
        self._ready = False
        if self._left:
            return
        self._left = True
        if self.open.done():
            self.failed(self, what)
        else:
            self.open.set_result(what)


def _one_short_text(data: bytes) -> bool:
    return len(data) >= _SHORT_HEAD and data[0] == _FINAL | _TEXT and data[1] == len(data) - _SHORT_HEAD < _SHORT


def frame(kind: int, content: bytes) -> bytes:
    """A whole frame of a client, masked as RFC 6455 wants it."""
    length = len(content)
    mask = random.getrandbits(8 * _MASK_BYTES).to_bytes(_MASK_BYTES)
    long = (mask * (length // _MASK_BYTES + 1))[:length]
    masked = (int.from_bytes(content) ^ int.from_bytes(long)).to_bytes(length)
    if length < _SHORT:
        return bytes((_FINAL | kind, _MASKED | length)) + mask + masked
    return bytes((_FINAL | kind, _MASKED | _SHORT)) + length.to_bytes(2) + mask + masked


def _ignore(_client: SocketClient, _what: object) -> None:
    """Nobody listens."""
