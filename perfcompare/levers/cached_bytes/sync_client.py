"""The client for threads: a pool of connections, each used by one thread at a time."""

from __future__ import annotations

import os
import select
import socket
import struct
from collections import deque
from typing import Any, Final

from hiredis import ProtocolError, Reader

from perfcompare.levers.cached_bytes.address import Address, Command, packed

_CHUNK: Final = 65536
_NOTHING: Final = object()


class RedisGone(ConnectionError):
    """Raised when Redis ends a connection instead of answering."""


class Connection:
    """One connection; after any error it must not be used again."""

    def __init__(self, address: Address) -> None:
        self._socket = _connected(address)
        self._reader = Reader(notEnoughData=_NOTHING)
        if address.greeting:
            for reply in self.ask(address.greeting):
                if isinstance(reply, Exception):
                    raise reply
        _wait_at_most(self._socket, address.timeout_s)
        self._readable = select.poll()
        self._readable.register(self._socket, select.POLLIN)

    def ask(self, commands: tuple[Command, ...]) -> list[Any]:
        """The reply to each command, errors of Redis as exceptions in their places; OSError and ProtocolError."""
        try:
            self._socket.sendall(packed(commands))
            return [self._reply() for _ in commands]
        except BlockingIOError as error:  # what the kernel says when the time is over
            raise TimeoutError("timed out") from error

    def _reply(self) -> Any:
        while (reply := self._reader.gets()) is _NOTHING:
            data = self._socket.recv(_CHUNK)
            if not data:
                raise RedisGone("Redis has closed the connection.")
            self._reader.feed(data)
        return reply

    def is_alive(self) -> bool:
        """False when Redis has closed it, or sent what nobody asked for, since it was last used."""
        return not self._readable.poll(0)

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def __del__(self) -> None:
        if hasattr(self, "_socket"):
            self._socket.close()


def _connected(address: Address) -> socket.socket:
    if address.path is None:
        made = socket.create_connection((address.host, address.port), timeout=address.connect_timeout_s)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made
    made = socket.socket(socket.AF_UNIX)
    made.settimeout(address.connect_timeout_s)
    try:
        made.connect(address.path)
    except OSError:
        made.close()
        raise
    return made


def _wait_at_most(connected: socket.socket, timeout_s: float | None) -> None:
    """Let the kernel end what takes longer. Python's own way asks it before each call whether that would wait."""
    if timeout_s is None or type(connected).__module__ != "socket":  # gevent waits itself
        connected.settimeout(timeout_s)
        return
    connected.settimeout(None)
    seconds, microseconds = divmod(max(1, round(timeout_s * 1_000_000)), 1_000_000)
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        connected.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", seconds, microseconds))


class ThreadsClient:
    """Asks Redis from any thread. There are as many connections as threads ever asked at the same time."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._idle: deque[Connection] = deque()
        # A child must not speak on its parent's connections.
        os.register_at_fork(after_in_child=self._idle.clear)

    def ask(self, commands: tuple[Command, ...]) -> list[Any]:
        """The reply to each command; see Connection.ask."""
        connection = self._take()
        try:
            replies = connection.ask(commands)
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return replies

    def _take(self) -> Connection:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was faster
                break
            if connection.is_alive():
                return connection
            connection.close()
        return Connection(self._address)


__all__ = ["Connection", "ProtocolError", "RedisGone", "ThreadsClient"]
