"""Requests as bytes over a socket, for what no client library sends."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import closing
from typing import Protocol


class Place(Protocol):
    """Where somebody listens, such as a ServerProcess."""

    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...


def head(place: Place, method: str, path: str, *lines: str) -> bytes:
    """The head of a request to `path`, with more header lines."""
    first = (f"{method} {path} HTTP/1.1", f"Host: {place.host}:{place.port}")
    return "\r\n".join([*first, *lines, "", ""]).encode("latin-1")


def opened(place: Place, data: bytes, wait_s: float = 60.0) -> socket.socket:
    """A connection over which that has been sent."""
    connection = socket.create_connection((place.host, place.port), timeout=wait_s)
    connection.sendall(data)
    return connection


def status(place: Place, data: bytes, wait_s: float = 60.0) -> int:
    """The status of the answer to these bytes; TimeoutError without one."""
    with closing(opened(place, data, wait_s)) as connection, connection.makefile("rb") as answer:
        return int(answer.readline().split()[1])


def healthy(place: Place, wait_s: float) -> bool:
    """Whether somebody says so in time."""
    try:
        return status(place, head(place, "GET", "/health", "Connection: close"), wait_s) == 200
    except (TimeoutError, ConnectionError):
        return False


def closed(connections: Iterable[socket.socket]) -> list[bool]:
    """Of each, whether the server has closed it; what it has sent is read."""
    return [_closed(one) for one in connections]


def _closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        while connection.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
