"""A response's headers and content as ASGI messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Final

from asgiref.sync import sync_to_async
from django.http import HttpResponseBase, StreamingHttpResponse
from django.http.response import ResponseHeaders

from perfcompare.levers.lean_asgi.bodies import Send


def encoded_headers(response: HttpResponseBase) -> list[tuple[bytes, bytes]]:
    """The headers and cookies, in their case: some clients insist on it."""
    if type(response.headers) is ResponseHeaders and type(response).items is HttpResponseBase.items:
        encoded = [_known.get(pair) or _encoded(pair) for pair in response.headers._store.values()]
    else:
        encoded = [(_ascii(name), _latin(value)) for name, value in response.items()]  # of somebody else's making
    if response.cookies:
        encoded += [
            (b"Set-Cookie", cookie.output(header="").encode("ascii").strip()) for cookie in response.cookies.values()
        ]
    return encoded


_MOST: Final = 1024
_LONGEST: Final = 200
_known: Final[dict[tuple[str, str], tuple[bytes, bytes]]] = {}
"""Headers as they are sent: most are the same on every answer."""


def _encoded(pair: tuple[str, str]) -> tuple[bytes, bytes]:
    name, value = pair
    encoded = _ascii(name), _latin(value)
    if type(name) is str and type(value) is str and len(value) <= _LONGEST:
        if len(_known) >= _MOST:
            _known.clear()
        _known[pair] = encoded
    return encoded


def _ascii(name: str | bytes) -> bytes:
    return name.encode("ascii") if isinstance(name, str) else bytes(name)


def _latin(value: str | bytes) -> bytes:
    return value.encode("latin1") if isinstance(value, str) else bytes(value)


async def send_stream(response: StreamingHttpResponse, send: Send) -> None:
    """Send each part as it comes, and an empty last message."""
    parts = aiter(response) if response.is_async else _from_thread(response)
    async with aclosing(parts) as content:  # type: ignore[type-var]  # an asynchronous generator
        async for part in content:
            await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body"})


async def _from_thread(response: StreamingHttpResponse) -> AsyncIterator[bytes]:
    # One part at a time: collecting them would keep a whole file in memory, and an endless stream for ever.
    iterator = iter(response)
    following = sync_to_async(lambda: next(iterator, None))
    while (part := await following()) is not None:
        yield part
