"""Measures variants beside the project as it is, in turns: runner/turns."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

from perfcompare.core.measurement import Anchor, Cell, Failure, Measurement
from perfcompare.core.objection import Figure
from perfcompare.core.stack import original
from perfcompare.project.target import AS_IS, ITS_TWIN, ProjectTarget
from perfcompare.project.trying.options import Options, sample
from perfcompare.project.trying.results import Trial
from perfcompare.runner import procfs
from perfcompare.runner.events import Began, Event, Tell, TrialBegan, TrialEnded
from perfcompare.runner.execution import execute
from perfcompare.runner.plan import LATENCY_ROUNDS, planned
from perfcompare.runner.trial import Conditions
from perfcompare.runner.turns import SENDER
from perfcompare.runner.turns.block import FEWEST_TURNS, TURN_S, WINDOW_S
from perfcompare.runner.validity import MIN_ANSWERS_IN_TURNS

T = TypeVar("T")
AT_ONCE: Final = 7
"""Variants beside the project and its twin in one round: all their servers are alive, and must fit into memory."""
MOST: Final = 8
"""Connections. A turn sends at least one request on each, and a verdict needs several turns."""
SHARE: Final = 50
"""Per cent of the slowest variant's peak: the equal load under which latencies are measured."""
WARM_S: Final = 0.1
"""A server that has had requests is warm after so long."""
OVERHEAD_S: Final = 0.1
"""Of a trial beside its load: its answers are checked, and the server comes to rest after each turn."""
LOOK_S: Final = 0.3
"""So long the machine is watched in each round while nothing is asked."""
CORES: Final = 2
"""On so many servers start at the same time."""


