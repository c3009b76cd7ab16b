"""Sends a batch of requests over a few connections and returns when all of it is answered.

A server that is loaded in turns must have nothing under way between two of its turns. No load generator can pause that
way. This one sends for as long as a turn lasts, and waits for what is still under way. It offers a closed loop (each
connection sends after an answer) and an open one (each request is due at a moment, and its latency counts from then).
Its cost, beside other generators: docs/generators.md.
"""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

import httptools

from perfcompare.core.http import Expected, Reply, Request, merged

TIMEOUT_S: Final = 10.0
"""An answer that takes longer is an error, as it is for the other generators."""
_RECEIVE: Final = 256 * 1024
_CHECKED: Final = 1
"""How many bodies of a batch are compared with the contract. Every status is compared."""
_PAUSE_S: Final = 0.01
"""Pause after a failed connection, which would otherwise be retried thousands of times a second."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A request as the bytes that go out, and the answer that must come."""

    wire: bytes
    expected: Expected


def ready(host: str, port: int, path: str, request: Request, expected: Expected) -> Ready:
    """The request to `path` of the server at `host` and `port`."""
    headers = merged({"Host": f"{host}:{port}"}, request.headers)
    lines = [f"{request.method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if request.body is not None:
        lines.append(f"Content-Length: {len(request.body)}")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return Ready(wire=head + (request.body or b""), expected=expected)


@dataclass(kw_only=True)
class Batch:
    """The result of a batch."""

    began_s: float
    """CLOCK_MONOTONIC at the start; the next one is at the last answer."""
    ended_s: float = 0.0
    answers: int = 0
    """Right ones."""
    failures: Counter[str] = field(default_factory=Counter)
    """Message to count, for everything that went wrong."""
    latencies_s: list[float] = field(default_factory=list)
    """Of the right answers: from the due moment in an open loop, else from sending."""
    late_s: list[float] = field(default_factory=list)
    """How much later than due each request was sent although a connection was free: the sender's own delay."""
    received_bytes: int = 0
    opened: int = 0
    """Connections that were opened on the way."""
    due: int = 0
    """Requests that were due in an open loop."""
    to_check: list[tuple[int, Reply, Expected]] = field(default_factory=list)
    """Each with the place of its latency."""

    @property
    def seconds(self) -> float:
        """From the first request to the last answer."""
        return self.ended_s - self.began_s

    @property
    def errors(self) -> int:
        """Answers that were wrong or did not come."""
        return self.failures.total()


class Sender:
    """A context with up to `connections` keep-alive connections to one server."""

    def __init__(self, host: str, port: int, connections: int) -> None:
        self._address = (host, port)
        self._connections = connections
        self._epoll: select.epoll
        self._lines: dict[int, _Line]
        """By file descriptor, those that are open."""
        self._resting: list[_Line]
        """Those that nothing is under way on; some may have been closed meanwhile."""

    def __enter__(self) -> Self:
        self._epoll, self._lines, self._resting = select.epoll(), {}, []
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for line in list(self._lines.values()):
            self._close(line)
        self._epoll.close()

    def closed(self, requests: Iterator[Ready], *, seconds: float) -> Batch:
        """Each connection sends its next request after an answer, at least one, until `seconds` are over."""
        batch = Batch(began_s=time.monotonic())
        until_s = batch.began_s + seconds
        under_way = self._answered(batch, 0.0)  # none: it takes note of what the server has closed meanwhile
        for _ in range(self._connections):
            under_way += self._send(batch, next(requests))
        while under_way:
            for _ in range(self._answered(batch, None)):
                under_way -= 1
                if time.monotonic() < until_s:
                    under_way += self._send(batch, next(requests))
        return self._done(batch)

    def open(self, requests: Iterator[Ready], *, rate: float, seconds: float) -> Batch:
        """`rate` requests a second are due, evenly spaced, for `seconds`, and each connection has one at a time.

        Requests without a free connection within that time count as due and are not sent.
        """
        batch = Batch(began_s=time.monotonic(), due=max(1, round(rate * seconds)))
        number = under_way = self._answered(batch, 0.0)  # as above
        free_s, ends_s = batch.began_s, batch.began_s + seconds
        while under_way or number < batch.due:
            now_s, due_s = time.monotonic(), batch.began_s + number / rate
            if number < batch.due and now_s > ends_s and (under_way == self._connections or free_s > ends_s):
                number = batch.due
                continue
            if number < batch.due and under_way < self._connections and due_s <= now_s:
                batch.late_s.append(now_s - max(due_s, free_s))
                sent = self._send(batch, next(requests), due_s)
                under_way += sent
                number += 1
                free_s = free_s if sent else time.monotonic()  # it paused
                continue
            waits = number < batch.due and under_way < self._connections
            full = under_way == self._connections
            under_way -= self._answered(batch, due_s - now_s if waits else None)
            if full:
                free_s = time.monotonic()
        return self._done(batch)

    def _send(self, batch: Batch, request: Ready, since_s: float | None = None) -> int:
        """Send it over a connection that rests; whether it is under way, as a number."""
        line = self._rested()
        try:
            if line is None:
                line = self._opened()
                batch.opened += 1
            line.send(request, since_s)
        except OSError as error:
            batch.failures[f"no connection: {type(error).__name__}"] += 1
            if line is not None:
                self._close(line)
            time.sleep(_PAUSE_S)
            return 0
        return 1

    def _rested(self) -> _Line | None:
        while self._resting:
            line = self._resting.pop()
            if line.usable:
                return line
        return None

    def _opened(self) -> _Line:
        line = _Line(socket.create_connection(self._address, timeout=TIMEOUT_S))
        self._lines[line.number] = line
        self._epoll.register(line.number, select.EPOLLIN)
        return line

    def _close(self, line: _Line) -> None:
        line.usable = False
        del self._lines[line.number]
        line.close()  # which takes it out of the epoll as well

    def _answered(self, batch: Batch, wait_s: float | None) -> int:
        """Wait for answers, for so long at most; how many exchanges are over."""
        if wait_s is None:
            events = self._epoll.poll(TIMEOUT_S)
        else:
            # epoll itself counts in milliseconds; select takes microseconds, and an epoll is a file as others are
            ready_ones = select.select([self._epoll], [], [], max(0.0, wait_s))[0]
            events = self._epoll.poll(0) if ready_ones else []
        now_s = time.monotonic()
        over = 0
        for number, _event in events:
            line = self._lines[number]
            if line.rests:  # the server has closed it, or says what nobody has asked for
                batch.received_bytes += line.discard()
            elif line.receive(batch, now_s):
                over += 1
                if line.usable:
                    self._resting.append(line)
            if not line.usable:
                self._close(line)
        return over if events or wait_s is not None else self._given_up(batch)

    def _given_up(self, batch: Batch) -> int:
        """How many exchanges took too long."""
        late = [line for line in self._lines.values() if not line.rests]
        for line in late:
            batch.failures["no answer in time"] += 1
            self._close(line)
        return len(late)

    def _done(self, batch: Batch) -> Batch:
        batch.ended_s = time.monotonic()
        for place, reply, expected in reversed(batch.to_check):
            if wrong := expected.difference(reply):
                batch.answers -= 1
                del batch.latencies_s[place]
                batch.failures[f"another body than the contract's: {wrong[:100]}"] += 1
        batch.to_check.clear()
        return batch


class _Line:
    """One open connection, and what httptools makes of its answers."""

    def __init__(self, opened: socket.socket) -> None:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.settimeout(None)  # with one each call is two; it is read only when there is something
        self.number = opened.fileno()
        self.rests = True
        """Whether nothing is under way on it."""
        self.usable = True
        self._socket = opened
        self._parser = httptools.HttpResponseParser(self)
        self._request: Ready
        self._since_s = 0.0
        self._complete = False
        self._keeps_open = True
        self._headers: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []

    def send(self, request: Ready, since_s: float | None) -> None:
        """Send it; its latency counts from `since_s`, or from now."""
        self._request, self.rests, self._complete = request, False, False
        self._headers, self._parts = [], []
        self._since_s = time.monotonic() if since_s is None else since_s
        self._socket.sendall(request.wire)

    def receive(self, batch: Batch, now_s: float) -> bool:
        """Read what has come; whether that is the end of an exchange, or of the connection."""
        try:
            data = self._socket.recv(_RECEIVE)
            if data:
                batch.received_bytes += len(data)
                self._parser.feed_data(data)
        except (OSError, httptools.HttpParserError) as error:
            return self._failed(batch, f"broken: {type(error).__name__}")
        if self._complete:
            self.rests, self.usable = True, self._keeps_open
            self._note(batch, now_s)
            return True
        return False if data else self._failed(batch, "closed without an answer")

    def discard(self) -> int:
        """Stop using it; how many bytes came over it although it was idle."""
        self.usable = False
        with contextlib.suppress(OSError):
            return len(self._socket.recv(_RECEIVE))
        return 0

    def close(self) -> None:
        """For good."""
        self._socket.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser; so are the next two."""
        self._headers.append((name, value))

    def on_body(self, body: bytes) -> None:
        """A part of it."""
        self._parts.append(body)

    def on_message_complete(self) -> None:
        """The end."""
        self._complete = True
        self._keeps_open = bool(self._parser.should_keep_alive())

    def _failed(self, batch: Batch, words: str) -> bool:
        batch.failures[words] += 1
        self.usable = False
        return True

    def _note(self, batch: Batch, now_s: float) -> None:
        status, expected = self._parser.get_status_code(), self._request.expected
        if status != expected.status:
            batch.failures[f"status {status}"] += 1
        else:
            batch.answers += 1
            if len(batch.to_check) < _CHECKED:
                headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in self._headers}
                reply = Reply(status=status, headers=headers, body=b"".join(self._parts))
                batch.to_check.append((len(batch.latencies_s), reply, expected))
            batch.latencies_s.append(now_s - self._since_s)
        self._headers, self._parts = [], []
