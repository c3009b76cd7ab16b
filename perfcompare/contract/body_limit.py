"""413 for a request body over the limit, declared or chunked, before any framework sees it; memory stays bounded.

Frameworks do this differently or not at all (FastAPI has no limit, Django answers 400 in HTML after spooling the whole
body, and reads nothing of a chunked body under WSGI), so the contract is met in one place per interface.
"""

from __future__ import annotations

import io
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any, Final

from perfcompare.core.limits import MAX_BODY_BYTES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApplication = Callable[[Scope, Receive, Send], Awaitable[None]]

TOO_LARGE: Final = json.dumps({"detail": f"The body is larger than {MAX_BODY_BYTES} bytes."}).encode()


class LimitBodyASGI:
    """An ASGI application around `app` that answers 413 where a body is over the limit."""

    def __init__(self, app: ASGIApplication) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through; refuse a body that is declared or turns out too large."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            return await self.app(scope, receive, send)
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), None)
        if declared is not None:
            return await (_refuse(send) if int(declared) > MAX_BODY_BYTES else self.app(scope, receive, send))
        return await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        chunks: list[Message] = []
        size = 0
        while True:
            message = await receive()
            chunks.append(message)
            size += len(message.get("body", b""))
            if size > MAX_BODY_BYTES:
                return await _refuse(send)
            if message["type"] != "http.request" or not message.get("more_body", False):
                break
        messages = iter(chunks)

        async def replay() -> Message:
            return next(messages, None) or await receive()

        return await self.app(scope, replay, send)


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(TOO_LARGE)).encode())]
    # The rest of the body is not read, so the connection cannot be used again.
    await send({"type": "http.response.start", "status": 413, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": TOO_LARGE})


def limit_body_wsgi(app: WSGIApplication) -> WSGIApplication:
    """A WSGI application around `app` that answers 413 where a body is over the limit.

    A chunked body is read here, up to the limit, and handed on with its length: WSGI has no other way to say it.
    """

    def limited(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        declared = environ.get("CONTENT_LENGTH") or ""
        if declared:
            too_large = int(declared) > MAX_BODY_BYTES
        elif "HTTP_TRANSFER_ENCODING" in environ:
            body = environ["wsgi.input"].read(MAX_BODY_BYTES + 1)
            too_large = len(body) > MAX_BODY_BYTES
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        else:
            too_large = False
        if too_large:
            headers = [("Content-Type", "application/json"), ("Content-Length", str(len(TOO_LARGE)))]
            start_response("413 Content Too Large", headers)
            return [TOO_LARGE]
        return app(environ, start_response)

    return limited