def connections(seconds: float) -> int:
    """How many connections send a request that takes so long alone: together about one turn of the runner."""
    return max(1, min(MOST, round(TURN_S / max(seconds, 1e-6))))


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Rounds of so many variants beside the project and its twin."""

    variants: int
    rounds: int
    options: Options
    costs: Mapping[str, float]
    """The requests, and what each of them costs the traffic: its weight times its time."""

    @property
    def servers(self) -> int:
        """That are started in a round of all."""
        return self.variants + 2 * len(_groups(range(self.variants)))

    @property
    def paced(self) -> Mapping[str, float]:
        """The requests that have latencies too."""
        return sample(self.costs) if self.options.latency else {}

    @property
    def trials(self) -> int:
        """So many figures."""
        paced = len(self.paced) * (self.servers - 1) * min(self.rounds, LATENCY_ROUNDS)
        return len(self.costs) * self.servers * self.rounds + paced

    def expected_s(self, seconds: Mapping[str, float], start_s: float) -> float:
        """About how long they take, when each request takes so many seconds, and a server takes so long to start."""
        return self.servers * self.rounds * start_s / CORES + sum(self.shares_s(seconds).values())

    def shares_s(self, seconds: Mapping[str, float]) -> Mapping[str, float]:
        """The same of each request, without the starts."""
        options, shared = self.options, self.options.shared(self.costs)
        beside_s = options.first_s + min(options.warmup_s, WARM_S) + OVERHEAD_S
        paced_s = min(self.rounds, LATENCY_ROUNDS) * max(WINDOW_S)
        return {
            name: self.servers
            * (
                self.rounds
                * (max(shared[name], FEWEST_TURNS * TURN_S, MIN_ANSWERS_IN_TURNS * seconds[name]) + beside_s)
                + paced_s * (name in self.paced)
            )
            for name in self.costs
        }


def _groups(names: Sequence[T]) -> list[Sequence[T]]:
    """As even as possible, of at most AT_ONCE; an empty one where there are none."""
    number = max(1, -(-len(names) // AT_ONCE))
    return [names[len(names) * place // number : len(names) * (place + 1) // number] for place in range(number)]


@dataclass(kw_only=True)
class Progress:
    """Tells of several executions as of one."""

    tell: Tell
    trials: int
    """Expected, of all."""
    trial_s: float
    done: int = 0
    before: int = 0

    def told(self, event: Event) -> None:
        """Number the trials through."""
        match event:
            case Began():
                self.before = self.done
                self.trials = max(self.trials, self.done + event.trials)
                self.tell(Began(trials=self.trials, trial_s=self.trial_s))
            case TrialBegan():
                self.tell(replace(event, number=self.before + event.number))
            case TrialEnded():
                self.done = self.before + event.number
                self.tell(replace(event, number=self.done))
            case _:
                self.tell(event)


@dataclass(kw_only=True)
class Measuring:
    """What all rounds have in common."""

    target: ProjectTarget
    """With the variants and the right answers known so far."""
    folder: Path
    connections: Mapping[str, int]
    """Of each request."""
    progress: Progress
    others: list[float]
    """What share of the machine's processors other programs used, in each round."""
    absent: frozenset[tuple[str, str]] = frozenset()
    """Variants and requests that are left out."""
    rounds: int = 0
    """So many are over."""

    def expect(self, *stages: Stage) -> None:
        """These are what is left."""
        self.progress.trials = self.progress.done + sum(one.trials for one in stages)

    def measure(self, names: Sequence[str], stage: Stage) -> Iterator[Trial]:
        """The trials of these variants beside the project and its twin, as soon as there are any."""
        for group in _groups(names):
            yield from self._group(group, stage)

    def _group(self, names: Sequence[str], stage: Stage) -> Iterator[Trial]:
        options = stage.options
        cells = [
            self._cell(name, request)
            for request in self.connections
            if request in stage.costs
            for name in (AS_IS, ITS_TWIN, *names)
            if (name, request) not in self.absent
        ]
        paced = [cell for cell in cells if cell.stack != ITS_TWIN and cell.scenario in stage.paced]
        cells += [replace(cell, share=SHARE, anchor=Anchor.SLOWEST) for cell in paced]
        plan = [
            replace(one, round=one.round + self.rounds)
            for one in planned(cells, stage.rounds, options.seed + self.rounds)
        ]
        self.rounds += stage.rounds
        conditions = Conditions(
            target=self.target,
            generator=SENDER,
            folder=self.folder,
            seconds=options.seconds,
            seconds_of=options.shared(stage.costs),
            warmup_s=options.warmup_s,
            turns=FEWEST_TURNS,
            references=frozenset({AS_IS, ITS_TWIN}),
            first_s=options.first_s,
            threads=options.threads,
            seed=options.seed,
            in_turns=True,
        )
        looked = 0
        for outcome in execute(plan, conditions, self.progress.told):
            # The outcomes of a block come when its servers have come to rest.
            if outcome.round > looked:
                looked = outcome.round
                self.others.append(used())
            yield _trial(outcome)

    def _cell(self, name: str, request: str) -> Cell:
        server = self.target.variants[original(name)].server
        return Cell(scenario=request, stack=name, server=server, concurrency=self.connections[request])


def used() -> float:
    """What share of the machine's processors is at work while this process waits."""
    before_s, began_s = procfs.worked_s(), time.monotonic()
    time.sleep(LOOK_S)
    return round((procfs.worked_s() - before_s) / (time.monotonic() - began_s) / (os.cpu_count() or 1), 2)


def _trial(outcome: Measurement | Failure) -> Trial:
    cell = outcome.cell
    trial = Trial(round=outcome.round, variant=cell.stack, request=cell.scenario)
    if isinstance(outcome, Failure):
        return replace(trial, trouble=outcome.reason)
    figure = Figure.LATENCY if cell.share else Figure.COST
    troubles = [str(one) for one in outcome.objections if figure in one.figures]
    trial = replace(trial, trouble=" ".join(troubles), answers=outcome.load.answers)
    if troubles:
        return trial
    if cell.share:
        latency = outcome.load.latency
        return replace(trial, p50_ms=latency.p50_ms, p99_ms=latency.p99_ms) if latency else trial
    return replace(trial, cpu_us=outcome.server_cpu_us)
