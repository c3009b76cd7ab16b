"""`manage.py perfcompare study`: does the measuring find a known slowdown, and nothing where there is nothing?

It is the measuring that is measured, so nothing becomes a run. All rounds are visited in one interleaved run and cut
into comparisons that share no round. Each visit is kept in the state folder as soon as there is one: the same command
goes on with a study that was interrupted, and begins a new one when the last has ended.
"""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from perfcompare.commands import _studied
from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import SENT_IN_TURNS, WHOLE_SECONDS, count, positive, save
from perfcompare.core import env, study
from perfcompare.core import stack as names
from perfcompare.core.errors import PerfcompareError, UsageError, WrongAnswerError
from perfcompare.core.measurement import Cell, Environment, Failure, FailureKind, Measurement
from perfcompare.core.objection import Figure
from perfcompare.core.statistics import MIN_ROUNDS, median
from perfcompare.core.study import ORIGINAL, PLANTED, SAME, TWIN
from perfcompare.registries import scenarios, stacks
from perfcompare.runner import environment, lock, signals
from perfcompare.runner.execute import Conditions, execute
from perfcompare.runner.plan import Visit, planned
from perfcompare.runner.progress import Progress
from perfcompare.runner.studying import Journal, Visited, figures
from perfcompare.runner.turns import SENDER
from perfcompare.session import own_generator
from perfcompare.targets.demonstration import slowed
from perfcompare.targets.demonstration.target import Demonstration, prepare
from users.dataset import Dataset

_PLAIN_ROUNDS: Final = 3
"""Enough to know what a request costs, about."""
_TRIAL_ROUNDS: Final = 12
"""So many that the effect of the trial is known to a few percent of itself, and that of the planted work as well."""
_TRIAL_SHARE: Final = 0.3
"""Of a request, about: what a trial of the planted work costs, so that chance is small beside it."""
_MOST_PASSES: Final = 3
"""Over rounds in which a visit gave no figures: what fails so often does not fail by chance."""


def arguments(parser: ArgumentParser) -> None:
    """How much: a visit takes about 3 s beside its window, and there are 4 x comparisons x rounds of them."""
    parser.add_argument("--stack", default="fastapi", help="default: %(default)s")
    parser.add_argument("--scenario", default="user_detail", help="default: %(default)s")
    parser.add_argument("--comparisons", type=count, default=study.COMPARISONS, help="of each kind (%(default)s)")
    parser.add_argument("--rounds", type=count, default=12, help="of each comparison (default: %(default)s)")
    parser.add_argument("--planted", type=positive, default=5.0, metavar="PERCENT", help="slowdown (%(default)s)")
    parser.add_argument(
        "--seconds", type=positive, default=2.0, help=f"length of a window (default: %(default)s){WHOLE_SECONDS}"
    )
    parser.add_argument("--warmup", type=positive, default=3.0, help="seconds before it at most (default: %(default)s)")
    parser.add_argument(
        "--sequential", action="store_true", help="one server after another, as a run with --sequential does"
    )
    parser.add_argument("--concurrency", type=count, help="connections; without it as many as suit the scenario")
    parser.add_argument("--generator", help="with --sequential: wrk or locust")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, help="also write the result into this file, as Markdown")


@dataclass(frozen=True, kw_only=True)
class _Bench:
    """Where the study is made."""

    options: Namespace
    target: Demonstration
    folder: Path
    journal: Journal
    commit: str
    output: Output

    def conditions(self, part: str, loops: int) -> Conditions:
        """Of the visits of one part, which has a folder of its own."""
        return Conditions(
            target=replace(self.target, environ={**self.target.environ, slowed.LOOPS: str(loops)}),
            generator=own_generator(self.options.generator) if self.options.sequential else SENDER,
            folder=self.folder / part,
            seconds=self.options.seconds,
            warmup_s=self.options.warmup,
            in_turns=not self.options.sequential,
            seed=self.options.seed,
        )


