"""Answers 413 to a request body over the limit, declared or chunked, before a framework sees it. Memory stays bounded.

Under ASGI it also answers what a framework would not: 400 to a body that ends early or that the server has waited for
too long, and 403 to a WebSocket.

Frameworks do this differently or not at all, so one place per interface meets the contract. FastAPI has no limit by
default, and refuses in plain text. Django answers 400 in HTML after it has spooled the whole body, and does not read
chunked bodies under WSGI.

Under ASGI a refused body is first read and discarded, unless it is far too large or does not come. Closing a connection
with unread bytes resets it, and the reset may reach the client before it has read the answer
(https://www.rfc-editor.org/rfc/rfc9112#section-9.6). Under WSGI it is left unread, because no application can limit the
wait for it: gunicorn itself discards it for some seconds, granian closes the connection behind the answer.
"""

from __future__ import annotations

import io
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any, Final

from perfcompare.core import asgi
from perfcompare.core.limits import MAX_BODY_BYTES

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
# Django and Starlette give the three arguments different types.
ASGIApplication = Callable[[Any, Any, Any], Awaitable[None]]

MAX_DISCARDED_BYTES: Final = 16 * MAX_BODY_BYTES
"""The most that is read of a refused body under ASGI. A client that sends more finds its connection closed."""
TOO_LARGE: Final = json.dumps({"detail": f"The body is larger than {MAX_BODY_BYTES} bytes."}).encode()
INCOMPLETE: Final = json.dumps({"detail": "The body is incomplete."}).encode()
_BLANKS: Final = " \t"
"""They may surround the value of a header (https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3), and httptools leaves
those behind it."""
_MAX_DIGITS: Final = 18


class LimitBodyASGI:
    """Wraps the ASGI application `app` so that it answers 413 to a body over the limit."""

    def __init__(self, app: ASGIApplication) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward everything, but refuse a WebSocket and a body whose declared or actual size is too large."""
        if scope["type"] == "websocket":
            await asgi.refuse_websocket(receive, send)
            return
        declared = _declared(scope) if scope["type"] == "http" else 0
        if declared == 0:
            await self.app(scope, receive, send)
        elif declared is not None and declared > MAX_BODY_BYTES:
            await asgi.discard(receive, _worth_discarding(declared))
            await _answer(send, 413, TOO_LARGE)
        else:
            await self._received(scope, receive, send)

    async def _received(self, scope: Scope, receive: Receive, send: Send) -> None:
        # One buffer and no list of messages, so that a million chunks of one byte are not a million objects.
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                # The client is gone, sent an invalid chunk (granian), or was waited for too long (gunicorn). The
                # last two still want an answer: gunicorn answers 500 for an application that gives none.
                await _answer(send, 400, INCOMPLETE)
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > MAX_BODY_BYTES:
                await asgi.discard(receive, MAX_DISCARDED_BYTES if more else 0)
                await _answer(send, 413, TOO_LARGE)
                return
        await self.app(scope, _replay(bytes(body), receive), send)


def _declared(scope: Scope) -> int | None:
    """The size of the body in bytes, or None when it must be read to know."""
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return None
    if length := headers.get(b"content-length"):
        return _length(length.decode("latin-1"))
    # In HTTP/1 a request without either header has no body. Later versions need no header for a body.
    return 0 if scope["http_version"].startswith("1") else None


def _length(text: str) -> int:
    text = text.strip(_BLANKS)
    # Servers refuse a value that is not a number. If one does not, it counts as a body without end.
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else MAX_DISCARDED_BYTES + 1


def _worth_discarding(size: int) -> int:
    # Reading a part of it would not save the connection.
    return size if size <= MAX_DISCARDED_BYTES else 0


def _replay(body: bytes, receive: Receive) -> Receive:
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def replay() -> Message:
        return next(messages, None) or await receive()

    return replay


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    # The unread rest of the body makes the connection useless.
    await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body})


def limit_body_wsgi(app: WSGIApplication) -> WSGIApplication:
    """Wraps the WSGI application `app` so that it answers 413 to a body over the limit.

    It reads a chunked body up to the limit and passes it on with its length, because WSGI cannot express a chunked
    body.
    """

    def limited(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        stream: InputStream = environ["wsgi.input"]
        if "HTTP_TRANSFER_ENCODING" in environ:
            body = _read(stream, MAX_BODY_BYTES + 1)
            del environ["HTTP_TRANSFER_ENCODING"]
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
            size = len(body)
        else:
            size = _length(environ.get("CONTENT_LENGTH") or "0")
        if size <= MAX_BODY_BYTES:
            return app(environ, start_response)
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(TOO_LARGE)))]
        start_response("413 Content Too Large", headers)
        return [TOO_LARGE]

    return limited


def _read(stream: InputStream, most: int) -> bytes:
    body = bytearray()
    while len(body) < most and (chunk := stream.read(most - len(body))):
        body += chunk
    return bytes(body)
