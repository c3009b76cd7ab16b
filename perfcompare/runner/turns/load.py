"""The load of one server for one trial: in turns, or in a window at a fixed rate."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final

from perfcompare.core.generator import Latency, LoadResult
from perfcompare.core.latency import from_samples, percentile
from perfcompare.core.measurement import Measurement, Usage
from perfcompare.core.objection import TIMES, Figure
from perfcompare.runner import cpu, procfs, proof, validity
from perfcompare.runner.collector import Collections
from perfcompare.runner.machine import Machine
from perfcompare.runner.sender import Batch, Ready, Sender, ready
from perfcompare.runner.trial import ServerError, Trial
from perfcompare.runner.turns.lanes import Lane
from perfcompare.runner.turns.services import Services
from perfcompare.runner.warmup import steady

SENDER: Final = "in turns"
"""Used in place of a generator's name."""
WARMING_TURN_S: Final = 0.02
STEADY: Final = 0.15
"""How much the costs of three short turns may differ from their mean; the machine alone can cause that much."""
IDLE_S: Final = 0.003
"""A server that used no processor for so long has answered what was under way."""
IDLE_NS: Final = 150_000
"""A negligible time: timers and waiting threads use some too."""
LONGEST_REST_S: Final = 2.0
MAX_LATE: Final = 0.25
"""Of the measured 99th percentile. A sender that is later than this causes much of it."""
MIN_LATE_MS: Final = 1.0

COSTS: Final = frozenset({Figure.COST})
"""What turns measure; windows at a fixed rate measure TIMES."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """The result of one turn, or of one window at a fixed rate."""

    batch: Batch
    used_ns: Mapping[str, int]
    """Processor time by role: `server`, `sender`, and those of the embedded services."""
    collected: Collections
    """The work of the server's garbage collectors."""


def spread(turns: Iterable[Turn], known: Collections) -> tuple[float, float]:
    """The server's CPU time with full collections spread evenly, and their part of it; both in nanoseconds.

    `known` is what the server's collectors have done under load so far.
    """
    collected, used_ns = Collections(), 0
    for turn in turns:
        collected, used_ns = collected + turn.collected, used_ns + turn.used_ns["server"]
    charged_ns = collected.charged(known)
    return used_ns - collected.full_ns + charged_ns, charged_ns


@dataclass(kw_only=True)
class Load:
    """A trial on its server."""

    trial: Trial
    lane: Lane
    sender: Sender
    requests: Iterator[Ready]
    warm_s: float = 0.0
    gone: int = 0
    """How many processes of the server had ended before."""
    turns: list[Turn] = field(default_factory=list)
    difference: str | None = None
    """What the check after the load found wrong."""
    ailing: str | None = None
    """Which service of the servers did not answer after the load."""
    change: str | None = None
    """Of the work of a request, before or after the load."""

    @property
    def active_s(self) -> float:
        """How long requests were under way."""
        return sum(turn.batch.seconds for turn in self.turns)

    @property
    def peak(self) -> float:
        """Right answers per second of its turns."""
        return sum(turn.batch.answers for turn in self.turns) / self.active_s

    def warm(self) -> None:
        """Short turns until their costs are steady, but no longer than the longest warm-up."""
        began_s, costs = time.monotonic(), list[float]()
        while not steady(costs, STEADY) and time.monotonic() - began_s < self.trial.conditions.warmup_s:
            before_ns = self.lane.clock.refresh(procfs.family(self.lane.process.pid))
            batch = self.sender.closed(self.requests, seconds=WARMING_TURN_S)
            self._require_alive()
            costs.append((_settled(self.lane.clock) - before_ns) / max(batch.answers, 1))
        self.warm_s, self.gone = time.monotonic() - began_s, len(self.lane.clock.departed)
        self.change = self.trial.change(self.lane.process, "before")

    def turn(self, send: Callable[[], Batch], services: Services) -> None:
        """Send requests, and read the usage of each process when nothing is under way. Raises ServerError when the
        server ended."""
        collected = self.lane.collections
        began_ns, sender_ns = self.lane.clock.read(), time.thread_time_ns()
        batch = send()
        sender_ns = time.thread_time_ns() - sender_ns
        _settled(self.lane.clock)
        server_ns = self.lane.clock.refresh(procfs.family(self.lane.process.pid)) - began_ns
        used_ns = {"server": server_ns, "sender": sender_ns, **services.since_last()}
        self.turns.append(Turn(batch=batch, used_ns=used_ns, collected=self.lane.collections - collected))
        self._require_alive()

    def _require_alive(self) -> None:
        if not self.lane.process.alive():
            raise ServerError(f"server: it ended under load. {self.lane.process.tail()}")

    def check(self) -> None:
        """Check the server's answers and their work after the load. Raises ServerError when it does not answer."""
        self.difference = self.trial.difference(self.lane.process, every_case=False)
        self.change = self.change or self.trial.change(self.lane.process, "after")

    def note_collections(self) -> None:
        """Count all requests to the server, not only its turns, because all share the cost of its full collections."""
        known, now = self.trial.surroundings.collections, self.lane.collections
        known[self.trial.who] = self._known + (now - self.lane.collected)
        self.lane.collected = now

    @property
    def _known(self) -> Collections:
        return self.trial.surroundings.collections.get(self.trial.who, Collections())

    def measurement(self, services: Services, machine: Machine) -> Measurement:
        """Its figures, judged."""
        planned, used = self.trial.planned, Counter[str]()
        for turn in self.turns:
            used.update(turn.used_ns)
        server_ns, collections_ns = spread(self.turns, self._known)
        evidence = self._evidence(services, machine)
        return Measurement(
            cell=planned.cell,
            round=planned.round,
            generator=SENDER,
            load=evidence.load,
            usage=Usage(
                server_cpu_s=server_ns / 1e9,
                collections_cpu_s=collections_ns / 1e9,
                database_cpu_s=used["postgresql"] / 1e9 if "postgresql" in used else None,
                generator_cpu_s=used["sender"] / 1e9,
                cache_cpu_s=used["redis"] / 1e9 if "redis" in used else None,
                pss_idle_kib=None,
                pss_peak_kib=None,
                threads_peak=sum(member.threads for member in self.lane.clock.members),
                processes=len(self.lane.clock.members),
                reconnects=evidence.reconnects,
            ),
            start_s=None,  # several started at once
            command=self.lane.process.command,
            rate=planned.rate,
            warmup_s=self.warm_s,
            work=self.trial.work,
            configuration=self.lane.configuration,
            in_turns=planned.rate is None,
            objections=validity.judge(evidence, COSTS if planned.rate is None else TIMES),
        )

    def _evidence(self, services: Services, machine: Machine) -> validity.Evidence:
        work, surroundings = self.trial.work, self.trial.surroundings
        ended = services.ended
        if len(self.lane.clock.departed) > self.gone:
            ended.append("server")  # a worker is enough: what another one's start costs is no answer's
        return validity.Evidence(
            load=result(self),
            concurrency=self.trial.planned.cell.concurrency,
            busiest_generator=0.0,
            stolen=machine.stolen,
            others=machine.others if surroundings.all_known else {},
            uncounted_s=self.lane.clock.uncounted_ns / 1e9,
            ended=tuple(ended),
            difference=self.difference,
            ailing=self.ailing,
            change=self.change,
            reconnects=sum(turn.batch.opened for turn in self.turns),
            keeps_alive=self.lane.process.keeps_alive,
            waiting=machine.waiting,
            strangers=self.lane.strangers,
            objections=tuple(proof.objections(self.lane.configuration)),
            statements=work.statements if work else None,
            declared=self.trial.declared,
            throttled_s=machine.throttled_s,
            in_turns=True,
        )


