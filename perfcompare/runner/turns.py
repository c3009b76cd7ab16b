"""A round in turns: all its servers are alive, each is started once, and they are loaded one after another for 20 ms.

On a shared machine a processor is sometimes half as fast for seconds, without a word from the hypervisor (a neighbour
on the same core). Servers that are loaded one after another for whole windows meet different moments, and their costs
differ for that alone; in turns they meet the same ones, and the ratio of their costs stays. Each server has the
processor for itself in its turn, and nothing is under way when it ends.

The idea is that of duet benchmarking (Bulej, Horký, Tůma, Farquet, Prokopec, ICPE 2020,
https://arxiv.org/abs/2001.05811), with turns instead of two at a time, since there may be one processor only. Turns
begin and end with an empty server, so they show costs and no peak rates; pages are shared among the servers, so there
is no memory. Latencies are measured apart, at rates that are the same for all: runner/rates.py.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

from perfcompare.core import collector
from perfcompare.core.errors import Interrupted, PerfcompareError, WrongAnswerError
from perfcompare.core.generator import Latency, LoadResult
from perfcompare.core.latency import from_samples, percentile
from perfcompare.core.measurement import Measurement, Usage
from perfcompare.core.objection import TIMES, Figure
from perfcompare.registries import scenarios, servers
from perfcompare.runner import cpu, drain, orphans, pinning, procfs, proof, validity, visiting
from perfcompare.runner.collector import Collections, read
from perfcompare.runner.machine import Machine
from perfcompare.runner.plan import Visit
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.rates import Rates
from perfcompare.runner.sender import Batch, Ready, Sender, ready
from perfcompare.runner.visiting import Conditions, ServerError, Surroundings
from perfcompare.runner.warming import steady

SENDER: Final = "in turns"
"""What stands in the place of a generator's name."""
TURN_S: Final = 0.02
"""Shorter than a neighbour's moods (`python -m tests.perfcompare.runner.turn_length`), longer than it takes to fill a
processor's own caches."""
WARMING_TURN_S: Final = 0.02
STEADY: Final = 0.15
"""By which the costs of three short turns may differ from their mean: the machine alone makes up so much."""
FEWEST_TURNS: Final = 4
MANY_TURNS: Final = 12
"""Of the cheapest server of a scenario: collections of garbage and the machine's moods come in some turns only."""
IDLE_S: Final = 0.003
"""A server that used no processor for so long has answered what was under way."""
IDLE_NS: Final = 150_000
"""None to speak of: timers and threads that wait wake up as well."""
LONGEST_REST_S: Final = 2.0
WINDOW_S: Final = (0.2, 0.3)
"""The shortest and the longest window at a fixed rate."""
ANSWERS: Final = 100
"""In a window at a fixed rate, so that it has a 99th percentile, if it need not be longer than the longest for them."""
MAX_LATE: Final = 0.25
"""Of the 99th percentile that is measured: a sender that is later than this itself makes up much of it."""
MIN_LATE_MS: Final = 1.0

COSTS: Final = frozenset({Figure.COST})
"""What turns measure; windows at a fixed rate measure TIMES."""

Outcome = Measurement | PerfcompareError


@dataclass(kw_only=True)
class Lane:
    """One server for as long as a round lasts."""

    process: ServerProcess
    clock: cpu.TreeClock
    end: Callable[[], None]
    """Ends it before the round does."""
    told: Path
    """Where its processes tell what their garbage collectors do."""
    collected: Collections = field(default_factory=Collections)
    """What they had done when this was last noted."""
    configuration: Mapping[str, Any] = field(default_factory=dict)
    strangers: tuple[str, ...] = ()


Lanes = dict[tuple[str, str], Lane | PerfcompareError]
"""By stack and server; why there is none, or none any more."""


def rounds(visits: Sequence[Visit]) -> Iterator[tuple[Visit, ...]]:
    """The visits of each round, in their order."""
    yield from _grouped(visits, lambda visit: visit.round)


def blocks(visits: Sequence[Visit]) -> Iterator[tuple[Visit, ...]]:
    """The visits that are loaded in turns, those of one scenario and concurrency of a round, in their order."""
    yield from _grouped(visits, lambda visit: (visit.round, visit.cell.scenario, visit.cell.concurrency))


