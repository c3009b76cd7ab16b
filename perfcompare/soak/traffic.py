"""Valid and hostile requests at the same time, each with its right answer."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from perfcompare.core.http import Reply
from perfcompare.core.scenario import Exchange
from perfcompare.core.target import Endpoint, Target
from perfcompare.runner.client import Client
from perfcompare.runner.processes import ServerProcess

HOSTILE_SHARE: Final = 0.25
REFUSALS: Final = frozenset({502, 503, 504})
"""What a stack may answer while something that it needs is away."""
TIMEOUT_S: Final = 15.0
CREATED: Final = 201


@dataclass(kw_only=True)
class Seen:
    """The answers of one minute."""

    right: int = 0
    refused: int = 0
    """502, 503 or 504, in JSON, during a fault or soon after it."""
    unanswered: int = 0
    """No answer within TIMEOUT_S, or a connection that ended, during a fault or soon after it."""
    wrong: Counter[str] = field(default_factory=Counter)
    """Every other answer, by what is wrong with it."""
    created: list[str] = field(default_factory=list)
    """The e-mail addresses of users that were said to be created."""


class Traffic:
    """Several clients in threads, for the length of the context; `seen` has what came back."""

    def __init__(
        self, target: Target, server: ServerProcess, scenarios: Sequence[str], *, clients: int, seed: int
    ) -> None:
        self.seen = Seen()
        self.excused = False
        """Whether a fault is under way, or was a moment ago."""
        self._server = server
        self._endpoints = {name: target.endpoint(name) for name in scenarios}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._send, args=(Random(f"{seed} {number}"),), daemon=True)
            for number in range(clients)
        ]

    def __enter__(self) -> Traffic:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _send(self, random: Random) -> None:
        client = Client(self._server.host, self._server.port, TIMEOUT_S)
        exchanges = _mixed(self._endpoints, random)
        while not self._over.is_set():
            name, exchange = next(exchanges)
            excused, began_s = self.excused, time.monotonic()
            try:
                reply: Reply | OSError = client.send(exchange.request, self._server.prefix)
            except OSError as error:
                reply = error
            self._note(name, exchange, reply, excused or self.excused, time.monotonic() - began_s)

    def _note(self, name: str, exchange: Exchange, reply: Reply | OSError, excused: bool, took_s: float) -> None:
        with self._lock:
            if isinstance(reply, OSError):
                if excused:
                    self.seen.unanswered += 1
                else:
                    self.seen.wrong[f"{name}, after {took_s:.0f} s: no answer ({type(reply).__name__})"] += 1
                return
            difference = exchange.expected.difference(reply)
            if difference is None:
                self.seen.right += 1
                if reply.status == CREATED:
                    self.seen.created.append(json.loads(reply.body)["email"])
            elif excused and reply.status in REFUSALS and _is_json(reply):
                self.seen.refused += 1
            else:
                # The time tells one that a limit has ended from one that was refused.
                self.seen.wrong[f"{name}, after {took_s:.0f} s: {difference}"[:160]] += 1


def _mixed(endpoints: dict[str, Endpoint], random: Random) -> Iterator[tuple[str, Exchange]]:
    streams = {name: endpoint.traffic(random) for name, endpoint in endpoints.items()}
    hostile = [
        (name, Exchange(request=case.request, expected=case.expected))
        for name, endpoint in endpoints.items()
        for case in endpoint.cases()
        if case.expected.status != CREATED  # those may be sent once
    ]
    names = [*streams]
    while True:
        if hostile and random.random() < HOSTILE_SHARE:
            yield random.choice(hostile)
        else:
            name = random.choice(names)
            yield name, next(streams[name])


def _is_json(reply: Reply) -> bool:
    return reply.headers.get("content-type", "").startswith("application/json")
