"""The answer to a WebSocket handshake: no stack serves WebSockets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]


async def refuse(receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
    """Close a connection that was not accepted: the server answers its handshake with 403.

    An application that raises an error instead is logged with a traceback, and answered with 500
    (https://asgi.readthedocs.io/en/latest/specs/www.html#close-send-event).
    """
    await receive()
    await send({"type": "websocket.close"})