def _grouped(visits: Sequence[Visit], key: Callable[[Visit], object]) -> Iterator[tuple[Visit, ...]]:
    found: dict[object, list[Visit]] = {}
    for visit in visits:
        found.setdefault(key(visit), []).append(visit)
    yield from map(tuple, found.values())


def measure(
    visits: Sequence[Visit], conditions: Conditions, surroundings: Surroundings, rates: Rates
) -> Generator[Mapping[Visit, Outcome], None, None]:
    """The outcomes of each block of a round: for each visit its figures, or the error because of which there are none.

    Each server is started once. One that fails in a scenario is not asked again in this round. Interrupted is raised.
    """
    with ExitStack() as context:
        lanes = _lanes(visits, conditions, surroundings, context)
        for block in blocks(visits):
            yield _Block(block, lanes, conditions, surroundings, rates).measure()
    drain.ports()


def _lanes(visits: Sequence[Visit], conditions: Conditions, surroundings: Surroundings, context: ExitStack) -> Lanes:
    """A server for each stack and server of the visits, which lives in `context`.

    They start at the same time, on all processors, and are pinned when they are ready.
    """
    lanes: Lanes = {}
    for visit in visits:
        who = (visit.cell.stack, visit.cell.server)
        if who not in lanes:
            lanes[who] = _lane(visit, conditions, surroundings, context)
    for who, lane in lanes.items():
        if isinstance(lane, Lane):
            lanes[who] = _ready(lane, surroundings)
    alive = [lane for lane in lanes.values() if isinstance(lane, Lane)]
    strangers = tuple(orphans.others(*(lane.process.pid for lane in alive)))
    for lane in alive:
        lane.configuration = proof.look(lane.process.host, lane.process.port, lane.process.pid)
        lane.strangers = strangers
        lane.collected = read(lane.told)  # what its start made is no answer's
    return lanes


def _lane(
    visit: Visit, conditions: Conditions, surroundings: Surroundings, context: ExitStack
) -> Lane | PerfcompareError:
    name = f"{visit.round:02}-{visit.cell.stack}-{visit.cell.server}"
    try:
        folder = visiting.new_folder(conditions.folder / name)
        collections = folder / "collections"
        collections.mkdir()
        told = {collector.VARIABLE: str(collections)}
        process = visiting.started(visit, conditions, surroundings, folder, pinned=False, told=told)
        process.begin()
        own = context.enter_context(ExitStack())
        own.push(process)
    except Interrupted:
        raise
    except PerfcompareError as error:
        return error
    return Lane(process=process, clock=cpu.TreeClock(process.pid), end=own.close, told=collections)


def _ready(lane: Lane, surroundings: Surroundings) -> Lane | PerfcompareError:
    try:
        lane.process.wait()
    except Interrupted:
        raise
    except PerfcompareError as error:
        lane.end()  # or it would be a stranger to the others
        return error
    pinning.pin(lane.process.pid, surroundings.placement.server)
    return lane


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one turn, or one window at a fixed rate, came to."""

    batch: Batch
    used_ns: Mapping[str, int]
    """Processor time by role: `server`, `sender`, and those of the embedded services."""
    collected: Collections
    """What the server's garbage collector did."""


def spread(turns: Iterable[Turn], known: Collections) -> tuple[float, float]:
    """The server's CPU time with full collections spread evenly, and their part of it; both in nanoseconds.

    `known` is what the server's collector has done under load so far.
    """
    collected, used_ns = Collections(), 0
    for turn in turns:
        collected, used_ns = collected + turn.collected, used_ns + turn.used_ns["server"]
    charged_ns = collected.charged(known)
    return used_ns - collected.full_ns + charged_ns, charged_ns


@dataclass(kw_only=True)
class _Load:
    """What a server did for one visit: in turns, or in a window at a fixed rate."""

    visit: Visit
    lane: Lane
    sender: Sender
    requests: Iterator[Ready]
    warm_s: float = 0.0
    gone: int = 0
    """How many processes of the server had ended before."""
    turns: list[Turn] = field(default_factory=list)
    difference: str | None = None
    """What the check after the load found wrong."""

    @property
    def active_s(self) -> float:
        """How long requests were under way."""
        return sum(turn.batch.seconds for turn in self.turns)

    @property
    def peak(self) -> float:
        """Right answers per second of its turns."""
        return sum(turn.batch.answers for turn in self.turns) / self.active_s


