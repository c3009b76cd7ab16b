"""A request as its bytes go over the wire, and the reply of one server to it."""

from __future__ import annotations

import socket
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from select import select
from typing import Final

from perfcompare.core.http import Reply
from tests.contract.fuzzing.framing import FLAWS, FRAMINGS, MISFRAMINGS, UNFINISHED

TIMEOUT_S: Final = 30.0
PATIENCE_S: Final = 3.0
"""With a server that perhaps waits for more of a request that HTTP does not allow."""
PORT: Final = "{port}"
"""Stands for the server's port in a header."""


@dataclass(frozen=True, kw_only=True)
class RawRequest:
    """A request. Its target is relative to a stack's prefix; headers may be repeated."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None = None
    framing: str = "length"
    version: str = "1.1"
    absolute: bool = False
    """Whether the target is a whole URL, as a proxy gets it."""
    flaw: str | None = None

    @property
    def allowed(self) -> bool:
        """Whether HTTP allows it. A server may refuse another one in its own words, or hang up."""
        return self.flaw is None and self.framing in FRAMINGS and not (self.version == "1.0" and self._is_encoded)

    @property
    def _is_encoded(self) -> bool:
        """Whether a coding tells where it ends, which HTTP/1.0 does not have (RFC 9112, 6.1)."""
        lines = [] if self.body is None else _WAYS[self.framing](self.body)[0]
        return any(line.lower().startswith("transfer-encoding") for line in lines)

    @property
    def unfinished(self) -> bool:
        """Whether a server waits for the rest of it."""
        return not UNFINISHED.isdisjoint({self.flaw, self.framing if self.body is not None else None})

    def values(self, name: str) -> list[str]:
        """The values of a header, without the blanks that are no part of them."""
        return [value.strip(" \t") for one, value in self.headers if one.lower() == name]

    def encoded(self, prefix: str, port: int) -> bytes:
        """The bytes."""
        target = f"http://localhost:{port}" * self.absolute + f"{prefix}{self.target}"
        framing, content = _WAYS[self.framing](self.body) if self.body is not None else ([], b"")
        lines = [f"{self.method} {target} HTTP/{self.version}"]
        lines += [f"{name}: {value.replace(PORT, str(port))}" for name, value in self.headers]
        lines += [*framing, "Connection: close", "", ""]
        sent = "\r\n".join(lines).encode("latin-1") + content
        return FLAWS[self.flaw](sent) if self.flaw else sent


_WAYS: Final = {**FRAMINGS, **MISFRAMINGS}


def send(host: str, port: int, prefix: str, request: RawRequest) -> Reply:
    """The reply over a connection of its own; OSError without a whole one."""
    with closing(socket.create_connection((host, port), timeout=TIMEOUT_S)) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was read
            connection.sendall(request.encoded(prefix, port))
            if not request.allowed and not select([connection], [], [], 0.1 if request.unfinished else PATIENCE_S)[0]:
                connection.shutdown(socket.SHUT_WR)
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
