"""The project under ASGI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from perfcompare.project.served import health
from perfcompare.project.served.applications import load

Message = MutableMapping[str, Any]
_SERVED: Final = load()


async def application(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """The project's application; this program's own paths beside it."""
    answer = health.ANSWERS.get(scope.get("path", ""))
    if answer is None:
        await _SERVED(scope, receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": answer()})
