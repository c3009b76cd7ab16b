"""Warm-up: sends requests until their cost is steady, not a fixed number of them.

The runner does it, not the generator, so that it is the same for all generators and its cost is known at each moment.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from random import Random
from statistics import mean
from typing import Final

from perfcompare.core.scenario import Exchange
from perfcompare.core.target import Endpoint
from perfcompare.runner import cpu, procfs

SLICE_S: Final = 0.25
MIN_ANSWERS: Final = 20
"""In a slice, so that the cost of an answer that lies on its edge does not decide."""
SLICES: Final = 3
TOLERANCE: Final = 0.05
"""Of their mean. A cost per answer is steady when it differs less over SLICES slices in a row."""
MAX_CONNECTIONS: Final = 16
"""Enough to create every thread and pooled connection of a server."""
_TIMEOUT_S: Final = 15.0


@dataclass(frozen=True, kw_only=True)
class Warmth:
    """How a warm-up ended."""

    seconds: float
    answers: int
    steady: bool
    """False when the cost was still changing after the longest time."""


def steady(costs: list[float], tolerance: float = TOLERANCE) -> bool:
    """Whether the last SLICES of the costs per answer are all within `tolerance` of their mean."""
    last = costs[-SLICES:]
    return len(last) == SLICES and max(abs(cost / mean(last) - 1) for cost in last) <= tolerance


class Warmer:
    """Sends the scenario's requests over several connections in its context, and counts the answers."""

    def __init__(self, host: str, port: int, prefix: str, endpoint: Endpoint, *, connections: int) -> None:
        self._place = (host, port)
        self._prefix = prefix
        self._exchanges = endpoint.traffic(Random())  # unseeded: the load's requests must be new to it
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._answers = [0] * min(connections, MAX_CONNECTIONS)
        self._threads = [
            threading.Thread(target=self._send, args=(number,), daemon=True) for number in range(len(self._answers))
        ]

    def __enter__(self) -> Callable[[], int]:
        for thread in self._threads:
            thread.start()
        return lambda: sum(self._answers)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _send(self, number: int) -> None:
        with closing(HTTPConnection(*self._place, timeout=_TIMEOUT_S)) as connection:
            for exchange in self._next():
                try:
                    request = exchange.request
                    connection.request(request.method, self._prefix + request.path, request.body, {**request.headers})
                    connection.getresponse().read()
                except (OSError, HTTPException):
                    connection.close()  # the check after the warm-up reports what is wrong
                    self._over.wait(0.01)
                    continue
                self._answers[number] += 1

    def _next(self) -> Iterator[Exchange]:
        while not self._over.is_set():
            with self._lock:
                exchange = next(self._exchanges)
            yield exchange


def warm(warmer: Warmer, pid: int, *, longest_s: float) -> Warmth:
    """Send until the CPU time of the tree of `pid` per answer is steady, for `longest_s` at most."""
    began_s = time.monotonic()
    clock = cpu.TreeClock(pid)
    costs: list[float] = []
    with warmer as answered:
        while not steady(costs) and time.monotonic() - began_s < longest_s:
            cost = _slice(clock, answered, began_s + longest_s)
            if cost is not None:
                costs.append(cost)
        return Warmth(seconds=time.monotonic() - began_s, answers=answered(), steady=steady(costs))


def _slice(clock: cpu.TreeClock, answered: Callable[[], int], deadline_s: float) -> float | None:
    """Nanoseconds per answer; None when the time ended too soon."""
    used, answers = clock.refresh(procfs.processes()), answered()
    time.sleep(SLICE_S)
    while answered() - answers < MIN_ANSWERS:
        if time.monotonic() > deadline_s:
            return None
        time.sleep(SLICE_S / 10)
    return (clock.refresh(procfs.processes()) - used) / (answered() - answers)
