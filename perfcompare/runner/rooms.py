"""Many WebSockets at once: what an echo and a broadcast cost, how long they take, and the memory of a held socket."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from perfcompare.core.room import BROADCAST, ECHO
from perfcompare.runner import procfs
from perfcompare.runner.cpu import TreeClock
from perfcompare.runner.holding import Grown, grown, holding
from perfcompare.runner.many_clients import AT_ONCE, SETTLE_S, TIMEOUT_S, Held, ms, opened, without_collections
from perfcompare.runner.websocket_client import SocketClient

WARM: Final = 8
"""Sockets before the measured ones, so that what is imported and begun once counts as idle."""
MESSAGE_BYTES: Final = 32
BUSY_SHARE: Final = 0.9
"""A client that works for more than this share of the time may be what limits the server."""


@dataclass(frozen=True, kw_only=True)
class Level(Grown):
    """The result of one kind of traffic for one number of sockets. Memory is that after the traffic."""

    traffic: str
    """ECHO or BROADCAST."""
    wanted: int
    opened: int
    """Sockets whose handshake was right."""
    sent: int
    """Messages of clients."""
    right: int
    """Messages that came to the right client: of a broadcast, one for each socket."""
    lost: int
    """Messages that had not come when the client's patience ended."""
    trouble: str
    """What else was wrong, such as a message that nobody had sent; empty when nothing was."""
    p50_ms: float | None
    """Of an echo, from sending to receiving; of a broadcast, until the last socket has it."""
    p99_ms: float | None
    per_s: float
    """Right messages a second."""
    cpu_us: float | None
    """Processor time of the server's process tree for each right message."""
    redis_us: float | None
    """The same of Redis; None where it carries no messages, or runs elsewhere."""
    client_share: float
    """The part of the time in which the client's process used a processor."""

    @property
    def valid(self) -> bool:
        """Whether every message came, once, unchanged, to every socket that was wanted."""
        return self.right > 0 and self.opened == self.wanted and not self.lost and not self.trouble

    @property
    def limited(self) -> bool:
        """Whether the client had too little time left for its times and rates to count."""
        return self.client_share > BUSY_SHARE


async def measure(server: Held, traffic: str, wanted: int, seconds: float, redis: int | None) -> Level:
    """Open so many sockets of a server that has just been started, and send messages for that time.

    `redis` is the process of the Redis that carries them.
    """
    warm, _trouble = await _joined(server, traffic, WARM)
    await TRAFFIC[traffic](warm).run(0)
    _leave(warm)
    await asyncio.sleep(SETTLE_S)
    idle = holding(server.pid)
    clients, trouble = await _joined(server, traffic, wanted)
    clock, carrier = TreeClock(server.pid), None if redis is None else TreeClock(redis)
    before_ns, carried_ns = _read(clock), _read(carrier)
    load = TRAFFIC[traffic](clients)
    with without_collections():
        await load.run(seconds)
    used_ns, carried_ns = _read(clock) - before_ns, _read(carrier) - carried_ns
    await asyncio.sleep(SETTLE_S)  # what comes twice may come late
    now = holding(server.pid)
    _leave(clients)
    return Level(
        traffic=traffic,
        wanted=wanted,
        opened=len(clients),
        sent=load.sent,
        right=load.right,
        lost=load.lost,
        trouble=trouble or load.trouble,
        p50_ms=ms(load.times, 0.5),
        p99_ms=ms(load.times, 0.99),
        per_s=load.right / load.took_s,
        cpu_us=_each_us(used_ns, load.right),
        redis_us=None if carrier is None else _each_us(carried_ns, load.right),
        client_share=load.busy_s / load.took_s,
        **grown(now, idle),
    )


def _read(clock: TreeClock | None) -> int:
    return 0 if clock is None else clock.refresh(procfs.processes())


def _each_us(ns: int, messages: int) -> float | None:
    return ns / 1000 / messages if messages else None


