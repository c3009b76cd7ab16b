"""A request as its bytes go over the wire, and the reply of one server to it."""

from __future__ import annotations

import socket
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Final

from perfcompare.core.http import Reply

TIMEOUT_S: Final = 30.0
PORT: Final = "{port}"
"""Stands for the server's port in a header."""


@dataclass(frozen=True, kw_only=True)
class RawRequest:
    """A request that HTTP allows. Its target is relative to a stack's prefix; headers may be repeated."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None = None
    chunked: bool = False

    def values(self, name: str) -> list[str]:
        """The values of a header, without the blanks that are no part of them."""
        return [value.strip(" \t") for one, value in self.headers if one.lower() == name]

    def encoded(self, prefix: str, port: int) -> bytes:
        """The bytes."""
        lines = [f"{self.method} {prefix}{self.target} HTTP/1.1"]
        lines += [f"{name}: {value.replace(PORT, str(port))}" for name, value in self.headers]
        lines += [*self._framing(), "Connection: close", "", ""]
        return "\r\n".join(lines).encode("latin-1") + self._content()

    def _framing(self) -> list[str]:
        if self.body is None:
            return []
        return ["Transfer-Encoding: chunked"] if self.chunked else [f"Content-Length: {len(self.body)}"]

    def _content(self) -> bytes:
        if self.body is None or not self.chunked:
            return self.body or b""
        return (b"%x\r\n%b\r\n" % (len(self.body), self.body) if self.body else b"") + b"0\r\n\r\n"


def send(host: str, port: int, prefix: str, request: RawRequest) -> Reply:
    """The reply over a connection of its own; OSError without a whole one."""
    with closing(socket.create_connection((host, port), timeout=TIMEOUT_S)) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was read
            connection.sendall(request.encoded(prefix, port))
        with closing(HTTPResponse(connection, method=request.method)) as response:
            try:
                response.begin()
                body = response.read()
            except HTTPException as error:
                raise OSError(f"the answer is not HTTP: {error!r}") from error
            headers: dict[str, str] = {}
            for name, value in response.getheaders():
                lower = name.lower()
                headers[lower] = f"{headers[lower]}, {value}" if lower in headers else value
            return Reply(status=response.status, headers=headers, body=body)
