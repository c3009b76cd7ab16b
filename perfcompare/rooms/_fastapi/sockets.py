"""The open sockets of this process, as FastAPI's documentation keeps them."""

from __future__ import annotations

from fastapi import WebSocket, WebSocketDisconnect


class Sockets:
    """Those that are connected."""

    def __init__(self) -> None:
        self._open: set[WebSocket] = set()

    async def join(self, socket: WebSocket) -> None:
        """Accept it. It gets every message from now on."""
        await socket.accept()
        self._open.add(socket)

    def leave(self, socket: WebSocket) -> None:
        """It is gone."""
        self._open.discard(socket)

    async def send(self, text: str) -> None:
        """To all, one after another."""
        for socket in tuple(self._open):
            try:
                await socket.send_text(text)
            except WebSocketDisconnect:
                self.leave(socket)
