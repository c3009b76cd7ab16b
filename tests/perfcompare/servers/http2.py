"""A client of HTTP/2 without TLS, and servers that speak it. Timed servers speak HTTP/1.1 alone."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, Event, ResponseReceived, StreamEnded, StreamReset

from perfcompare.core.http import Reply, Request
from perfcompare.core.target import Program
from perfcompare.plugins import servers
from perfcompare.registries import stacks
from perfcompare.targets.demonstration.programs import program, target_of

TIMEOUT_S: Final = 20.0
_WINDOW: Final = 2**24
"""Bytes that a server may send before it is told to go on: more than any answer here."""
_KEPT_OPEN: Final = Path(__file__).with_name("hypercorn.toml")


def granian(stack: str, environ: Mapping[str, str]) -> Program:
    """The stack on granian, which speaks both versions on one port."""
    timed = program(stack, f"granian_{servers[stacks[stack].server].interface}", environ=environ)

    def command(port: int) -> Sequence[str]:
        words = list(timed.command(port))
        words[words.index("--http") + 1] = "auto"
        return words

    return replace(timed, command=command)


def hypercorn(stack: str, environ: Mapping[str, str]) -> Program:
    """The stack on hypercorn, likewise."""
    target = target_of(stack, "uvicorn")

    def command(port: int) -> Sequence[str]:
        return [
            sys.executable, "-m", "hypercorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "uvloop",
            "--workers", "1", "--keep-alive", "75", "--log-level", "warning", "--config", str(_KEPT_OPEN), target,
        ]  # fmt: skip

    return replace(program(stack, "uvicorn", environ=environ), command=command)


SERVERS: Final[Mapping[str, Callable[[str, Mapping[str, str]], Program]]] = {
    "granian": granian,
    "hypercorn": hypercorn,
}


class Connection:
    """One connection, without an upgrade from HTTP/1.1 (RFC 9113, prior knowledge)."""

    def __init__(self, host: str, port: int) -> None:
        self._authority = f"{host}:{port}"
        self._socket = socket.create_connection((host, port), TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._state = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self._state.initiate_connection()
        self._state.increment_flow_control_window(_WINDOW)

    def close(self) -> None:
        """End it."""
        self._socket.close()

    def send(self, requests: Iterable[Request], prefix: str) -> list[Reply]:
        """The answers to requests of GET that are sent together, each on a stream of its own."""
        streams = [self._begin(request, prefix) for request in requests]
        self._flush()
        heads: dict[int, dict[str, str]] = {}
        bodies = {stream: bytearray() for stream in streams}
        waiting = set(streams)
        while waiting:
            received = self._socket.recv(2**20)
            if not received:
                raise OSError("The server has closed the connection.")
            for event in self._state.receive_data(received):
                waiting -= self._note(event, heads, bodies)
            self._flush()
        return [self._reply(heads[stream], bytes(bodies[stream])) for stream in streams]

    def _begin(self, request: Request, prefix: str) -> int:
        stream: int = self._state.get_next_available_stream_id()
        head = {":method": request.method, ":scheme": "http", ":authority": self._authority}
        self._state.send_headers(
            stream, [*head.items(), (":path", prefix + request.path), *_lower(request.headers)], end_stream=True
        )
        self._state.increment_flow_control_window(_WINDOW, stream)
        return stream

    def _note(self, event: Event, heads: dict[int, dict[str, str]], bodies: Mapping[int, bytearray]) -> set[int]:
        """Store what has come; the streams that have ended."""
        if isinstance(event, ResponseReceived):
            heads[event.stream_id] = {str(name): str(value) for name, value in event.headers}
        elif isinstance(event, DataReceived):
            bodies[event.stream_id] += event.data
            self._state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, StreamReset):
            raise OSError(f"The server has reset a stream: {event.error_code}.")
        elif isinstance(event, ConnectionTerminated):
            raise OSError(f"The server takes no more requests on this connection (GOAWAY {event.error_code}).")
        return {event.stream_id} if isinstance(event, StreamEnded) else set()

    def _flush(self) -> None:
        if waiting := self._state.data_to_send():
            self._socket.sendall(waiting)

    @staticmethod
    def _reply(head: Mapping[str, str], body: bytes) -> Reply:
        return Reply(status=int(head[":status"]), headers=head, body=body)


def _lower(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in headers.items()]


def answers(host: str, port: int, requests: Iterable[Request], prefix: str) -> list[Reply]:
    """The answers to requests that are sent together over one connection."""
    with closing(Connection(host, port)) as connection:
        return connection.send(requests, prefix)