class _Block:
    """One scenario of a round, on all its servers."""

    def __init__(
        self,
        visits: Sequence[Visit],
        lanes: Lanes,
        conditions: Conditions,
        surroundings: Surroundings,
        rates: Rates,
    ) -> None:
        self._visits = visits
        self._lanes = lanes
        self._conditions = conditions
        self._surroundings = surroundings
        self._rates = rates
        self._scenario = scenarios[visits[0].cell.scenario]
        self._random = Random(f"{conditions.seed} {visits[0].round} {visits[0].cell.scenario}")
        self._outcomes: dict[Visit, Outcome] = {}
        self._services = {role: cpu.TreeClock(root) for role, root in surroundings.services.items()}
        self._used_ns: dict[str, int] = {}

    def measure(self) -> Mapping[Visit, Outcome]:
        """The outcome of each visit."""
        self._machine = Machine(self._surroundings.services.values())
        try:
            with ExitStack() as context:
                turns = [load for visit in self._asked(share=False) if (load := self._prepared(visit, context))]
                self._take_turns(turns)
                alive = self._alive(turns)
                self._rates.note([(load.visit.cell, load.peak) for load in alive if load.peak])
                windows = list(self._windows(alive))
                for load in alive:
                    self._check_after(load)
                    self._note_collections(load)
            for load in (*turns, *windows):
                if load.visit not in self._outcomes:
                    self._outcomes[load.visit] = self._measurement(load)
        finally:
            if self._scenario.writes:
                self._conditions.restore()
        return self._outcomes

    def _asked(self, *, share: bool) -> Iterator[Visit]:
        """The visits in turns, or those at a fixed rate, whose servers are alive; the others have their error."""
        for visit in self._visits:
            if (visit.cell.share > 0) is share:
                lane = self._lanes[visit.cell.stack, visit.cell.server]
                if isinstance(lane, PerfcompareError):
                    self._outcomes[visit] = lane
                else:
                    yield visit

    def _alive(self, loads: Sequence[_Load]) -> list[_Load]:
        return [load for load in loads if load.visit not in self._outcomes]

    def _failed(self, visit: Visit, error: PerfcompareError) -> None:
        self._outcomes[visit] = self._lanes[visit.cell.stack, visit.cell.server] = error

    def _prepared(self, visit: Visit, context: ExitStack) -> _Load | None:
        """Verified and warm; None when it answers wrongly or not at all."""
        lane = self._lanes[visit.cell.stack, visit.cell.server]
        assert isinstance(lane, Lane)
        process = lane.process
        try:
            self._surroundings.counter.of(visit.cell)  # raises what made counting impossible
            every_case = visit.round == 1
            difference = visiting.difference_of(process, visit, self._conditions, every_case=every_case)
            if difference is not None:
                raise WrongAnswerError(f"{visit.cell.stack} answers {visit.cell.scenario} wrongly: {difference}")
            sender = context.enter_context(Sender(process.host, process.port, visit.cell.concurrency))
            load = _Load(visit=visit, lane=lane, sender=sender, requests=self._stream(visit, process))
            self._warm(load)
        except Interrupted:
            raise
        except PerfcompareError as error:
            self._failed(visit, error)
            return None
        return load

    def _stream(self, visit: Visit, process: ServerProcess) -> Iterator[Ready]:
        """The scenario's traffic, the same for all servers of the round unless it can be sent only once."""
        seed: object = self._conditions.seed + visit.round
        if self._scenario.writes:
            seed = f"{seed} {visit.cell.stack} {visit.cell.server}"
        for exchange in self._scenario.traffic(self._conditions.dataset, Random(seed)):  # type: ignore[arg-type]
            path = process.prefix + exchange.request.path
            yield ready(process.host, process.port, path, exchange.request, exchange.expected)

    def _warm(self, load: _Load) -> None:
        """Short turns until their costs are steady, for as long as a warm-up may take."""
        began_s, costs = time.monotonic(), list[float]()
        while not steady(costs, STEADY) and time.monotonic() - began_s < self._conditions.warmup_s:
            before_ns = load.lane.clock.refresh(procfs.family(load.lane.process.pid))
            batch = load.sender.closed(load.requests, seconds=WARMING_TURN_S)
            if not load.lane.process.alive():
                raise ServerError(f"server: it ended under load. {load.lane.process.tail()}")
            costs.append((_settled(load.lane.clock) - before_ns) / max(batch.answers, 1))
        load.warm_s, load.gone = time.monotonic() - began_s, len(load.lane.clock.departed)

    def _take_turns(self, loads: Sequence[_Load]) -> None:
        """The next turn is that of the server that had the least time so far, until every one had its time.

        So a server whose answers are dear has fewer turns, spread over all of the time, and as much time.
        """
        self._since_last()
        while waiting := self._waiting(self._alive(loads)):
            load = min(waiting, key=lambda load: (load.active_s, self._random.random()))
            self._turn(load, partial(load.sender.closed, load.requests, seconds=TURN_S))

    def _waiting(self, loads: Sequence[_Load]) -> list[_Load]:
        """Those that have not had their time: where answers are dear, that of MANY_TURNS of the shortest turns."""
        shortest_s = min((load.active_s / len(load.turns) for load in loads if load.turns), default=0.0)
        enough_s = max(self._conditions.seconds, MANY_TURNS * shortest_s)
        return [load for load in loads if load.active_s < enough_s or len(load.turns) < FEWEST_TURNS]

    def _turn(self, load: _Load, send: Callable[[], Batch]) -> None:
        """Send, and note what everybody used until nothing was under way any more."""
        collected = read(load.lane.told)
        began_ns, sender_ns = load.lane.clock.read(), time.thread_time_ns()
        batch = send()
        sender_ns = time.thread_time_ns() - sender_ns
        _settled(load.lane.clock)
        server_ns = load.lane.clock.refresh(procfs.family(load.lane.process.pid)) - began_ns
        used_ns = {"server": server_ns, "sender": sender_ns, **self._since_last()}
        load.turns.append(Turn(batch=batch, used_ns=used_ns, collected=read(load.lane.told) - collected))
        if not load.lane.process.alive():
            self._failed(load.visit, ServerError(f"server: it ended under load. {load.lane.process.tail()}"))

    def _since_last(self) -> Mapping[str, int]:
        """What each embedded service used since this was asked last: between two turns they rest as well."""
        before = dict(self._used_ns)
        for role, clock in self._services.items():
            self._used_ns[role] = clock.refresh(procfs.family(clock.root))
        return {role: ns - before.get(role, ns) for role, ns in self._used_ns.items()}

    def _windows(self, turns: Sequence[_Load]) -> Iterator[_Load]:
        """One after another, each stack at the rates that are the same for all; not those that failed in turns."""
        loads = {(load.visit.cell.stack, load.visit.cell.server): load for load in turns}
        visits = list(self._asked(share=True))
        self._random.shuffle(visits)
        for visit in visits:
            warm = loads.get((visit.cell.stack, visit.cell.server))
            rate = self._rates.of(visit.cell)
            if warm is None or rate is None:
                self._outcomes[visit] = ServerError("rate: no turn has shown what this scenario's rate is a share of.")
                continue
            load = replace(warm, visit=replace(visit, rate=rate), turns=[])
            seconds = min(max(ANSWERS / rate, WINDOW_S[0]), WINDOW_S[1])
            self._turn(load, partial(load.sender.open, load.requests, rate=rate, seconds=seconds))
            yield load

    def _check_after(self, load: _Load) -> None:
        lane = self._lanes[load.visit.cell.stack, load.visit.cell.server]
        if isinstance(lane, PerfcompareError):  # it ended in a window
            self._outcomes[load.visit] = lane
            return
        try:
            load.difference = visiting.difference_of(load.lane.process, load.visit, self._conditions, every_case=False)
        except Interrupted:
            raise
        except PerfcompareError as error:
            self._failed(load.visit, error)

    def _note_collections(self, load: _Load) -> None:
        """All that the server has been asked for, not its turns alone, shows what its full collections cost."""
        who, known = (load.visit.cell.stack, load.visit.cell.server), self._surroundings.collections
        now = read(load.lane.told)
        known[who] = known.get(who, Collections()) + (now - load.lane.collected)
        load.lane.collected = now

    def _measurement(self, load: _Load) -> Measurement:
        visit, used = load.visit, Counter[str]()
        for turn in load.turns:
            used.update(turn.used_ns)
        known = self._surroundings.collections.get((visit.cell.stack, visit.cell.server), Collections())
        server_ns, collections_ns = spread(load.turns, known)
        result = _result(load)
        evidence = self._evidence(load, result)
        return Measurement(
            cell=visit.cell,
            round=visit.round,
            generator=SENDER,
            load=result,
            usage=Usage(
                server_cpu_s=server_ns / 1e9,
                collections_cpu_s=collections_ns / 1e9,
                database_cpu_s=used["postgresql"] / 1e9 if "postgresql" in used else None,
                generator_cpu_s=used["sender"] / 1e9,
                cache_cpu_s=used["redis"] / 1e9 if "redis" in used else None,
                pss_idle_kib=None,
                pss_peak_kib=None,
                threads_peak=sum(member.threads for member in load.lane.clock.members),
                processes=len(load.lane.clock.members),
                reconnects=evidence.reconnects,
            ),
            start_s=None,  # several started at once
            command=load.lane.process.command,
            rate=visit.rate,
            warmup_s=load.warm_s,
            work=self._surroundings.counter.of(visit.cell),
            configuration=load.lane.configuration,
            in_turns=visit.rate is None,
            objections=validity.judge(evidence, COSTS if visit.rate is None else TIMES),
        )

    def _evidence(self, load: _Load, result: LoadResult) -> validity.Evidence:
        visit, work = load.visit, self._surroundings.counter.of(load.visit.cell)
        ended = [role for role, clock in self._services.items() if clock.ended]
        if (
            len(load.lane.clock.departed) > load.gone
        ):  # a worker is enough: what another one's start costs is no answer's
            ended.append("server")
        return validity.Evidence(
            load=result,
            concurrency=visit.cell.concurrency,
            busiest_generator=0.0,
            stolen=self._machine.stolen,
            others=self._machine.others if self._surroundings.all_known else {},
            uncounted_s=load.lane.clock.uncounted_ns / 1e9,
            ended=tuple(ended),
            difference=load.difference,
            reconnects=sum(turn.batch.opened for turn in load.turns),
            keeps_alive=servers[visit.cell.server].keeps_alive,
            waiting=self._machine.waiting,
            strangers=load.lane.strangers,
            objections=tuple(proof.objections(load.lane.configuration)),
            statements=work.statements if work else None,
            declared=visiting.declared(visit),
            throttled_s=self._machine.throttled_s,
            in_turns=True,
        )


