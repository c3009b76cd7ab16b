"""A block of cells at once: all their servers are alive, and loaded in turns of 50 ms.

On a shared machine a processor is sometimes half as fast for seconds, without a word from the hypervisor (a neighbour
on the same core). Servers that are loaded one after another meet different moments, and their costs differ for that
alone; in turns they meet the same ones, and the ratio of their costs stays. Each server has the processor for itself
in its turn: the others' generators are stopped, and have nothing under way any more.

The idea is that of duet benchmarking (Bulej, Horký, Tůma, Farquet, Prokopec, ICPE 2020,
https://arxiv.org/abs/2001.05811), with turns instead of two at a time, since there may be one processor only. What is
under way when a generator is stopped waits for its next turn, so there are no latencies; pages are shared among the
servers, so there is no memory.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import psutil

from perfcompare.core.errors import Interrupted, PerfcompareError
from perfcompare.core.generator import Load
from perfcompare.core.measurement import Measurement
from perfcompare.registries import scenarios
from perfcompare.runner import cpu, drain, figures, procfs, visiting
from perfcompare.runner.generating import GRACE_S, LoadError, begun, result_of, stop
from perfcompare.runner.plan import Visit
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.sampler import Sampler
from perfcompare.runner.validity import Evidence
from perfcompare.runner.visiting import Conditions, Known, Surroundings

TURN_S: Final = 0.05
"""Shorter than a neighbour's moods (`python -m tests.perfcompare.runner.turn_length`), longer than it takes to fill a
processor's own caches."""
IDLE_S: Final = 0.003
"""A server that used no processor for so long has answered what was under way."""
IDLE_NS: Final = 150_000
"""None to speak of: timers and threads that wait wake up as well."""
LONGEST_ANSWER_S: Final = 10.0
"""As long as a generator waits for an answer."""
READY_S: Final = 20.0
"""Longest wait until a generator is ready."""
SEEDS: Final = 1_000_003
"""Between the seeds of two lanes of a scenario that writes, whose requests must not be the same ones."""

Outcome = Measurement | PerfcompareError


@dataclass(kw_only=True)
class _Lane:
    """One visit among the others: a warm server, and a generator that waits to be let go."""

    visit: Visit
    server: ServerProcess
    known: Known
    clock: cpu.TreeClock
    load: Load
    output: Path
    generator: subprocess.Popen[bytes]
    sampler: Sampler
    active_s: float = 0.0
    """How long it had the processor."""
    error: PerfcompareError | None = None


def blocks(visits: Sequence[Visit]) -> Iterator[tuple[Visit, ...]]:
    """The visits that are loaded in turns, those of one scenario and concurrency of a round, in their order."""
    found: dict[object, list[Visit]] = {}
    for visit in visits:
        found.setdefault((visit.round, visit.cell.scenario, visit.cell.concurrency), []).append(visit)
    yield from map(tuple, found.values())


def measure(visits: Sequence[Visit], conditions: Conditions, surroundings: Surroundings) -> Mapping[Visit, Outcome]:
    """For each visit its figures, or the error because of which there are none; Interrupted is raised."""
    outcomes: dict[Visit, Outcome] = {}
    with ExitStack() as context:
        lanes = list(_lanes(visits, conditions, surroundings, context, outcomes))
        _load(lanes)
        for lane in lanes:
            outcomes[lane.visit] = _outcome(lane, conditions, surroundings)
    drain.ports()
    return outcomes


def _lanes(
    visits: Sequence[Visit],
    conditions: Conditions,
    surroundings: Surroundings,
    context: ExitStack,
    outcomes: dict[Visit, Outcome],
) -> Iterator[_Lane]:
    """A lane for each visit, which lives in `context`; those that cannot have one have their error in `outcomes`."""
    roots: list[int] = []
    for number, visit in enumerate(visits):
        apart = replace(conditions, seconds=conditions.seconds * len(visits), seed=_seed(visit, conditions, number))
        try:
            with ExitStack() as own:
                lane = _lane(visit, conditions, apart, surroundings, own, roots)
                context.enter_context(own.pop_all())  # a server without a lane ends at once
        except Interrupted:
            raise
        except PerfcompareError as error:
            outcomes[visit] = error
            continue
        finally:
            visiting.restore_after(visit, conditions)
        roots += [lane.server.pid, lane.generator.pid]
        yield lane


def _seed(visit: Visit, conditions: Conditions, number: int) -> int:
    """The same for all lanes, so that they get the same requests, unless these can be sent only once."""
    return conditions.seed + (number * SEEDS if scenarios[visit.cell.scenario].writes else 0)


