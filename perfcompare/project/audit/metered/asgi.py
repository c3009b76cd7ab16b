"""The project under ASGI, metered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from perfcompare.project.audit.metered.meter import METER, PATH
from perfcompare.project.served.asgi import Message
from perfcompare.project.served.asgi import application as served

_HEAD: Final = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json")],
}


async def application(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """The project's application. What it sends is the server's work."""
    if scope["type"] != "http":
        await served(scope, receive, send)
        return
    if scope["path"] == PATH:
        await send(dict(_HEAD))
        await send({"type": "http.response.body", "body": METER.answer()})
        return

    async def sent(message: Message) -> None:
        with METER.paused():
            await send(message)

    with METER:
        await served(scope, receive, sent)
