"""A load generator: a program that sends one scenario's requests, and its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Mode = Literal["closed", "open"]
"""Closed: each connection sends after an answer. Open: requests are due at a fixed rate, answered or not."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """The load to send: `concurrency` connections, in a closed loop or, with a `rate`, in an open one."""

    host: str
    port: int
    prefix: str
    """The path under which the scenario's paths lie, with both slashes: `/api/drf/`."""
    scenario: str
    dataset_count: int
    dataset_seed: int
    concurrency: int
    warmup_s: float
    seconds: float
    seed: int
    """Chooses the requests. Two loads with the same seed send the same requests."""
    folder: Path
    """An existing empty folder for the generator's files."""
    rate: float | None = None
    """Requests per second of an open loop, evenly spaced; None for a closed loop. Latency counts from the moment each
    was due. At most `concurrency` are under way, and those that wait for a connection grow older meanwhile."""
    processes: int = 1
    """How many processes send; the connections and the rate are shared out among them."""
    check_rate: float = 0.01
    """The share of answers whose bodies are compared with the contract. Every status is compared."""

    @property
    def mode(self) -> Mode:
        """Whether it is a closed or an open loop."""
        return "closed" if self.rate is None else "open"


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Exact percentiles of the right answers' latencies in milliseconds, from all samples of the window."""

    mean_ms: float
    min_ms: float
    p50_ms: float
    p90_ms: float
    p99_ms: float
    p999_ms: float
    max_ms: float


@dataclass(frozen=True, kw_only=True)
class LoadResult:
    """What happened in the measured window, without the warm-up."""

    started_s: float
    """CLOCK_MONOTONIC (time.monotonic) at the beginning of the window."""
    ended_s: float
    answers: int
    """Right answers: the contract's status, and for every checked body the contract's body."""
    errors: int
    """Wrong answers, refused and broken connections: never part of goodput or latency."""
    latency: Latency | None
    """None without a right answer, or when latencies of right and wrong answers cannot be told apart."""
    received_bytes: int
    failures: Mapping[str, int] = field(default_factory=dict)
    """Message to count, for everything that went wrong."""
    warnings: tuple[str, ...] = ()
    """The generator's warnings about itself, e.g. that it had no processor time left."""
    due: int | None = None
    """How many requests were due in the window of an open loop; fewer answers mean that the rate was not reached."""
    late_p99_ms: float | None = None
    """How much later than due the generator sent, in an open loop: 99th percentile."""
    latencies_us: Sequence[int] = ()
    """Of the right answers of a short window, rising, so that windows can be combined; empty where not kept."""
    in_use: float | None = None
    """Mean number of requests under way; None where it must be computed from the mean latency."""


@dataclass(frozen=True, kw_only=True)
class Generator:
    """One load generator."""

    label: str
    program: str
    """The executable; looked up beside the running Python, then on PATH."""
    command: Callable[[Load], Sequence[str]]
    """The argument vector; may write files into the load's folder first."""
    parse: Callable[[Load, str], LoadResult]
    """The result, from the load's folder and the program's standard output; raises PerfcompareError when incomplete."""
    installation: str
    """How to get it, for the message when it is missing."""
    modes: frozenset[Mode] = frozenset({"closed"})
    """The loops that it offers. `command` raises UsageError for others."""
    several_processes: bool = False
    """Whether it can send from more than one process; `command` raises UsageError when it cannot."""
