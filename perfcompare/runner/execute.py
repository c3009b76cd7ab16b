"""Visits the cells of a run one after another, each with figures or with the reason why there are none."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial

from perfcompare.core.errors import PerfcompareError, WrongAnswerError, attempt
from perfcompare.core.measurement import Failure, FailureKind, Measurement
from perfcompare.core.stack import original
from perfcompare.plugins import generators
from perfcompare.runner import alone, cpu, orphans, pinning, turns
from perfcompare.runner.events import Began, Notice, Tell, VisitBegan, VisitEnded
from perfcompare.runner.generating import find
from perfcompare.runner.pacing import Peaks, generator_of
from perfcompare.runner.plan import Visit
from perfcompare.runner.rates import Rates
from perfcompare.runner.trial import Conditions, Surroundings, Trial, new_folder
from perfcompare.services import pids

__all__ = ["Conditions", "execute"]

OVERHEAD_S = 3.0
"""What a visit takes beside warm-up and window, as long as none has shown it."""


def execute(visits: Sequence[Visit], conditions: Conditions, tell: Tell) -> Iterator[Measurement | Failure]:
    """Yield the outcome of each visit as soon as there is one; call it under `lock.only_run`.

    A stack that once answers wrongly is not visited again in this run. At the end, however it comes, the database is
    restored and no server or generator runs. Raises EnvironmentProblem when nothing can be measured here.
    """
    cpu.require_linux()
    surroundings = _surroundings(conditions)
    for name in orphans.end_all():
        tell(Notice(text=f"Ended what a killed run had left behind: {name}"))
    tell(Began(visits=len(visits), visit_s=conditions.warmup_s + conditions.seconds + OVERHEAD_S))
    with pinning.confined([os.getpid(), *surroundings.services.values()], surroundings.placement.rest):
        try:
            yield from _outcomes(visits, conditions, surroundings, tell)
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
    visits: Sequence[Visit], conditions: Conditions, surroundings: Surroundings, tell: Tell
) -> Iterator[Measurement | Failure]:
    refused: dict[str, str] = {}
    if conditions.in_turns:
        yield from _in_turns(visits, conditions, surroundings, tell, refused)
        return
    peaks = Peaks()
    for number, visit in enumerate(visits, 1):
        tell(VisitBegan(number=number, visit=visit))
        began_s = time.monotonic()
        trial = Trial(visit, conditions, surroundings)
        try:
            found = None if visit.cell.stack in refused else attempt(partial(_alone, trial, peaks))
            outcome = _judged(visit, found, refused)
            peaks.note(outcome)
            tell(VisitEnded(number=number, outcome=outcome, seconds=time.monotonic() - began_s))
            yield outcome  # recorded before anything else can fail
        finally:
            trial.restore()


def _in_turns(
    visits: Sequence[Visit],
    conditions: Conditions,
    surroundings: Surroundings,
    tell: Tell,
    refused: dict[str, str],
) -> Iterator[Measurement | Failure]:
    """The outcomes of a block come together."""
    _count(visits, conditions, surroundings, tell)
    rates, number = Rates(), 0
    began_s = time.monotonic()
    for visits_of_round in turns.rounds(visits):
        wanted = [visit for visit in visits_of_round if visit.cell.stack not in refused]
        for visit in visits_of_round:
            if visit not in wanted:
                number += 1
                yield _told(number, _judged(visit, None, refused), 0.0, tell)
        with closing(turns.measure(wanted, conditions, surroundings, rates)) as found:
            for outcomes in found:
                seconds = (time.monotonic() - began_s) / max(len(outcomes), 1)
                for visit, outcome in outcomes.items():
                    number += 1
                    yield _told(number, _judged(visit, outcome, refused), seconds, tell)
                began_s = time.monotonic()


def _told(number: int, outcome: Measurement | Failure, seconds: float, tell: Tell) -> Measurement | Failure:
    tell(VisitBegan(number=number, visit=Visit(round=outcome.round, cell=outcome.cell)))
    tell(VisitEnded(number=number, outcome=outcome, seconds=seconds))
    return outcome


def _count(visits: Sequence[Visit], conditions: Conditions, surroundings: Surroundings, tell: Tell) -> None:
    """What a request of each cell makes happen, with one server for all scenarios of a stack."""
    target = conditions.target
    if not target.environ["DATABASE_URL"].startswith("postgres"):
        return
    cells = list(dict.fromkeys(visit.cell.plain for visit in visits))
    servers = {(original(cell.stack), cell.server) for cell in cells}
    tell(Notice(text=f"Counting the work of a request on {len(servers)} servers: SQL statements, rows, bytes."))
    folder = new_folder(conditions.folder / "counting")
    surroundings.counter.count(cells, target, folder=folder, seed=conditions.seed)
    if any(target.endpoint(cell.scenario).writes for cell in cells):
        target.restore()


def _judged(
    visit: Visit, found: Measurement | PerfcompareError | None, refused: dict[str, str]
) -> Measurement | Failure:
    """The figures, or the failure; a stack that answers wrongly is added to `refused`, and has None from then on."""
    if isinstance(found, Measurement):
        return found
    cell = visit.cell
    if isinstance(found, WrongAnswerError):
        refused[cell.stack] = f"wrong answer: {found}"
    elif found is not None:
        return Failure(cell=cell, round=visit.round, reason=str(found))
    return Failure(cell=cell, round=visit.round, reason=refused[cell.stack], kind=FailureKind.WRONG_ANSWER)


def _alone(trial: Trial, peaks: Peaks) -> Measurement:
    visit = replace(trial.visit, rate=peaks.rate(trial.visit.cell))
    name = generator_of(trial.visit.cell, trial.conditions.generator)
    generator = generators.choose([name])[name]
    find(generator)
    conditions = replace(trial.conditions, generator=name)
    return alone.measure(replace(trial, visit=visit, conditions=conditions), generator)
