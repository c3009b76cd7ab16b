"""Reads the client's half of PostgreSQL's protocol, to tell which SQL statements a client executes.

https://www.postgresql.org/docs/18/protocol-message-formats.html
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from perfcompare.services import pgmessages

_MAX_STARTUP_BYTES: Final = 10_000
"""The server's own limit (MAX_STARTUP_PACKET_LENGTH). A TLS hello looks like a longer message."""
_ENCRYPTION_REQUESTS: Final = {80877103, 80877104}
"""SSLRequest and GSSENCRequest. The startup message is sent again after them."""


class StatementReader:
    """Reads what one client sends and calls `record` with the SQL text of each statement at its execution.

    A portal that is executed in several steps (a cursor) counts once.
    """

    def __init__(self, record: Callable[[str], None]) -> None:
        self._record = record
        self._buffer = bytearray()
        self._started = False
        self._prepared: dict[bytes, str] = {}
        self._portals: dict[bytes, str] = {}

    def feed(self, data: bytes) -> None:
        """Read the next bytes, in pieces of any size. Raises ValueError unless they are PostgreSQL in plain text."""
        self._buffer += data
        while self._next_message() if self._started else self._next_startup():
            pass

    def _next_startup(self) -> bool:
        if len(self._buffer) < 8:
            return False
        length, code = struct.unpack_from("!ii", self._buffer)
        if not 8 <= length <= _MAX_STARTUP_BYTES:
            raise ValueError("not the PostgreSQL protocol in plain text; use sslmode=disable in front of this proxy")
        if len(self._buffer) < length:
            return False
        del self._buffer[:length]
        self._started = code not in _ENCRYPTION_REQUESTS
        return True

    def _next_message(self) -> bool:
        message = pgmessages.take(self._buffer)
        if message is None:
            return False
        self._message(*message)
        return True

    def _message(self, kind: bytes, body: bytes) -> None:
        first, _, rest = body.partition(b"\0")
        second = rest.partition(b"\0")[0]
        match kind:
            case b"Q":
                self._record(_text(first))
            case b"P":
                self._prepared[first] = _text(second)
            case b"B":
                self._portals[first] = self._prepared[second]
            case b"E" if first in self._portals:
                self._record(self._portals.pop(first))
            case b"C" if first.startswith(b"S"):
                self._prepared.pop(first[1:], None)
            case _:
                pass  # authentication, Describe, Sync, COPY data, ...


def _text(sql: bytes) -> str:
    return sql.decode(errors="replace")
