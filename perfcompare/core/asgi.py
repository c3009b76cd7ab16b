"""What every ASGI application here does alike: it refuses WebSockets, and discards bodies that it has refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any, Final

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

DISCARD_S: Final = 5.0
"""Longest wait for the rest of a refused body."""


async def refuse_websocket(receive: Receive, send: Callable[[Message], Awaitable[None]]) -> None:
    """Close a connection that was not accepted: the server answers its handshake with 403.

    An application that raises an error instead is logged with a traceback, and answered with 500
    (https://asgi.readthedocs.io/en/latest/specs/www.html#close-send-event).
    """
    await receive()
    await send({"type": "websocket.close"})


async def discard(receive: Receive, most: int) -> None:
    """Read the rest of a body, up to so many bytes and for DISCARD_S.

    Closing a connection with unread bytes resets it, maybe before the client has read the answer
    (https://www.rfc-editor.org/rfc/rfc9112#section-9.6).
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARD_S):
            while most > 0:
                message = await receive()
                most -= len(message.get("body", b""))
                if not message.get("more_body", False):
                    return
