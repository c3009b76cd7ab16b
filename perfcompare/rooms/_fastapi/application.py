"""The application without its broadcast: an echo, and health."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, WebSocket

from perfcompare.core import env
from perfcompare.core.room import BROADCAST, ECHO
from perfcompare.rooms._fastapi.sockets import Sockets


def application(sockets: Sockets, send: Callable[[str], Awaitable[Any]], **options: Any) -> FastAPI:
    """`send` takes a message to all `sockets`, wherever they are."""
    app = FastAPI(openapi_url=None, **options)

    @app.websocket(f"/{ECHO}")
    async def echo(socket: WebSocket) -> None:
        """Each message comes back."""
        await socket.accept()
        async for text in socket.iter_text():
            await socket.send_text(text)

    @app.websocket(f"/{BROADCAST}")
    async def broadcast(socket: WebSocket) -> None:
        """Each message goes to all."""
        await sockets.join(socket)
        try:
            async for text in socket.iter_text():
                await send(text)
        finally:
            sockets.leave(socket)

    @app.get("/health")
    async def health() -> dict[str, str]:
        """Whose process this is."""
        return {"status": "ok", "nonce": env.text("PERFCOMPARE_NONCE", "none")}

    return app
