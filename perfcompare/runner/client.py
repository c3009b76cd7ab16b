"""A client that sends one request of the contract over its own connection and reads the whole answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from typing import Final

from perfcompare.core.http import Reply, Request

TIMEOUT_S: Final = 60.0
"""Longest wait for the next bytes: well beyond every time limit of the contract, to see late answers."""
WHOLE_S: Final = 60.0
"""Longest wait for the end of an answer that has begun. A stream may have none."""
_CHUNK_BYTES: Final = 16 * 1024
_PART_BYTES: Final = 256 * 1024


class Client:
    """Sends to the server at `host` and `port`, by TLS with an HTTPSConnection."""

    def __init__(
        self,
        host: str,
        port: int,
        timeout_s: float = TIMEOUT_S,
        connection: type[HTTPConnection] = HTTPConnection,
        whole_s: float = WHOLE_S,
    ) -> None:
        self._connection = connection
        self._host = host
        self._port = port
        self._timeout_s = timeout_s
        self._whole_s = whole_s

    def send(self, request: Request, prefix: str) -> Reply:
        """The answer to `request`, whose path lies under `prefix`; OSError without a whole answer.

        Headers go out as Latin-1, and a Host among them replaces the right one. The connection stays open until the
        answer has been read, so that the server does not take the client for one that left.
        """
        with closing(self._connection(self._host, self._port, timeout=self._timeout_s)) as connection:
            try:
                with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of the body was read
                    connection.request(request.method, prefix + request.path, _body(request), _headers(request))
                return _reply(connection.getresponse(), self._whole_s)
            except HTTPException as error:
                raise OSError(f"the answer is not HTTP: {error!r}") from error


def _headers(request: Request) -> dict[str, str]:
    return {**request.headers, "connection": "close"}


def _body(request: Request) -> bytes | Iterator[bytes] | None:
    """http.client sends an iterator in chunks and declares the length of bytes."""
    if not request.chunked:
        return request.body
    body = request.body or b""
    return (body[start : start + _CHUNK_BYTES] for start in range(0, len(body), _CHUNK_BYTES))


def _reply(response: HTTPResponse, whole_s: float) -> Reply:
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        lower = name.lower()
        headers[lower] = f"{headers[lower]}, {value}" if lower in headers else value
    return Reply(status=response.status, headers=headers, body=_whole(response, whole_s))


def _whole(response: HTTPResponse, whole_s: float) -> bytes:
    """The body as it comes, because one without an end never fills a buffer."""
    parts, until = [], time.monotonic() + whole_s
    while part := response.read1(_PART_BYTES):
        parts.append(part)
        if time.monotonic() > until:
            raise OSError(f"the answer does not end: {sum(map(len, parts)):,} bytes in {whole_s:.0f} s")
    if response.length:
        raise IncompleteRead(b"".join(parts), response.length)
    return b"".join(parts)
