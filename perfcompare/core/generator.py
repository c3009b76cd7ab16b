"""A load generator: a program that sends one scenario's requests, and what it says afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from perfcompare.core.http import NOTHING


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is asked of a generator: a closed loop of `concurrency` connections, each sending when it is answered."""

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
    """Chooses the requests; two loads with one seed send the same ones."""
    folder: Path
    """An existing empty folder for whatever the generator writes."""


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
    """What happened in the measured window, warm-up left out."""

    started_s: float
    """CLOCK_MONOTONIC (time.monotonic) at the beginning of the window."""
    ended_s: float
    answers: int
    """Right answers: the contract's status, and for every checked body the contract's body."""
    errors: int
    """Wrong answers, refused and broken connections: never part of goodput or latency."""
    latency: Latency | None
    """None when nothing was answered rightly."""
    received_bytes: int
    failures: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    """What went wrong, in words, and how often."""
    warnings: tuple[str, ...] = ()
    """What the generator says against itself, e.g. that it had no processor time left."""


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