def run(options: Namespace, output: Output) -> None:
    """Measure, write every comparison and the result; PerfcompareError when the measuring does not hold."""
    if options.rounds < MIN_ROUNDS:
        raise UsageError(f"A comparison needs at least {MIN_ROUNDS} rounds: fewer have no interval.")
    if options.generator and not options.sequential:
        raise UsageError(SENT_IN_TURNS)
    with signals.interruptible(), lock.only_run(), tempfile.TemporaryDirectory() as folder:
        target = prepare(os.environ, Dataset(count=1000, seed=options.seed))
        machine = environment.collect(target.environ)
        journal = Journal(env.state_folder().resolve() / "studies", _key(options, machine))
        bench = _Bench(
            options=options,
            target=target,
            folder=Path(folder),
            journal=journal,
            commit=_commit(machine),
            output=output,
        )
        _told(bench)
        failed = _measured(bench, _calibrated(bench))
    studied = _studied_of(options, machine, journal, failed)
    text = "\n".join(_studied.lines(studied))
    output.write(text)
    if options.output:
        save(options.output, f"{text}\n")
    journal.remove()
    if not study.result(studied.found).holds:
        raise PerfcompareError("The measuring does not hold on this machine as it is now.")


def _key(options: Namespace, machine: Environment) -> Mapping[str, object]:
    """What must not change within a study; commits are told in its result, since most of them change no measuring."""
    chosen = (
        "stack",
        "scenario",
        "comparisons",
        "rounds",
        "planted",
        "seconds",
        "warmup",
        "sequential",
        "concurrency",
        "generator",
        "seed",
    )
    facts = {name: fact for name, fact in machine.facts.items() if name not in {"commit", "dirty"}}
    return {**{name: getattr(options, name) for name in chosen}, "facts": facts}


def _commit(machine: Environment) -> str:
    return f"{machine.facts['commit']}{' with changes' if machine.facts['dirty'] else ''}"


def _told(bench: _Bench) -> None:
    wanted, whole = bench.options.comparisons * bench.options.rounds, len(bench.journal.rounds())
    if whole:
        bench.output.write(f"Going on with an interrupted study: {whole} of {wanted} rounds are there already.")
    else:
        bench.output.write(f"{wanted} rounds of four visits. When it is interrupted, the same command goes on with it.")


def _cells(options: Namespace) -> Mapping[Cell, str]:
    """The cell of each role."""
    stack = options.stack
    suffixes = {TWIN: names.TWIN, SAME: f"{names.TWIN}2", PLANTED: names.PLANTED}
    named = {ORIGINAL: stack, **{role: f"{stack}{names.VARIANT}{suffix}" for role, suffix in suffixes.items()}}
    server = stacks.choose([stack])[stack].server
    scenario = scenarios.choose([options.scenario])[options.scenario]
    return {
        Cell(
            scenario=options.scenario,
            stack=name,
            server=server,
            concurrency=options.concurrency or scenario.connections,
        ): role
        for role, name in named.items()
    }


def _calibrated(bench: _Bench) -> int:
    """How many loops make the planted share of a request: as a trial with more of them says, by what it did."""
    if bench.journal.loops is not None:
        return bench.journal.loops
    plain = [one[ORIGINAL] for one in _trial(bench, (ORIGINAL,), 0, _PLAIN_ROUNDS)]
    trial = max(1, round(_TRIAL_SHARE * median(plain) * 1000 / slowed.loop_ns()))
    tried = _trial(bench, (ORIGINAL, PLANTED), trial, _TRIAL_ROUNDS)
    effect = median([one[PLANTED] / one[ORIGINAL] for one in tried]) - 1
    if effect <= 0:
        raise PerfcompareError(f"{trial} loops made a request {effect:+.1%} dearer. Wait for a quieter machine.")
    share: float = bench.options.planted / 100
    loops = max(1, round(trial * share / effect))
    bench.journal.calibrated(loops)
    return loops


