"""Executes the trials of a run. Each has figures, or the reason why it has none."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Final

from perfcompare.core.errors import PerfcompareError, WrongAnswerError, attempt
from perfcompare.core.measurement import Failure, FailureKind, Measurement
from perfcompare.core.stack import original
from perfcompare.plugins import generators
from perfcompare.runner import cpu, orphans, pinning, sequential, turns
from perfcompare.runner.events import Began, Notice, Tell, TrialBegan, TrialEnded
from perfcompare.runner.generation import find
from perfcompare.runner.peaks import Peaks, generator_of
from perfcompare.runner.plan import PlannedTrial
from perfcompare.runner.rates import Rates
from perfcompare.runner.trial import Conditions, Surroundings, Trial, new_folder
from perfcompare.services import pids

__all__ = ["Conditions", "execute"]

Place = tuple[str, str]
"""A stack, and a scenario of it; empty for all of them."""
Refused = dict[Place, str]
"""What is not measured again, and why."""
OVERHEAD_S: Final = 3.0
"""Expected time of a trial beside warm-up and window."""
OVERHEAD_IN_TURNS_S: Final = 0.5
"""The same in turns, where a round starts each server once."""


def execute(plan: Sequence[PlannedTrial], conditions: Conditions, tell: Tell) -> Iterator[Measurement | Failure]:
    """Yield the outcome of each trial as soon as there is one. Call it under `lock.only_run`.

    A stack that answers wrongly once is not measured again in this run: one of the references in this scenario, any
    other one at all. After any end, the database is restored and
    no server or generator runs. Raises EnvironmentProblem when nothing can be measured here.
    """
    cpu.require_linux()
    surroundings = _surroundings(conditions)
    for name in orphans.end_all():
        tell(Notice(text=f"Ended what a killed run had left behind: {name}"))
    overhead_s = OVERHEAD_IN_TURNS_S if conditions.in_turns else conditions.warmup_s + OVERHEAD_S
    tell(Began(trials=len(plan), trial_s=conditions.seconds + overhead_s))
    with pinning.confined([os.getpid(), *surroundings.services.values()], surroundings.placement.rest):
        try:
            yield from _outcomes(plan, conditions, surroundings, tell)
        finally:
            orphans.end_all()


def _surroundings(conditions: Conditions) -> Surroundings:
    roots = pids.roots(conditions.target.environ)
    return Surroundings(
        placement=pinning.place(conditions.workers),
        services={role: root for role, root in roots.items() if root is not None},
        all_known=None not in roots.values(),
    )


def _outcomes(
    plan: Sequence[PlannedTrial], conditions: Conditions, surroundings: Surroundings, tell: Tell
) -> Iterator[Measurement | Failure]:
    refused: Refused = {}
    if conditions.in_turns:
        yield from _in_turns(plan, conditions, surroundings, tell, refused)
        return
    peaks = Peaks()
    for number, planned in enumerate(plan, 1):
        tell(TrialBegan(number=number, trial=planned))
        began_s = time.monotonic()
        trial = Trial(planned, conditions, surroundings)
        try:
            found = None if _place(planned, conditions) in refused else attempt(partial(_alone, trial, peaks))
            outcome = _judged(planned, found, refused, conditions)
            peaks.note(outcome)
            tell(TrialEnded(number=number, outcome=outcome, seconds=time.monotonic() - began_s))
            yield outcome  # recorded before anything else can fail
        finally:
            trial.restore()


def _in_turns(
    plan: Sequence[PlannedTrial],
    conditions: Conditions,
    surroundings: Surroundings,
    tell: Tell,
    refused: Refused,
) -> Iterator[Measurement | Failure]:
    """The outcomes of a block come together."""
    _count(plan, conditions, surroundings, tell)
    rates, number = Rates(), 0
    began_s = time.monotonic()
    for of_round in turns.rounds(plan):
        wanted = [planned for planned in of_round if _place(planned, conditions) not in refused]
        for planned in of_round:
            if planned not in wanted:
                number += 1
                yield _told(number, _judged(planned, None, refused, conditions), 0.0, tell)
        with closing(turns.measure(wanted, conditions, surroundings, rates)) as found:
            for outcomes in found:
                seconds = (time.monotonic() - began_s) / max(len(outcomes), 1)
                for planned, outcome in outcomes.items():
                    number += 1
                    yield _told(number, _judged(planned, outcome, refused, conditions), seconds, tell)
                began_s = time.monotonic()


def _told(number: int, outcome: Measurement | Failure, seconds: float, tell: Tell) -> Measurement | Failure:
    tell(TrialBegan(number=number, trial=PlannedTrial(round=outcome.round, cell=outcome.cell)))
    tell(TrialEnded(number=number, outcome=outcome, seconds=seconds))
    return outcome


def _count(plan: Sequence[PlannedTrial], conditions: Conditions, surroundings: Surroundings, tell: Tell) -> None:
    """Count the work of a request of each cell, with one server for all scenarios of a stack."""
    target = conditions.target
    if not target.environ.get("DATABASE_URL", "").startswith("postgres"):
        return
    cells = list(dict.fromkeys(planned.cell.plain for planned in plan))
    servers = {(original(cell.stack), cell.server) for cell in cells}
    tell(Notice(text=f"Counting the work of a request on {len(servers)} servers: SQL statements, rows, bytes."))
    folder = new_folder(conditions.folder / "counting")
    surroundings.counter.count(cells, target, folder=folder, seed=conditions.seed)
    if any(target.endpoint(cell.scenario).writes for cell in cells):
        target.restore()


def _place(planned: PlannedTrial, conditions: Conditions) -> Place:
    """What a wrong answer in this trial costs."""
    cell = planned.cell
    return cell.stack, cell.scenario if cell.stack in conditions.references else ""


def _judged(
    planned: PlannedTrial, found: Measurement | PerfcompareError | None, refused: Refused, conditions: Conditions
) -> Measurement | Failure:
    """The figures, or the failure. Where the answer is wrong, its place is added to `refused`; `found` is None from
    then on."""
    if isinstance(found, Measurement):
        return found
    cell, place = planned.cell, _place(planned, conditions)
    if isinstance(found, WrongAnswerError):
        refused[place] = f"wrong answer: {found}"
    elif found is not None:
        return Failure(cell=cell, round=planned.round, reason=str(found))
    return Failure(cell=cell, round=planned.round, reason=refused[place], kind=FailureKind.WRONG_ANSWER)


def _alone(trial: Trial, peaks: Peaks) -> Measurement:
    planned = replace(trial.planned, rate=peaks.rate(trial.planned.cell))
    name = generator_of(trial.planned.cell, trial.conditions.generator)
    generator = generators.choose([name])[name]
    find(generator)
    conditions = replace(trial.conditions, generator=name)
    return sequential.measure(replace(trial, planned=planned, conditions=conditions), generator)
