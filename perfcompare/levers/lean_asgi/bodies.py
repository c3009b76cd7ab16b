"""Request bodies: read, limited where the option `body_limit` says so, and kept in memory or in a file."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any, Final

from django.conf import settings

from perfcompare.core import asgi
from perfcompare.levers._handling.options import body_limit
from perfcompare.levers._handling.refusals import Refusal, incomplete, too_large

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Scope = MutableMapping[str, Any]

_LIMIT: Final = body_limit("lean_asgi")
_DISCARDED: Final = 16
"""How many times the limit is read and thrown away of a body that is refused; whoever sends more is cut off."""
_MAX_DIGITS: Final = 18
_BODILESS: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What a request's head says about its body."""

    length: int | None
    """In bytes; None when only reading it tells."""
    multipart: bool


NOTHING: Final = Declared(length=0, multipart=False)


def declared(scope: Scope) -> Declared:
    """What the head says; `NOTHING` when there can be no body, and then the server need not be asked for it.

    HTTP/1 has no body without one of the two headers (https://www.rfc-editor.org/rfc/rfc9112#section-6.3); later
    versions need no header for one. A method other than GET or HEAD is read in any case, for test clients.
    """
    length: bytes | None = None
    kind = b""
    chunked = False
    for name, value in scope.get("headers", ()):
        if name == b"content-length":
            length = value
        elif name == b"content-type":
            kind = value
        elif name == b"transfer-encoding":
            chunked = True
    if length is None and not chunked and scope["method"] in _BODILESS and scope["http_version"].startswith("1"):
        return NOTHING
    return Declared(length=None if chunked or length is None else _number(length), multipart=_is_multipart(kind))


def _number(text: bytes) -> int:
    # Blanks may surround the value of a header (https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3).
    text = text.strip(b" \t")
    # Servers refuse what is no number; should one let it through, it is refused like a body without end.
    return int(text) if text.isdigit() and len(text) <= _MAX_DIGITS else 10**_MAX_DIGITS


def _is_multipart(kind: bytes) -> bool:
    return kind[:19].lower() == b"multipart/form-data"


async def read(said: Declared, receive: Receive) -> IO[bytes] | Refusal | None:
    """The body as a file at its start; None when there is nobody to serve any more; a refusal where there is a limit.

    Where there is a limit, one that ends early is refused too, since somebody may still wait for an answer: granian
    reports an invalid chunk in this way, and gunicorn a body that it has waited for too long.
    """
    limit = None if said.multipart else _LIMIT.get()
    if limit is not None and said.length is not None and said.length > limit:
        await asgi.discard(receive, said.length if said.length <= _DISCARDED * limit else 0)
        return too_large(limit, closes=True)
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        body = message.get("body", b"")
        if limit is None or len(body) <= limit:
            return BytesIO(body)
    return await _collected(message, receive, limit)


async def _collected(message: Message, receive: Receive, limit: int | None) -> IO[bytes] | Refusal | None:
    size = 0
    body: IO[bytes] = tempfile.SpooledTemporaryFile(settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115 - handed on
    while message["type"] != "http.disconnect":
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if limit is not None and size > limit:
            body.close()
            await asgi.discard(receive, _DISCARDED * limit if more else 0)
            return too_large(limit, closes=True)
        body.write(part)
        if not more:
            body.seek(0)
            return body
        message = await receive()
    body.close()
    return incomplete() if _LIMIT.get() is not None else None