def _trial(bench: _Bench, roles: Sequence[str], loops: int, rounds: int) -> list[study.Round]:
    """The costs of these roles in each round that has all of them; PerfcompareError without one."""
    cells = {cell: role for cell, role in _cells(bench.options).items() if role in roles}
    costs: dict[int, dict[str, float]] = defaultdict(dict)
    visits = planned(list(cells), rounds, bench.options.seed)
    for one, _seconds in _outcomes(visits, bench.conditions(f"calibration-{loops}", loops), bench.output):
        if isinstance(one, Measurement) and one.server_cpu_us:
            costs[one.round][cells[one.cell]] = one.server_cpu_us
    whole = [one for one in costs.values() if len(one) == len(roles)]
    if not whole:
        raise PerfcompareError(f"{', '.join(map(str, cells))} gave no figures.")
    return list[study.Round](whole)


def _measured(bench: _Bench, loops: int) -> int:
    """Visit what the journal has not; how many visits gave no figures, so that their rounds had to be made again.

    Visits with a reason against them are kept as they are: a study of valid ones only would be one of a better machine.
    """
    options, journal = bench.options, bench.journal
    visits = planned(list(_cells(options)), options.comparisons * options.rounds, options.seed)
    failures: list[Failure] = []
    for attempt in range(journal.attempts + 1, journal.attempts + 1 + _MOST_PASSES):
        whole = journal.rounds()
        missing = [visit for visit in visits if visit.round not in whole]
        if not missing:
            return len(failures)
        failures += _kept(bench, missing, loops, attempt)
    if len(journal.rounds()) < options.comparisons * options.rounds:
        raise PerfcompareError(f"{len(failures)} visits gave no figures. The last: {failures[-1].reason}")
    return len(failures)


def _kept(bench: _Bench, visits: Sequence[Visit], loops: int, attempt: int) -> Iterator[Failure]:
    """Keep each outcome; those without figures are yielded."""
    roles = _cells(bench.options)
    for outcome, seconds in _outcomes(visits, bench.conditions(f"pass-{attempt}", loops), bench.output):
        if isinstance(outcome, Failure) or not outcome.server_cpu_us:
            yield _failure(outcome)
            continue
        bench.journal.note(
            Visited(
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
    visits: Sequence[Visit], conditions: Conditions, output: Output
) -> Iterator[tuple[Measurement | Failure, float]]:
    """Each outcome, and the seconds since the last one."""
    progress = Progress(output)
    before_s = time.monotonic()
    try:
        for outcome in execute(visits, conditions, progress.tell):
            now_s = time.monotonic()
            yield outcome, now_s - before_s
            before_s = now_s
    finally:
        progress.close()


def _studied_of(options: Namespace, machine: Environment, journal: Journal, failed: int) -> _studied.Studied:
    visits = [visited for round_ in journal.rounds().values() for visited in round_]
    rounds = [figures(round_) for round_ in journal.rounds().values()]
    reasons = Counter(code for visited in visits for code in visited.against)
    return _studied.Studied(
        title=f"{options.stack}, {options.scenario}{', one after another' if options.sequential else ', in turns'}",
        command=shlex.join(sys.argv),
        when=datetime.now(UTC).strftime("%-d %B %Y"),
        facts=machine.facts,
        commits=tuple(dict.fromkeys(visited.commit for visited in visits)),
        loops=journal.loops or 0,
        size=options.rounds,
        rounds=rounds,
        invalid=dict(reasons.most_common()),
        failed=failed,
        found=study.outcomes(rounds, size=options.rounds, seed=options.seed),
        minutes=sum(visited.seconds for visited in visits) / 60,
    )


COMMAND = Command(
    help="whether a known slowdown is found here, and nothing where there is nothing",
    arguments=arguments,
    run=run,
    kept="Finished rounds are kept: the same command goes on with the study.",
)
