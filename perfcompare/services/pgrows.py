"""Reads the server's half of PostgreSQL's protocol, to count rows and to tell when a statement ended.

https://www.postgresql.org/docs/18/protocol-message-formats.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from perfcompare.services import pgmessages

_AUTHENTICATION: Final = b"R"
"""The type of the server's first message. A single letter may come before it, as the answer to a request for
encryption."""
_ROW: Final = b"D"
_ENDS: Final = {b"C", b"I", b"E", b"s"}
"""CommandComplete, EmptyQueryResponse, ErrorResponse, PortalSuspended: each ends the execution of a statement."""


class RowReader:
    """Reads what the server sends to one client. Calls `row` for each row of a result, and `ended` after each
    statement.

    A text with several statements calls `ended` several times.
    """

    def __init__(self, row: Callable[[], None], ended: Callable[[], None]) -> None:
        self._row, self._ended = row, ended
        self._buffer = bytearray()
        self._started = False

    def feed(self, data: bytes) -> None:
        """Read the next bytes, in pieces of any size."""
        self._buffer += data
        if not self._started:
            self._skip_refusals()
        while self._next_message():
            pass

    def _skip_refusals(self) -> None:
        while self._buffer and not self._started:
            self._started = self._buffer[:1] == _AUTHENTICATION
            if not self._started:
                del self._buffer[:1]

    def _next_message(self) -> bool:
        message = pgmessages.take(self._buffer)
        if message is None:
            return False
        if message[0] == _ROW:
            self._row()
        elif message[0] in _ENDS:
            self._ended()
        return True