def _lane(
    visit: Visit,
    conditions: Conditions,
    loading: Conditions,
    surroundings: Surroundings,
    context: ExitStack,
    companions: Sequence[int],
) -> _Lane:
    """The lane; its generator is told `loading`, which lasts as long as all turns together."""
    folder = visiting.new_folder(conditions.folder / visiting.name(visit))
    work = visiting.count(visit, conditions, surroundings, folder)
    server = context.enter_context(visiting.started(visit, conditions, surroundings, folder))
    known = visiting.prepare(server, visit, conditions, work, companions=companions)
    clock = cpu.TreeClock(server.pid)
    clock.refresh(procfs.processes())
    load, output = visiting.load_of(server, visit, loading, folder), folder / "generator.stdout"
    generator = begun(surroundings.generator, load, output, behind_barrier=True)
    context.callback(stop, generator)
    trees = {"server": server.pid, "generator": generator.pid, **surroundings.services}
    return _Lane(
        visit=visit,
        server=server,
        known=known,
        clock=clock,
        load=load,
        output=output,
        generator=generator,
        sampler=Sampler(trees, port=server.port, cpus=surroundings.placement.rest, sparing=True),
    )


def _load(lanes: Sequence[_Lane]) -> None:
    """Load the servers in turns until every generator has ended."""
    with ExitStack() as context:
        for lane in lanes:
            context.enter_context(lane.sampler)
        _begin(lanes)
        deadline_s = time.monotonic() + max((lane.load.seconds for lane in lanes), default=0.0) + GRACE_S
        while running := [lane for lane in lanes if lane.generator.poll() is None and lane.error is None]:
            if time.monotonic() > deadline_s:
                for lane in running:
                    lane.error = LoadError(f"generator: it did not end within {GRACE_S:.0f} s after its window.")
            for lane in running:
                _turn(lane)


def _begin(lanes: Sequence[_Lane]) -> None:
    """Wait until every generator is ready: then they begin, and end, at the same moment."""
    deadline_s = time.monotonic() + READY_S
    while not all(_ready(lane) for lane in lanes) and time.monotonic() < deadline_s:
        time.sleep(IDLE_S)
    for lane in lanes:
        _signal(lane, signal.SIGCONT)
    for lane in lanes:
        _signal(lane, signal.SIGSTOP)


def _ready(lane: _Lane) -> bool:
    """Whether its generator has stopped itself, or ended."""
    if lane.generator.poll() is not None:
        return True
    return psutil.Process(lane.generator.pid).status() == psutil.STATUS_STOPPED


def _turn(lane: _Lane) -> None:
    """The turn of one server."""
    if not lane.server.alive():
        lane.error = LoadError(f"server: it ended under load. {lane.server.tail()}")
        return
    began_s = time.monotonic()
    _signal(lane, signal.SIGCONT)
    with suppress(subprocess.TimeoutExpired):
        lane.generator.wait(TURN_S)
    _signal(lane, signal.SIGSTOP)
    _settle(lane, began_s)


def _settle(lane: _Lane, began_s: float) -> None:
    """Wait until what is under way has been answered; the turn lasted until then."""
    deadline_s = time.monotonic() + LONGEST_ANSWER_S
    used_ns, busy_s = lane.clock.read(), time.monotonic()
    while time.monotonic() < deadline_s:
        time.sleep(IDLE_S)
        now_ns = lane.clock.read()
        if now_ns - used_ns < IDLE_NS:
            break
        used_ns, busy_s = now_ns, time.monotonic()
    lane.active_s += busy_s - began_s


def _signal(lane: _Lane, number: signal.Signals) -> None:
    """To the generator and whatever it started."""
    with suppress(ProcessLookupError):
        os.killpg(lane.generator.pid, number)


def _outcome(lane: _Lane, conditions: Conditions, surroundings: Surroundings) -> Outcome:
    try:
        if lane.error is not None:
            return lane.error
        result = result_of(surroundings.generator, lane.load, lane.generator, lane.output)
        difference = visiting.difference_of(lane.server, lane.visit, conditions)
    except Interrupted:
        raise
    except PerfcompareError as error:
        return error
    finally:
        visiting.restore_after(lane.visit, conditions)
    evidence = visiting.evidence_of(lane.visit, surroundings, lane.known, result, lane.sampler, difference)
    usage = figures.usage(lane.sampler, result, pss_idle_kib=lane.known.idle_kib)
    return visiting.measurement_of(
        lane.visit, conditions, lane.server, lane.known, usage, _of_turns(evidence, lane.active_s)
    )


def _of_turns(evidence: Evidence, active_s: float) -> Evidence:
    """The evidence of the server's own turns; a trend is one of the whole block, and nothing against one of it."""
    load = replace(evidence.load, latency=None, ended_s=evidence.load.started_s + active_s)
    return replace(evidence, load=load, trend=0.0, cost_trend=0.0)