def stream(trial: Trial, lane: Lane) -> Iterator[Ready]:
    """The scenario's traffic, the same for all servers of the round unless it can be sent only once."""
    planned, process = trial.planned, lane.process
    seed = trial.conditions.seed + planned.round
    writes = trial.endpoint.writes
    random = Random(f"{seed} {planned.cell.stack} {planned.cell.server}") if writes else Random(seed)
    for exchange in trial.endpoint.traffic(random):
        path = process.prefix + exchange.request.path
        yield ready(process.host, process.port, path, exchange.request, exchange.expected)


def _settled(clock: cpu.TreeClock) -> int:
    """Wait until the server has nothing under way. Returns the nanoseconds that it used until then."""
    deadline_s = time.monotonic() + LONGEST_REST_S
    used_ns = clock.read()
    while time.monotonic() < deadline_s:
        time.sleep(IDLE_S)
        before_ns, used_ns = used_ns, clock.read()
        if used_ns - before_ns < IDLE_NS:
            break
    return used_ns


def result(load: Load) -> LoadResult:
    """All turns of a load as one result; its window is as long as requests were under way."""
    batches = [turn.batch for turn in load.turns]
    latencies = [latency * 1e6 for batch in batches for latency in batch.latencies_s]
    at_rate = load.trial.planned.rate is not None
    latency = from_samples(latencies) if at_rate else None
    late = sorted(late for batch in batches for late in batch.late_s)
    late_p99_ms = percentile(late, 0.99) * 1e3 if late else None
    began_s = batches[0].began_s
    active_s = max(sum(batch.seconds for batch in batches), 1e-9)
    return LoadResult(
        started_s=began_s,
        ended_s=began_s + active_s,
        answers=sum(batch.answers for batch in batches),
        errors=sum(batch.errors for batch in batches),
        latency=latency,
        latencies_us=sorted(map(round, latencies)) if at_rate else (),
        received_bytes=sum(batch.received_bytes for batch in batches),
        failures=sum((batch.failures for batch in batches), Counter[str]()),
        warnings=tuple(_late(latency, late_p99_ms)),
        due=sum(batch.due for batch in batches) if at_rate else None,
        late_p99_ms=late_p99_ms,
        in_use=sum(latencies) / 1e6 / active_s,
    )


def _late(latency: Latency | None, late_p99_ms: float | None) -> Iterator[str]:
    if latency is None or late_p99_ms is None:
        return
    if late_p99_ms > max(MIN_LATE_MS, MAX_LATE * latency.p99_ms):
        yield f"the sender itself was {late_p99_ms:.1f} ms late (99th percentile), beside {latency.p99_ms:.1f} ms."
