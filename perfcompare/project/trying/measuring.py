"""Measures variants beside the project as it is, in turns: runner/turns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from perfcompare.core.measurement import Anchor, Cell, Failure, Measurement
from perfcompare.core.objection import Figure
from perfcompare.core.stack import original
from perfcompare.project.target import AS_IS, ITS_TWIN, ProjectTarget
from perfcompare.project.trying.options import Options
from perfcompare.project.trying.results import Trial
from perfcompare.runner.events import Began, Event, Tell, TrialBegan, TrialEnded
from perfcompare.runner.execution import execute
from perfcompare.runner.plan import planned
from perfcompare.runner.trial import Conditions
from perfcompare.runner.turns import SENDER

AT_ONCE: Final = 6
"""Variants beside the project and its twin in one round: all their servers are alive, and must fit into memory."""
TURN_S: Final = 0.02
MOST: Final = 8
FEWEST: Final = 2
"""Connections. A turn sends at least one request on each, and a verdict needs several turns."""
SHARE: Final = 50
"""Per cent of the slowest variant's peak: the equal load under which latencies are measured."""
TRIAL_S: Final = 0.7
"""Expected time of a trial beside its window, until the first ones are over."""


def connections(seconds: float) -> int:
    """How many connections send a request that takes so long alone: together about one turn of the runner."""
    return max(FEWEST, min(MOST, round(TURN_S / max(seconds, 1e-6))))


@dataclass(kw_only=True)
class Progress:
    """Tells of several executions as of one."""

    tell: Tell
    trials: int
    """Expected, of all."""
    trial_s: float
    done: int = 0
    before: int = 0
    begun: bool = False

    def told(self, event: Event) -> None:
        """Number the trials through."""
        match event:
            case Began():
                self.before = self.done
                if not self.begun:
                    self.begun = True
                    self.tell(Began(trials=self.trials, trial_s=self.trial_s))
            case TrialBegan():
                self.tell(replace(event, number=self.before + event.number))
            case TrialEnded():
                self.done = self.before + event.number
                self.trials = max(self.trials, self.done)
                self.tell(replace(event, number=self.done))
            case _:
                self.tell(event)


@dataclass(kw_only=True)
class Measuring:
    """What all rounds have in common."""

    target: ProjectTarget
    """With the variants and the right answers known so far."""
    options: Options
    folder: Path
    connections: Mapping[str, int]
    """Of each request that is measured."""
    progress: Progress
    absent: frozenset[tuple[str, str]] = frozenset()
    """Variants and requests that are left out."""
    rounds: int = 0
    """So many are over."""

    def measure(self, names: Sequence[str], *, rounds: int, latency: bool = False) -> Iterator[Trial]:
        """The trials of these variants beside the project and its twin, as soon as there are any."""
        for begin in range(0, len(names), AT_ONCE):
            yield from self._group(names[begin : begin + AT_ONCE], rounds, latency)

    def _group(self, names: Sequence[str], rounds: int, latency: bool) -> Iterator[Trial]:
        cells = [
            self._cell(name, request)
            for request in self.connections
            for name in (AS_IS, ITS_TWIN, *names)
            if (name, request) not in self.absent
        ]
        if latency:
            paced = [cell for cell in cells if cell.stack != ITS_TWIN]
            cells += [replace(cell, share=SHARE, anchor=Anchor.SLOWEST) for cell in paced]
        plan = [
            replace(one, round=one.round + self.rounds)
            for one in planned(cells, rounds, self.options.seed + self.rounds)
        ]
        self.rounds += rounds
        conditions = Conditions(
            target=self.target,
            generator=SENDER,
            folder=self.folder,
            seconds=self.options.seconds,
            warmup_s=self.options.warmup_s,
            threads=self.options.threads,
            seed=self.options.seed,
            in_turns=True,
        )
        yield from map(_trial, execute(plan, conditions, self.progress.told))

    def _cell(self, name: str, request: str) -> Cell:
        server = self.target.variants[original(name)].server
        return Cell(scenario=request, stack=name, server=server, concurrency=self.connections[request])


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
