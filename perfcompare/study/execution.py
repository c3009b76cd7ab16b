"""The trials of a study: calibrates the injected work, measures in one run, stores and compares."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from perfcompare.core import env
from perfcompare.core import stack as names
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import PerfcompareError, WrongAnswerError
from perfcompare.core.measurement import Cell, Environment, Failure, FailureKind, Measurement
from perfcompare.core.objection import Figure
from perfcompare.core.statistics import median
from perfcompare.registries import scenarios, stacks
from perfcompare.runner import environment, lock, signals
from perfcompare.runner.execution import execute
from perfcompare.runner.plan import PlannedTrial, planned
from perfcompare.runner.progress import Progress, Screen
from perfcompare.runner.trial import Conditions
from perfcompare.runner.turns import SENDER
from perfcompare.session import own_generator
from perfcompare.study import outcomes
from perfcompare.study.journal import Journal, KeptTrial, figures
from perfcompare.study.outcomes import ORIGINAL, SAME, SLOWED, TWIN
from perfcompare.study.page import Studied
from perfcompare.targets.demonstration import slowed
from perfcompare.targets.demonstration.target import Demonstration, prepare

_PLAIN_ROUNDS: Final = 3
"""Enough to know what a request costs, about."""
_TRIAL_ROUNDS: Final = 12
"""With so many, the effect of the trial is known to a few percent, and so is that of the injected work."""
_TRIAL_SHARE: Final = 0.3
"""About this part of a request is injected for calibration: so much that chance is small beside it."""
_MOST_PASSES: Final = 3
"""Attempts at rounds in which a trial gave no figures. More failures are not chance."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is studied, and how."""

    stack: str
    scenario: str
    comparisons: int
    """Of each kind."""
    rounds: int
    """Of each comparison."""
    slowdown: float
    """What is injected, in per cent of a request."""
    seconds: float
    """Of a window."""
    warmup: float
    """Seconds at most."""
    sequential: bool
    """Whether one server is loaded after another."""
    concurrency: int | None
    """None: as many connections as suit the scenario."""
    generator: str | None
    seed: int


def studied(plan: Plan, screen: Screen) -> Studied:
    """Measure, or continue an interrupted study. Its journal stays until the page is written.

    PerfcompareError when nothing can be measured, or trials gave no figures again and again.
    """
    with signals.interruptible(), lock.only_run(), tempfile.TemporaryDirectory() as folder:
        target = prepare(os.environ, Dataset(count=1000, seed=plan.seed))
        machine = environment.collect(target.environ)
        bench = _Bench(
            plan=plan,
            target=target,
            folder=Path(folder),
            journal=Journal(env.state_folder().resolve() / "studies", _key(plan, machine)),
            commit=_commit(machine),
            screen=screen,
        )
        _told(bench)
        failed = _measured(bench, _calibrated(bench))
    return _studied(plan, machine, bench.journal, failed)


@dataclass(frozen=True, kw_only=True)
class _Bench:
    """Where the study is made."""

    plan: Plan
    target: Demonstration
    folder: Path
    journal: Journal
    commit: str
    screen: Screen

    def conditions(self, part: str, loops: int) -> Conditions:
        """Of the trials of one part, which has a folder of its own."""
        return Conditions(
            target=replace(self.target, environ={**self.target.environ, slowed.LOOPS: str(loops)}),
            generator=own_generator(self.plan.generator) if self.plan.sequential else SENDER,
            folder=self.folder / part,
            seconds=self.plan.seconds,
            warmup_s=self.plan.warmup,
            in_turns=not self.plan.sequential,
            seed=self.plan.seed,
        )


def _key(plan: Plan, machine: Environment) -> Mapping[str, object]:
    """What must not change within a study. Commits may: most do not change the measuring, and the result names them."""
    facts = {name: fact for name, fact in machine.facts.items() if name not in {"commit", "dirty"}}
    return {**asdict(plan), "facts": facts}


def _commit(machine: Environment) -> str:
    return f"{machine.facts['commit']}{' with changes' if machine.facts['dirty'] else ''}"


def _told(bench: _Bench) -> None:
    wanted, whole = bench.plan.comparisons * bench.plan.rounds, len(bench.journal.rounds())
    if whole:
        bench.screen.write(f"Continuing an interrupted study: {whole} of {wanted} rounds are stored.")
    else:
        bench.screen.write(f"{wanted} rounds of four trials. The same command continues an interrupted study.")


def _cells(plan: Plan) -> Mapping[Cell, str]:
    """The cell of each role."""
    stack = plan.stack
    suffixes = {TWIN: names.TWIN, SAME: f"{names.TWIN}2", SLOWED: names.SLOWED}
    named = {ORIGINAL: stack, **{role: f"{stack}{names.VARIANT}{suffix}" for role, suffix in suffixes.items()}}
    server = stacks.choose([stack])[stack].server
    scenario = scenarios.choose([plan.scenario])[plan.scenario]
    return {
        Cell(
            scenario=plan.scenario,
            stack=name,
            server=server,
            concurrency=plan.concurrency or scenario.connections,
        ): role
        for role, name in named.items()
    }


