"""Requests as bytes over a socket, for what no client library sends."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import closing

from perfcompare.runner.processes import ServerProcess


def head(process: ServerProcess, method: str, path: str, *lines: str) -> bytes:
    """The head of a request to `path` of what `process` serves, with more header lines."""
    first = (f"{method} {path} HTTP/1.1", f"Host: {process.host}:{process.port}")
    return "\r\n".join([*first, *lines, "", ""]).encode("latin-1")


def opened(process: ServerProcess, data: bytes, wait_s: float = 60.0) -> socket.socket:
    """A connection over which that has been sent."""
    connection = socket.create_connection((process.host, process.port), timeout=wait_s)
    connection.sendall(data)
    return connection


def status(process: ServerProcess, data: bytes, wait_s: float = 60.0) -> int:
    """The status of the answer to these bytes; TimeoutError without one."""
    with closing(opened(process, data, wait_s)) as connection, connection.makefile("rb") as answer:
        return int(answer.readline().split()[1])


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
