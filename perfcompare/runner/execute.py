"""Visits the cells of a run one after another, each with figures or with the reason why there are none."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from perfcompare.core.errors import Interrupted, PerfcompareError, WrongAnswerError
from perfcompare.core.measurement import Failure, Measurement
from perfcompare.core.stack import original
from perfcompare.registries import generators, scenarios
from perfcompare.runner import cpu, orphans, pinning, turns
from perfcompare.runner.events import Began, Notice, Tell, VisitBegan, VisitEnded
from perfcompare.runner.generating import find
from perfcompare.runner.pacing import Peaks, generator_of
from perfcompare.runner.plan import Visit
from perfcompare.runner.rates import Rates
from perfcompare.runner.visiting import Conditions, Surroundings, measure, new_folder, restore_after
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
    roots = pids.roots(conditions.environ)
    return Surroundings(
        placement=pinning.place(conditions.workers),
        services={role: root for role, root in roots.items() if root is not None},
        all_known=None not in roots.values(),
    )


def _outcomes(
    visits: Sequence[Visit], conditions: Conditions, surroundings: Surroundings, tell: Tell
) -> Iterator[Measurement | Failure]:
    refused: dict[str, str] = {}
    peaks = Peaks()
    if conditions.interleaved:
        yield from _interleaved(visits, conditions, surroundings, tell, refused)
        return
    for number, visit in enumerate(visits, 1):
        tell(VisitBegan(number=number, visit=visit))
        began_s = time.monotonic()
        try:
            outcome = _outcome(visit, conditions, surroundings, refused, peaks)
            peaks.note(outcome)
            tell(VisitEnded(number=number, outcome=outcome, seconds=time.monotonic() - began_s))
            yield outcome  # recorded before anything else can fail
        finally:
            restore_after(visit, conditions)


def _interleaved(
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
    if not conditions.environ["DATABASE_URL"].startswith("postgres"):
        return
    cells = list(dict.fromkeys(visit.cell.plain for visit in visits))
    servers = {(original(cell.stack), cell.server) for cell in cells}
    tell(Notice(text=f"Counting the work of a request on {len(servers)} servers: SQL statements, rows, bytes."))
    folder = new_folder(conditions.folder / "counting")
    surroundings.counter.count(cells, conditions.environ, conditions.dataset, folder=folder, seed=conditions.seed)
    if any(scenarios[cell.scenario].writes for cell in cells):
        conditions.restore()


def _judged(
    visit: Visit, found: Measurement | PerfcompareError | None, refused: dict[str, str]
) -> Measurement | Failure:
    """The figures, or the failure; a stack that answers wrongly is added to `refused`."""
    if isinstance(found, Measurement):
        return found
    if isinstance(found, WrongAnswerError):
        refused[visit.cell.stack] = f"wrong answer: {found}"
    reason = refused[visit.cell.stack] if found is None or isinstance(found, WrongAnswerError) else str(found)
    return Failure(cell=visit.cell, round=visit.round, reason=reason)


def _outcome(
    visit: Visit, conditions: Conditions, surroundings: Surroundings, refused: dict[str, str], peaks: Peaks
) -> Measurement | Failure:
    """The figures, or why there are none; a stack that answers wrongly is added to `refused`."""
    if visit.cell.stack in refused:
        return _judged(visit, None, refused)
    try:
        return _measured(replace(visit, rate=peaks.rate(visit.cell)), conditions, surroundings)
    except Interrupted:
        raise
    except PerfcompareError as error:
        return _judged(visit, error, refused)


def _measured(visit: Visit, conditions: Conditions, surroundings: Surroundings) -> Measurement:
    name = generator_of(visit.cell, conditions.generator)
    generator = generators.choose([name])[name]
    find(generator)
    return measure(visit, replace(conditions, generator=name), surroundings, generator)
