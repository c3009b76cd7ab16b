"""A run from beginning to end: prepares the target, executes every trial, and stores each outcome at once."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from django.db import connection

from perfcompare.core import env, files
from perfcompare.core.errors import EnvironmentProblem, Interrupted, PerfcompareError, WrongAnswerError
from perfcompare.core.measurement import Cell, Failure, FailureKind, Measurement
from perfcompare.core.target import Target
from perfcompare.models import Run
from perfcompare.plugins import generators
from perfcompare.runner import environment, generation, lock, signals
from perfcompare.runner.execution import execute
from perfcompare.runner.peaks import generator_of
from perfcompare.runner.plan import planned
from perfcompare.runner.progress import Progress, Screen
from perfcompare.runner.trial import Conditions
from perfcompare.runner.turns import SENDER

PREFERRED: Final = ("wrk", "locust")
"""The first installed one is the default generator. wrk takes less processor time."""


_ELSEWHERE: Final = frozenset({"label", "note", "preset", "in_turns"})
"""Settings that a run's options do not store under these names."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What all trials of a run have in common, and what is stored beside them."""

    seconds: float
    warmup_s: float
    rounds: int
    workers: int = 1
    threads: int = 8
    users: int = 10_000
    seed: int = 1
    """Of the data, the order of trials and the requests."""
    in_turns: bool = True
    """Whether the stacks of a scenario are loaded in turns, for their costs: runner/turns.py."""
    generator: str | None = None
    """One after another only: None takes the first of PREFERRED that is installed."""
    label: str = ""
    note: str = ""
    preset: str = ""


def measure(cells: Sequence[Cell], settings: Settings, screen: Screen, prepare: Callable[[], Target]) -> Run:
    """Measure every cell in every round and store the outcomes; the stored run.

    `prepare` makes the target of these cells; it is called while no other run is under way.

    Raises EnvironmentProblem when nothing can be measured here, RunInProgressError when another run is under way, and
    Interrupted when a signal ended it. Finished trials stay stored.
    """
    generator = SENDER if settings.in_turns else own_generator(settings.generator)
    for cell in () if settings.in_turns else cells:
        generation.find(generators[generator_of(cell, generator)])
    with signals.interruptible(), lock.only_run():
        target = prepare()
        with signals.deferred():
            stored = _begin(cells, settings, generator, target)
        conditions = Conditions(
            target=target,
            generator=generator,
            folder=folder(stored),
            seconds=settings.seconds,
            warmup_s=settings.warmup_s,
            workers=settings.workers,
            threads=settings.threads,
            seed=settings.seed,
            in_turns=settings.in_turns,
        )
        _record(stored, planned(cells, settings.rounds, settings.seed), conditions, screen)
    return stored


def complain(stored: Run) -> None:
    """Raise WrongAnswerError or PerfcompareError when trials of the run gave no figures, with the first reason."""
    failed = list(stored.measurements.failed())
    refused = [row for row in failed if row.failure == FailureKind.WRONG_ANSWER]
    if refused:
        raise WrongAnswerError(f"{len(refused)} trials were not timed because answers differ: {refused[0].error}")
    if failed:
        raise PerfcompareError(f"{len(failed)} trials gave no figures. The first: {failed[0].error}")


def second_generator(own: str) -> str | None:
    """The other generator of PREFERRED, if it is installed: a second instrument."""
    return next((one for one in PREFERRED if one != own and generation.installed(generators[one])), None)


def own_generator(name: str | None) -> str:
    """The chosen generator, or else the first installed one of PREFERRED. Raises EnvironmentProblem when it is
    missing."""
    if name is not None:
        generation.find(generators.choose([name])[name])
        return name
    return next((one for one in PREFERRED if generation.installed(generators[one])), PREFERRED[-1])


def folder(stored: Run) -> Path:
    """The folder in which each trial of the run has its own folder, for logs and raw samples."""
    return env.state_folder().resolve() / "runs" / str(stored.pk)


def _begin(cells: Iterable[Cell], settings: Settings, generator: str, target: Target) -> Run:
    options: dict[str, Any] = {
        **{name: value for name, value in asdict(settings).items() if name not in _ELSEWHERE},
        "interleaved": settings.in_turns,  # its name in runs and exports from the beginning
        "generator": generator,
        "target": target.name,
        "cells": [asdict(cell) for cell in cells],
    }
    return Run.objects.begin(
        label=settings.label,
        note=settings.note,
        preset=settings.preset,
        seed=settings.seed,
        rounds=settings.rounds,
        options=options,
        command=shlex.join(sys.argv),
        environment=environment.collect(target.environ, workers=settings.workers),
    )


def _record(stored: Run, trials: Sequence[Any], conditions: Conditions, screen: Screen) -> None:
    progress = Progress(screen)
    try:
        keep(stored, execute(trials, conditions, progress.tell))
    finally:
        progress.close()


def keep(stored: Run, outcomes: Iterable[Measurement | Failure]) -> None:
    """Store each outcome at once, and at the end, or after an exception, how the run ended."""
    state: Run.State = Run.State.FAILED
    unsaved: list[Measurement | Failure] = []
    try:
        for outcome in outcomes:
            with signals.deferred():
                unsaved = _save(stored, [*unsaved, outcome])
        state = Run.State.FINISHED
    except Interrupted:
        state = Run.State.INTERRUPTED
        raise
    finally:
        _end(stored, state, unsaved)


def _save(stored: Run, outcomes: Sequence[Measurement | Failure]) -> list[Measurement | Failure]:
    """Store the outcomes. Return those that the database refuses now, for another attempt after the next trial."""
    for number, outcome in enumerate(outcomes):
        try:
            stored.record(outcome)
        except EnvironmentProblem:
            connection.close()  # a broken connection would be used again
            return list(outcomes[number:])
    return []


def _end(stored: Run, state: Run.State, unsaved: Sequence[Measurement | Failure]) -> None:
    left = _save(stored, unsaved)
    if left:
        file = folder(stored) / "unsaved.json"
        files.write(file, json.dumps([asdict(outcome) for outcome in left], default=str, indent=1))
        raise EnvironmentProblem(
            f"The database refused the last {len(left)} outcomes of run {stored.pk}. They are in {file}. "
            "Restart the database, and make sure that its disk is not full."
        )
    stored.end(state)
