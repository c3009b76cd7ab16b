"""http.client on a connection of which something has been received already."""

from __future__ import annotations

import io
from typing import Any

from urllib3.connection import _ResponseOptions  # what urllib3 itself leaves for getresponse()


class Finished:
    """What is left of a body that has been read: nothing."""

    closed = True

    def isclosed(self) -> bool:
        """As of http.client's response."""
        return True

    def read(self, amount: int | None = None) -> bytes:
        """The end."""
        return b""

    def close(self) -> None:
        """Nothing is open."""


class _Raw(io.RawIOBase):
    """The bytes `received`, and then those of the socket."""

    def __init__(self, received: bytes, rest: Any) -> None:
        self._received = memoryview(received)
        self._rest = rest
        self._ended = not received

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._ended:
            return 0
        number = min(len(buffer), len(self._received))
        if not number:
            found: int | None = self._rest.readinto(buffer)
            return found
        buffer[:number] = self._received[:number]
        self._received = self._received[number:]
        return number

    def close(self) -> None:
        self._rest.close()
        super().close()


class _Socket:
    """The socket of a connection, with a file that begins with what was received."""

    def __init__(self, sock: Any, received: bytes) -> None:
        self._sock = sock
        self._received = received

    def makefile(self, mode: str) -> Any:
        return io.BufferedReader(_Raw(self._received, self._sock.makefile(mode, buffering=0)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


def resumed(conn: Any, received: bytes, method: str, url: str, options: dict[str, Any]) -> Any:
    """The response that `conn.getresponse()` gives for an answer beginning with `received`; empty is its end."""
    conn._response_options = _ResponseOptions(
        request_method=method,
        request_url=url,
        preload_content=options["preload_content"],
        decode_content=options["decode_content"],
        enforce_content_length=True,
    )
    conn._method = method
    conn._HTTPConnection__state = "Request-sent"
    sock = conn.sock
    conn.sock = _Socket(sock, received)
    try:
        return conn.getresponse()
    finally:
        if conn.sock is not None:  # it closes a connection that the answer ends
            conn.sock = sock
