"""The slow upstream: an HTTP/1.1 service that answers `GET /?delay_ms=50` after that delay.

Run it as `python -m perfcompare.services.slow_http FILE`, which writes its URL to FILE. It is a bare protocol on
uvloop, so that it never limits a measured stack.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urlsplit

from perfcompare.core.limits import DEFAULT_DELAY_MS, MAX_DELAY_MS

_BACKLOG = 4096
_MAX_HEAD_BYTES = 65536


def _response(status: HTTPStatus, content: dict[str, object], header: str = "") -> bytes:
    body = json.dumps(content).encode()
    head = f"HTTP/1.1 {status} {status.phrase}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"{head}{header}\r\n".encode() + body


def _refusal(status: HTTPStatus, detail: str, header: str = "") -> tuple[float, bytes]:
    return 0.0, _response(status, {"detail": detail}, header)


@lru_cache(maxsize=4096)
def answer(request_line: bytes) -> tuple[float, bytes]:
    """The delay in seconds and the whole response for a request line such as b"GET /?delay_ms=50 HTTP/1.1"."""
    words = request_line.decode("latin-1").split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        return _refusal(HTTPStatus.BAD_REQUEST, "not an HTTP/1.1 request", "Connection: close\r\n")
    if words[0] != "GET":
        return _refusal(HTTPStatus.METHOD_NOT_ALLOWED, "only GET", "Allow: GET\r\n")
    try:
        target = urlsplit(words[1])
    except ValueError:
        return _refusal(HTTPStatus.BAD_REQUEST, "not a URL")
    if target.path != "/":
        return _refusal(HTTPStatus.NOT_FOUND, "only / is here")
    text = parse_qs(target.query, keep_blank_values=True).get("delay_ms", [str(DEFAULT_DELAY_MS)])[-1]
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= MAX_DELAY_MS):
        return _refusal(HTTPStatus.BAD_REQUEST, f"delay_ms must be an integer from 0 to {MAX_DELAY_MS}")
    return int(text) / 1000, _response(HTTPStatus.OK, {"delay_ms": int(text), "source": "upstream"})


@lru_cache(maxsize=4096)
def framing(head: bytes) -> tuple[int | None, bool]:
    """The length of the body after a request's head (None when it is unknown), and whether to close after it."""
    line, *fields = head.lower().split(b"\r\n")
    headers = {name.strip(): value.strip() for name, _, value in (field.partition(b":") for field in fields)}
    close = headers.get(b"connection") == b"close" or (
        line.endswith(b"http/1.0") and headers.get(b"connection") != b"keep-alive"
    )
    length = headers.get(b"content-length", b"0")
    if b"transfer-encoding" in headers or not (length.isdigit() and len(length) < 10):
        return None, True
    return int(length), close


class SlowHTTP(asyncio.Protocol):
    """One connection. It answers requests in order, each after its delay."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._skip = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the waiting request."""
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Answer complete requests. The rest waits for more data or for the current answer."""
        self._buffer += data
        if self._timer is None:
            self._proceed()
        elif len(self._buffer) > _MAX_HEAD_BYTES:
            self._transport.pause_reading()

    def _proceed(self) -> None:
        while self._timer is None and not self._transport.is_closing() and (head := self._next_head()) is not None:
            self._take(head)

    def _next_head(self) -> bytes | None:
        body = min(self._skip, len(self._buffer))
        del self._buffer[:body]
        self._skip -= body
        end = self._buffer.find(b"\r\n\r\n")
        if self._skip or end < 0:
            if len(self._buffer) > _MAX_HEAD_BYTES:
                self._send(_refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "head too large")[1], True)
            return None
        head = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        return head

    def _take(self, head: bytes) -> None:
        length, close = framing(head)
        delay, response = answer(head.partition(b"\r\n")[0])
        if length is None:
            delay, response = _refusal(HTTPStatus.BAD_REQUEST, "a body is not taken", "Connection: close\r\n")
        self._skip = length or 0
        close = close or b"\r\nConnection: close\r\n" in response
        if delay:
            self._timer = asyncio.get_running_loop().call_later(delay, self._finish, response, close)
        else:
            self._send(response, close)

    def _finish(self, response: bytes, close: bool) -> None:
        self._timer = None
        self._send(response, close)
        if not close:
            self._transport.resume_reading()
            self._proceed()

    def _send(self, response: bytes, close: bool) -> None:
        self._transport.write(response)
        if close:
            self._transport.close()


async def serve(url_file: Path) -> None:
    """Listen on a free port of 127.0.0.1, write the URL to `url_file`, serve until killed."""
    server = await asyncio.get_running_loop().create_server(SlowHTTP, "127.0.0.1", 0, backlog=_BACKLOG)
    unfinished = url_file.with_suffix(".unfinished")
    unfinished.write_text(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", encoding="utf-8")
    unfinished.rename(url_file)
    await server.serve_forever()


def main() -> None:
    """Serve on uvloop with as many connections as the machine allows."""
    import uvloop

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    uvloop.run(serve(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
