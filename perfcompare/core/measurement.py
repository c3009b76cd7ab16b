"""A cell of the matrix, the figures of one trial of it, and the machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from perfcompare.core.generator import LoadResult
from perfcompare.core.http import NOTHING
from perfcompare.core.objection import Figure, Objection


class FailureKind(StrEnum):
    """Why a trial gave no figures."""

    FAILED = "failed"
    """The server did not start, ended, or did not answer; or the generator failed."""
    WRONG_ANSWER = "wrong answer"
    """The server's answers differ from the contract."""


class Anchor(StrEnum):
    """Whose peak a fixed rate is a share of."""

    OWN = ""
    SLOWEST = "slowest"
    """The slowest stack of the block: a rate that every stack should keep up, so that their latencies compare."""
    REFERENCE = "reference"
    """The reference: a rate that shows who can keep up with it."""

    @property
    def words(self) -> str:
        """For people: whose peak."""
        return {"": "its peak", "slowest": "the slowest stack's peak", "reference": "the reference's peak"}[self.value]


@dataclass(frozen=True, kw_only=True, order=True)
class Cell:
    """One combination that gets a figure."""

    scenario: str
    stack: str
    server: str
    concurrency: int
    share: int = 0
    """Per cent of a measured peak at which requests are due, in an open loop; 0 for a closed loop."""
    instrument: str = ""
    """The generator where it is a second one, beside the run's own; else empty."""
    anchor: Anchor = Anchor.OWN
    """Whose peak `share` is a share of."""

    @property
    def plain(self) -> Cell:
        """The same in a closed loop with the run's own generator."""
        return replace(self, share=0, instrument="", anchor=Anchor.OWN)

    def __str__(self) -> str:
        paced = f" at {self.share} % of {Anchor(self.anchor).words}" if self.share else ""
        second = f", measured with {self.instrument}" if self.instrument else ""
        return f"{self.scenario} {self.stack} on {self.server}, {self.concurrency} connections{paced}{second}"


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What processes used during the window."""

    server_cpu_s: float
    """User and system time of the server's process tree."""
    collections_cpu_s: float | None = None
    """The part of it that is charged for full collections of garbage; None where it is not known."""
    database_cpu_s: float | None
    """None when the database is not a process that this project started; so is the cache's."""
    generator_cpu_s: float
    cache_cpu_s: float | None
    pss_idle_kib: int | None
    """Proportional set size of the server's process tree before the load. This and the next one are None where other
    servers were alive and shared pages with it."""
    pss_peak_kib: int | None
    """The largest of the samples under load."""
    threads_peak: int
    processes: int
    files_peak: int | None = None
    """Open file descriptors of the server's process tree. This and the next ones are None when not known."""
    server_connections_peak: int | None = None
    database_connections_peak: int | None = None
    reconnects: int | None = None
    """Connections to the server that ended within the window. Each had to be opened again."""
    samples: tuple[Sample, ...] = ()
    """The window as it went."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What the server held at one moment of the window."""

    at_s: float
    """Since its beginning."""
    threads: int
    files: int
    connections: int
    """Of clients to the server."""
    database_connections: int | None
    pss_kib: int | None
    """The last one read before; it is read less often than the others."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one request makes happen, counted beside the timed trials, the same requests for every stack."""

    statements: float
    """SQL statements, those of transactions and sessions left out."""
    rows: float
    """Rows that the database sends."""
    body_bytes: float
    """Of the answer; of JSON without blanks and escapes, which serializers may choose."""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One trial of a cell: a freshly started server, verified, warmed up, loaded, sampled."""

    cell: Cell
    round: int
    generator: str
    load: LoadResult
    usage: Usage | None
    """None when the server is elsewhere; so is `start_s`."""
    start_s: float | None
    """Seconds from the start of the server to its first answer."""
    command: tuple[str, ...]
    """The server's argument vector."""
    rate: float | None = None
    """Requests per second that were due; None for a closed loop."""
    warmup_s: float | None = None
    """Seconds until the cost of an answer was steady."""
    work: Work | None = None
    """What one request makes happen; None when it could not be counted."""
    configuration: Mapping[str, Any] = field(default_factory=dict)
    """The state of the running server: loop, parser, processes, threads, debug, … (runner/proof.py)."""
    series: Sequence[Mapping[str, Any]] = ()
    """Each whole second of the window as the generator saw it: `second`, `answers`, `failures`, `p50_ms`, `p99_ms`,
    `users`; empty when the generator does not report it."""
    in_turns: bool = False
    """Whether the server was loaded in turns with others, for its costs alone: then it has no rate."""
    objections: tuple[Objection, ...] = ()
    """Why some figures must not be used; empty when all are valid."""

    @property
    def seconds(self) -> float:
        """Length of the window."""
        return self.load.ended_s - self.load.started_s

    @property
    def goodput(self) -> float:
        """Right answers per second."""
        return self.load.answers / self.seconds

    def usable(self, figure: Figure) -> bool:
        """Whether no objection rejects figures of this kind."""
        return all(figure not in objection.figures for objection in self.objections)

    @property
    def server_cpu_us(self) -> float | None:
        """CPU microseconds of the server per right answer; None without one."""
        return per_answer(self.usage.server_cpu_s, self.load.answers) if self.usage else None


def per_answer(cpu_s: float | None, answers: int) -> float | None:
    """CPU microseconds per answer; None when there was none, or when the time is not known."""
    return None if cpu_s is None or not answers else cpu_s / answers * 1e6


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The machine and the software of a run."""

    facts: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    """JSON: cpu_model, cores, kernel, python, packages {name: version}, commit, dirty, postgresql, redis, pinning, …
    Runs with the same facts share their environment, so this holds nothing that is true for one moment only."""
    at_start: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    """JSON: load_average, busy {process: share of a processor}: the state of the machine at the start."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A trial that gave no figures: the server did not start, died, or answered wrongly."""

    cell: Cell
    round: int
    reason: str
    kind: FailureKind = FailureKind.FAILED
