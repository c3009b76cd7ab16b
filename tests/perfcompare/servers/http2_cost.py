"""What HTTP/2 changes: `python -m tests.perfcompare.servers.http2_cost`.

Prints processor microseconds of a server per answer: 32 requests at once over 32 connections of HTTP/1.1, and as 32
streams of one connection of HTTP/2, in turns. Run it on a quiet machine.
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from typing import Final

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Request
from perfcompare.registries import scenarios
from perfcompare.runner import procfs
from perfcompare.runner.processes import ServerProcess
from perfcompare.services import environment
from perfcompare.targets.demonstration import laboratory
from tests.perfcompare.servers.http2 import SERVERS, Connection

PAIRS: Final = (
    ("fastapi", "granian"), ("fastapi", "hypercorn"), ("ninja_async_tuned", "granian"),
    ("ninja_async_tuned", "hypercorn"), ("drf_tuned", "granian"),
)  # fmt: skip
SCENARIOS: Final = ("simple", "user_detail")
AT_ONCE: Final = 32
ROUNDS: Final = 7
SECONDS: Final = 1.0
Ask = Callable[[list[Request]], None]


class Plain:
    """As many connections of HTTP/1.1 as requests."""

    def __init__(self, process: ServerProcess) -> None:
        self._prefix = process.prefix
        self._host = f"{process.host}:{process.port}"
        self._sockets = [socket.create_connection((process.host, process.port), 20) for _ in range(AT_ONCE)]

    def ask(self, requests: list[Request]) -> None:
        """Send all of them, then read all answers."""
        for connection, request in zip(self._sockets, requests, strict=True):
            connection.sendall(f"GET {self._prefix}{request.path} HTTP/1.1\r\nHost: {self._host}\r\n\r\n".encode())
        for connection in self._sockets:
            _read(connection)


def _read(connection: socket.socket) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), head
    length = next(int(line.split(b":")[1]) for line in head.lower().splitlines() if line.startswith(b"content-length"))
    while len(body) < length:
        body += connection.recv(65536)


def _cost(process: ServerProcess, ask: Ask, requests: list[list[Request]]) -> float:
    """CPU microseconds of the server per answer."""
    before, sent, end = _used_ns(process), 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        ask(requests[sent % len(requests)])
        sent += 1
    return (_used_ns(process) - before) / 1000 / (sent * AT_ONCE)


def _used_ns(process: ServerProcess) -> int:
    return sum(one.own_ns + one.reaped_ns for one in procfs.family(process.pid).values())


def main() -> None:
    """Measure and print."""
    data = Dataset(count=1000, seed=1)
    with environment.provided(os.environ), tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, **laboratory.prepare(os.environ, data).environ}
        for stack, server in PAIRS:
            _measure(stack, server, environ, Path(folder) / f"{stack}-{server}.log", data)


def _measure(stack: str, server: str, environ: dict[str, str], log: Path, data: Dataset) -> None:
    with ExitStack() as context:
        process = context.enter_context(ServerProcess(SERVERS[server](stack, environ), log=log, cpus=None))
        plain, streams = Plain(process), Connection(process.host, process.port)
        ways: dict[str, Ask] = {
            "HTTP/1.1": plain.ask,
            "HTTP/2": lambda requests: _streams(streams, requests, process.prefix),
        }
        for name in SCENARIOS:
            traffic = (one.request for one in scenarios[name].traffic(data, Random(1)))
            batches = [list(islice(traffic, AT_ONCE)) for _ in range(20)]
            costs: dict[str, list[float]] = {way: [] for way in ways}
            for ask in ways.values():
                _cost(process, ask, batches)  # warms it up
            for _ in range(ROUNDS):
                for way, ask in ways.items():
                    costs[way].append(_cost(process, ask, batches))
            one, two = (median(costs[way]) for way in ways)
            ratios = sorted(second / first for first, second in zip(*costs.values(), strict=True))
            sys.stdout.write(
                f"{stack} on {server}, {name}: {one:.0f} µs, {two:.0f} µs, {median(ratios):.2f}x "
                f"[{ratios[0]:.2f}, {ratios[-1]:.2f}]\n"
            )


def _streams(connection: Connection, requests: list[Request], prefix: str) -> None:
    assert all(reply.status == 200 for reply in connection.send(requests, prefix))


if __name__ == "__main__":
    main()