def _settled(clock: cpu.TreeClock) -> int:
    """Wait until the server has nothing under way any more; the nanoseconds that it has used until then."""
    deadline_s = time.monotonic() + LONGEST_REST_S
    used_ns = clock.read()
    while time.monotonic() < deadline_s:
        time.sleep(IDLE_S)
        before_ns, used_ns = used_ns, clock.read()
        if used_ns - before_ns < IDLE_NS:
            break
    return used_ns


def _result(load: _Load) -> LoadResult:
    """All turns of a load as one result; its window is as long as requests were under way."""
    batches = [turn.batch for turn in load.turns]
    latencies = [latency * 1e6 for batch in batches for latency in batch.latencies_s]
    at_rate = load.visit.rate is not None
    latency = from_samples(latencies) if at_rate else None
    late = sorted(late for batch in batches for late in batch.late_s)
    late_p99_ms = percentile(late, 0.99) * 1e3 if late else None
    began_s = batches[0].began_s
    active_s = max(sum(batch.seconds for batch in batches), 1e-9)
    return LoadResult(
        started_s=began_s,
        ended_s=began_s + active_s,
        answers=sum(batch.answers for batch in batches),
        errors=sum(turn.batch.errors for turn in load.turns),
        latency=latency,
        latencies_us=sorted(map(round, latencies)) if at_rate else (),
        received_bytes=sum(batch.received_bytes for batch in batches),
        failures=sum((turn.batch.failures for turn in load.turns), Counter[str]()),
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
