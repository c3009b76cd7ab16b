"""One keep-alive connection of one user: bytes out, a reply back, and as little in between as there can be.

Locust's FastHttpUser serves browsers' needs (cookies, redirects, pools, compression) and reads 4 KiB at a time; for a
request with a known answer that is most of what it spends. `docs/locust.md` has the measurement.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Mapping
from http.client import HTTPException
from typing import Final
from urllib.parse import urlsplit

from geventhttpclient._parser import HTTPResponseParser

from perfcompare.core.http import Reply, Request

TIMEOUT_S: Final = 10.0
"""An answer that takes longer is an error, as it is for the other generator."""
IDLE_S: Final = 1.0
"""After so long a server may have closed the connection; then it is looked at before it is used again."""
_RECEIVE: Final = 256 * 1024


class NoAnswerError(Exception):
    """Raised when the connection was refused, broke, took too long, or carried something that is not HTTP."""


class Connection:
    """Opened when it is first used, and again when the server has closed it between two requests."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._tls else 80)
        self._named = parts.netloc.rpartition("@")[2]
        self._socket: socket.socket | None = None
        self._used_s = 0.0

    def ask(self, path: str, request: Request) -> Reply:
        """The reply to `request` at `path`; NoAnswerError without one, and the connection is then closed."""
        content = self._wire(path, request)
        try:
            if self._socket is None or self._is_stale(self._socket):
                self._open()
            return self._exchange(content)
        except (OSError, HTTPException) as error:
            self.close()
            raise NoAnswerError(f"no answer: {type(error).__name__} {error}".rstrip()) from error
        except BaseException:  # a user that is stopped in the middle
            self.close()
            raise

    def close(self) -> None:
        """Close it; it may be used again."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _wire(self, path: str, request: Request) -> bytes:
        # No compression is asked for, so that every generator asks for the same work.
        lines = [f"{request.method} {path} HTTP/1.1", f"Host: {self._named}", *_lines(request.headers)]
        if request.body is not None:
            lines.append(f"Content-Length: {len(request.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + (request.body or b"")

    def _is_stale(self, opened: socket.socket) -> bool:
        if time.monotonic() - self._used_s < IDLE_S:
            return False
        poll = select.poll()
        poll.register(opened, select.POLLIN)
        return bool(poll.poll(0))  # nothing is due: what can be read is the end

    def _open(self) -> None:
        self.close()
        opened = socket.create_connection((self._host, self._port), timeout=TIMEOUT_S)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = self._tls.wrap_socket(opened, server_hostname=self._host) if self._tls else opened

    def _exchange(self, content: bytes) -> Reply:
        opened = self._socket
        assert opened is not None
        opened.sendall(content)
        response = _Response()
        while not response.is_complete:
            data = opened.recv(_RECEIVE)
            response.feed(data)  # an empty one ends a body without a length
            if not data and not response.is_complete:
                raise ConnectionError("closed in the middle")
        self._used_s = time.monotonic()
        if not response.should_keep_alive():
            self.close()
        return response.reply()


class _Response(HTTPResponseParser):
    """The parser of Locust's HTTP client, with as little Python per answer as it allows."""

    def __init__(self) -> None:
        super().__init__()
        self.is_complete = False
        self.parts: list[bytes] = []
        self._headers: list[list[str]] = []
        self._in_name = False

    def _on_header_field(self, text: str) -> None:
        if self._in_name:
            self._headers[-1][0] += text  # a name may come in pieces, and so may a value
        else:
            self._headers.append([text, ""])
            self._in_name = True

    def _on_header_value(self, text: str) -> None:
        self._headers[-1][1] += text
        self._in_name = False

    def _on_body(self, content: bytes) -> None:
        self.parts.append(bytes(content))

    def _on_message_complete(self) -> None:
        self.is_complete = True

    def _ignore(self, *_details: object) -> None:
        """What there is nothing to do about."""

    _on_message_begin = _on_headers_complete = _on_status = _ignore

    def reply(self) -> Reply:
        """What was received; header names in lower case."""
        headers = {name.lower(): value for name, value in self._headers}
        return Reply(status=self.get_code(), headers=headers, body=b"".join(self.parts))


def _lines(headers: Mapping[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in headers.items()]
