"""400 for a foreign or a repeated Host. Starlette's TrustedHostMiddleware does the same, but answers in plain text."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class AllowedHosts:
    """ASGI middleware that accepts requests with one Host, which is one of `hosts`, with any port or none."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = {host.lower().encode() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward the request, or refuse it."""
        if scope["type"] != "http" or self._allowed(scope):
            return await self._app(scope, receive, send)
        return await JSONResponse({"detail": "Unknown host."}, 400)(scope, receive, send)

    def _allowed(self, scope: Scope) -> bool:
        values = [value for name, value in scope["headers"] if name == b"host"]
        if len(values) != 1:
            return False
        host, _, port = values[0].rpartition(b":")
        name = (host if port.isdigit() else values[0]).lower()
        return name in self._hosts or name.removesuffix(b".") in self._hosts  # a dot ends a whole name