def _calibrated(bench: _Bench) -> int:
    """How many loops cost the injected share of a request. A trial with more loops shows what one of them costs."""
    if bench.journal.loops is not None:
        return bench.journal.loops
    plain = [one[ORIGINAL] for one in _trial(bench, (ORIGINAL,), 0, _PLAIN_ROUNDS)]
    trial = max(1, round(_TRIAL_SHARE * median(plain) * 1000 / slowed.loop_ns()))
    tried = _trial(bench, (ORIGINAL, SLOWED), trial, _TRIAL_ROUNDS)
    effect = median([one[SLOWED] / one[ORIGINAL] for one in tried]) - 1
    if effect <= 0:
        raise PerfcompareError(
            f"{trial} loops changed the cost of a request by {effect:+.1%}. Wait for a quieter machine."
        )
    share: float = bench.plan.slowdown / 100
    loops = max(1, round(trial * share / effect))
    bench.journal.calibrated(loops)
    return loops


def _trial(bench: _Bench, roles: Sequence[str], loops: int, rounds: int) -> list[outcomes.Round]:
    """The costs of these roles in each round that has all of them; PerfcompareError without one."""
    cells = {cell: role for cell, role in _cells(bench.plan).items() if role in roles}
    costs: dict[int, dict[str, float]] = defaultdict(dict)
    trials = planned(list(cells), rounds, bench.plan.seed)
    for one, _seconds in _outcomes(trials, bench.conditions(f"calibration-{loops}", loops), bench.screen):
        if isinstance(one, Measurement) and one.server_cpu_us:
            costs[one.round][cells[one.cell]] = one.server_cpu_us
    whole = [one for one in costs.values() if len(one) == len(roles)]
    if not whole:
        raise PerfcompareError(f"{', '.join(map(str, cells))} gave no figures.")
    return list[outcomes.Round](whole)


def _measured(bench: _Bench, loops: int) -> int:
    """Measure what the journal has not; how many trials gave no figures, so that their rounds had to be made again.

    Invalid trials are included: a study of valid ones only would describe a better machine.
    """
    plan, journal = bench.plan, bench.journal
    trials = planned(list(_cells(plan)), plan.comparisons * plan.rounds, plan.seed)
    failures: list[Failure] = []
    for attempt in range(journal.attempts + 1, journal.attempts + 1 + _MOST_PASSES):
        whole = journal.rounds()
        missing = [trial for trial in trials if trial.round not in whole]
        if not missing:
            return len(failures)
        failures += _kept(bench, missing, loops, attempt)
    if len(journal.rounds()) < plan.comparisons * plan.rounds:
        raise PerfcompareError(f"{len(failures)} trials gave no figures. The last: {failures[-1].reason}")
    return len(failures)


def _kept(bench: _Bench, trials: Sequence[PlannedTrial], loops: int, attempt: int) -> Iterator[Failure]:
    """Keep each outcome; those without figures are yielded."""
    roles = _cells(bench.plan)
    for outcome, seconds in _outcomes(trials, bench.conditions(f"pass-{attempt}", loops), bench.screen):
        if isinstance(outcome, Failure) or not outcome.server_cpu_us:
            yield _failure(outcome)
            continue
        bench.journal.note(
            KeptTrial(
                round=outcome.round,
                role=roles[outcome.cell],
                cpu_us=outcome.server_cpu_us,
                against=tuple(one.code for one in outcome.objections if Figure.COST in one.figures),
                seconds=seconds,
                attempt=attempt,
                commit=bench.commit,
            )
        )


def _failure(outcome: Measurement | Failure) -> Failure:
    """The failure itself; a wrong answer ends the study, since the stack would be refused from then on."""
    if isinstance(outcome, Measurement):
        return Failure(cell=outcome.cell, round=outcome.round, reason="the server answered nothing rightly")
    if outcome.kind is FailureKind.WRONG_ANSWER:
        raise WrongAnswerError(f"{outcome.cell}: {outcome.reason}")
    return outcome


def _outcomes(
    trials: Sequence[PlannedTrial], conditions: Conditions, screen: Screen
) -> Iterator[tuple[Measurement | Failure, float]]:
    """Each outcome, and the seconds since the last one."""
    progress = Progress(screen)
    before_s = time.monotonic()
    try:
        for outcome in execute(trials, conditions, progress.tell):
            now_s = time.monotonic()
            yield outcome, now_s - before_s
            before_s = now_s
    finally:
        progress.close()


def _studied(plan: Plan, machine: Environment, journal: Journal, failed: int) -> Studied:
    trials = [kept for round_ in journal.rounds().values() for kept in round_]
    rounds = [figures(round_) for round_ in journal.rounds().values()]
    reasons = Counter(code for kept in trials for code in kept.against)
    return Studied(
        title=f"{plan.stack}, {plan.scenario}{', one after another' if plan.sequential else ', in turns'}",
        command=shlex.join(sys.argv),
        when=datetime.now(UTC).strftime("%-d %B %Y"),
        facts=machine.facts,
        commits=tuple(dict.fromkeys(kept.commit for kept in trials)),
        loops=journal.loops or 0,
        size=plan.rounds,
        rounds=rounds,
        invalid=dict(reasons.most_common()),
        failed=failed,
        found=outcomes.outcomes(rounds, size=plan.rounds, seed=plan.seed),
        minutes=sum(kept.seconds for kept in trials) / 60,
        journal=journal,
    )
