"""One scenario of a round on all its servers: which server has the next turn, and for how long."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from random import Random
from typing import Final

from perfcompare.core.errors import PerfcompareError, WrongAnswerError, attempt
from perfcompare.core.measurement import Measurement
from perfcompare.runner.machine import Machine
from perfcompare.runner.plan import PlannedTrial
from perfcompare.runner.rates import Rates
from perfcompare.runner.sender import Batch, Sender
from perfcompare.runner.trial import ServerError, Trial, Who
from perfcompare.runner.turns.lanes import Lane, Lanes
from perfcompare.runner.turns.load import Load, stream
from perfcompare.runner.turns.services import Services
from perfcompare.runner.validity import MIN_ANSWERS_IN_TURNS

TURN_S: Final = 0.02
"""Shorter than the changes of a shared machine (`python -m tests.perfcompare.runner.turn_length`), and longer than it
takes to fill a processor's own caches."""
FEWEST_TURNS: Final = 4
LONG_S: Final = 3.0
"""Turns of dear answers outlast disturbances, so a server of such answers has enough after so much time."""
WINDOW_S: Final = (0.2, 0.3)
"""The shortest and the longest window at a fixed rate."""
ANSWERS: Final = 100
"""In a window at a fixed rate, so that it has a 99th percentile, if it need not be longer than the longest for them."""

Outcome = Measurement | PerfcompareError


class Block:
    """The trials of one scenario of a round, one for each server and for each rate."""

    def __init__(self, trials: Sequence[Trial], lanes: Lanes, rates: Rates) -> None:
        self._trials = trials
        self._lanes = lanes
        self._rates = rates
        first = trials[0]
        self._conditions = first.conditions
        self._random = Random(f"{first.conditions.seed} {first.planned.round} {first.planned.cell.scenario}")
        self._services = Services(first.surroundings.services)
        self._outcomes: dict[PlannedTrial, Outcome] = {}
        self._lost: dict[Who, PerfcompareError] = {}
        """The servers that have no figures in this block."""

    def measure(self) -> Mapping[PlannedTrial, Outcome]:
        """The outcome of each trial; the data is restored."""
        unserved = attempt(self._trials[0].require_services)
        if unserved is not None:
            return dict.fromkeys((trial.planned for trial in self._trials), unserved)
        machine = Machine(self._trials[0].surroundings.services.values())
        try:
            with ExitStack() as context:
                turns = [load for trial in self._asked(at_rate=False) if (load := self._prepared(trial, context))]
                self._take_turns(turns)
                alive = self._alive(turns)
                self._rates.note([(load.trial.planned.cell, load.peak) for load in alive if load.peak])
                windows = list(self._windows(alive))
                for load in alive:
                    self._checked(load)
                for window in windows:  # its server was checked after it
                    (load,) = (load for load in turns if load.trial.who == window.trial.who)
                    window.difference, window.change = load.difference, load.change
            ailing = self._conditions.target.ailing()
            for load in (*turns, *windows):
                load.ailing = ailing
                if load.trial.planned not in self._outcomes:
                    self._outcomes[load.trial.planned] = load.measurement(self._services, machine)
        finally:
            self._trials[0].restore()
        return self._outcomes

    def _lane(self, trial: Trial) -> Lane | PerfcompareError:
        return self._lost.get(trial.who) or self._lanes[trial.who]

    def _asked(self, *, at_rate: bool) -> Iterator[Trial]:
        """The trials in turns, or those at a fixed rate, whose servers are alive; the others have their error."""
        for trial in self._trials:
            if (trial.planned.cell.share > 0) is at_rate:
                lane = self._lane(trial)
                if isinstance(lane, PerfcompareError):
                    self._outcomes[trial.planned] = lane
                else:
                    yield trial

    def _alive(self, loads: Sequence[Load]) -> list[Load]:
        return [load for load in loads if load.trial.planned not in self._outcomes]

    def _failed(self, trial: Trial, error: PerfcompareError) -> None:
        self._outcomes[trial.planned] = self._lost[trial.who] = error
        if not (isinstance(error, WrongAnswerError) and trial.planned.cell.stack in self._conditions.references):
            self._lanes[trial.who] = error

    def _prepared(self, trial: Trial, context: ExitStack) -> Load | None:
        """The verified and warm trial; None when its server answers wrongly or not at all."""
        load = attempt(partial(self._warm, trial, context))
        if isinstance(load, Load):
            return load
        self._failed(trial, load)
        return None

    def _warm(self, trial: Trial, context: ExitStack) -> Load:
        lane = self._lane(trial)
        assert isinstance(lane, Lane)
        _ = trial.work  # raises the error that prevented the counting
        trial.verify(lane.process, every_case=trial.planned.round == 1)
        sender = context.enter_context(Sender(lane.process.host, lane.process.port, trial.planned.cell.concurrency))
        load = Load(trial=trial, lane=lane, sender=sender, requests=stream(trial, lane))
        load.warm()
        return load

    def _take_turns(self, loads: Sequence[Load]) -> None:
        """Give the next turn to the server that had the least time so far, until every server had its time.

        A server with dear answers has fewer turns, spread over the whole time, and as much time.
        """
        self._services.since_last()
        while waiting := self._waiting(self._alive(loads)):
            load = min(waiting, key=lambda load: (load.active_s, self._random.random()))
            self._turn(load, partial(load.sender.closed, load.requests, seconds=TURN_S))

    def _waiting(self, loads: Sequence[Load]) -> list[Load]:
        """Those that have not had their time. Where answers are dear, it is that of as many shortest turns as the
        conditions say, or LONG_S."""
        shortest_s = min((load.active_s / len(load.turns) for load in loads if load.turns), default=0.0)
        conditions, cell = self._conditions, self._trials[0].planned.cell
        wanted_s = conditions.seconds_of.get(cell.scenario, conditions.seconds)
        enough_s = max(wanted_s, min(conditions.turns * shortest_s, LONG_S))
        fewest = max(FEWEST_TURNS, -(-MIN_ANSWERS_IN_TURNS // cell.concurrency))
        return [load for load in loads if load.active_s < enough_s or len(load.turns) < fewest]

    def _turn(self, load: Load, send: Callable[[], Batch]) -> None:
        error = attempt(partial(load.turn, send, self._services))
        if error is not None:
            self._failed(load.trial, error)

    def _windows(self, turns: Sequence[Load]) -> Iterator[Load]:
        """Load each stack at the common rates, one after another, without those that failed in turns."""
        loads = {load.trial.who: load for load in turns}
        trials = list(self._asked(at_rate=True))
        self._random.shuffle(trials)
        for trial in trials:
            warm = loads.get(trial.who)
            rate = self._rates.of(trial.planned.cell)
            if warm is None or rate is None:
                error = ServerError("rate: it is a share of a peak, and no turn has shown the peak.")
                self._outcomes[trial.planned] = error
                continue
            load = replace(warm, trial=replace(trial, planned=replace(trial.planned, rate=rate)), turns=[])
            seconds = min(max(ANSWERS / rate, WINDOW_S[0]), WINDOW_S[1])
            self._turn(load, partial(load.sender.open, load.requests, rate=rate, seconds=seconds))
            yield load

    def _checked(self, load: Load) -> None:
        lane = self._lane(load.trial)
        if isinstance(lane, PerfcompareError):  # the server ended in a window
            self._outcomes[load.trial.planned] = lane
            return
        error = attempt(load.check)
        if error is not None:
            self._failed(load.trial, error)
        load.note_collections()