async def _joined(server: Held, traffic: str, count: int) -> tuple[list[SocketClient], str]:
    """The clients whose handshake was right, and what was wrong with one of the others."""
    clients = await opened(server, count, SocketClient)
    for first in range(0, len(clients), AT_ONCE):
        batch = clients[first : first + AT_ONCE]
        for client in batch:
            client.shake(server.host, server.port, f"{server.prefix}{traffic}")
        await asyncio.wait([client.open for client in batch], timeout=TIMEOUT_S)
    answers = {client: client.open.result() if client.open.done() else "no answer" for client in clients}
    right = [client for client, trouble in answers.items() if not trouble]
    return right, next((f"the handshake failed: {trouble}" for trouble in answers.values() if trouble), "")


def _leave(clients: Sequence[SocketClient]) -> None:
    for client in clients:
        client.leave()


class Traffic(ABC):
    """Messages between these clients, and the counting of them."""

    def __init__(self, clients: Sequence[SocketClient]) -> None:
        self.clients = clients
        self.sent = self.right = self.lost = 0
        self.trouble = ""
        self.times: list[float] = []
        """Seconds."""
        self.took_s = self.busy_s = 0.0
        """All in all, and those in which this process used a processor."""
        self._due: dict[SocketClient, bytes] = {}
        """What each client must hear next."""
        self._until_s = 0.0
        self._over = asyncio.get_running_loop().create_future()
        for client in clients:
            client.heard, client.failed = self._heard, self._failed

    async def run(self, seconds: float) -> None:
        """Send for that time, each message when the one before it has come; then wait for those under way."""
        began_s, busy_s = time.monotonic(), time.process_time()
        self._until_s = began_s + seconds
        if self.clients:
            self._begin()
            await asyncio.wait([self._over], timeout=seconds + TIMEOUT_S)
        if not self._over.done():
            self.lost = len(self._due)
        self.took_s = max(time.monotonic() - began_s, time.get_clock_info("monotonic").resolution)
        self.busy_s = time.process_time() - busy_s

    @abstractmethod
    def _begin(self) -> None:
        """Send the first messages."""

    @abstractmethod
    def _came(self, client: SocketClient) -> None:
        """The client has heard what it had to."""

    def _heard(self, client: SocketClient, text: bytes) -> None:
        due = self._due.pop(client, None)
        if due == text:
            self.right += 1
            self._came(client)
        else:
            self._failed(client, f"{text[:80]!r} came where {due!r} was due" if due else f"{text[:80]!r} came too much")

    def _failed(self, _client: SocketClient, what: str) -> None:
        self.trouble = self.trouble or what
        self._end()

    def _end(self) -> None:
        if not self._over.done():
            self._over.set_result(None)

    def _send(self, client: SocketClient) -> float:
        """Send the next message. Returns when."""
        now_s = time.monotonic()
        client.send(self._text())
        self.sent += 1
        return now_s

    def _text(self) -> bytes:
        """The next message: no two are alike."""
        return b"%0*d" % (MESSAGE_BYTES, self.sent)


class Echo(Traffic):
    """Every client sends, and hears its own message."""

    def __init__(self, clients: Sequence[SocketClient]) -> None:
        super().__init__(clients)
        self._moments: dict[SocketClient, float] = {}

    def _begin(self) -> None:
        for client in self.clients:
            self._ask(client)

    def _came(self, client: SocketClient) -> None:
        now_s = time.monotonic()
        self.times.append(now_s - self._moments[client])
        if now_s < self._until_s and not self._over.done():
            self._ask(client)
        elif not self._due:
            self._end()

    def _ask(self, client: SocketClient) -> None:
        self._due[client] = self._text()
        self._moments[client] = self._send(client)


class Broadcast(Traffic):
    """One client after another sends, and all hear its message."""

    _moment = 0.0

    def _begin(self) -> None:
        self._due = dict.fromkeys(self.clients, self._text())
        self._moment = self._send(self.clients[self.sent % len(self.clients)])

    def _came(self, client: SocketClient) -> None:
        if self._due:
            return
        now_s = time.monotonic()
        self.times.append(now_s - self._moment)
        if now_s < self._until_s and not self._over.done():
            self._begin()
        else:
            self._end()


TRAFFIC: Final[Mapping[str, type[Traffic]]] = {ECHO: Echo, BROADCAST: Broadcast}
