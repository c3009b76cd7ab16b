"""Splits PostgreSQL's protocol into messages: a letter, a length, and a body.

https://www.postgresql.org/docs/18/protocol-message-formats.html
"""

from __future__ import annotations

import struct
from typing import Final

_HEAD: Final = struct.Struct("!ci")
"""The type of a message, and its length without the type."""


def take(buffer: bytearray) -> tuple[bytes, bytes] | None:
    """Remove the first message from the buffer and return its type and its body; None when it is incomplete."""
    if len(buffer) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack_from(buffer)
    if len(buffer) < 1 + length:
        return None
    body = bytes(buffer[_HEAD.size : 1 + length])
    del buffer[: 1 + length]
    return kind, body
