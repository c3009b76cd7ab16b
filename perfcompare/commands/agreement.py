"""`manage.py perfcompare agreement`: checks with a second load generator that the cost of a request is the same."""

from __future__ import annotations

import os
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import WHOLE_SECONDS
from perfcompare.commands._types import count, names, positive
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import PerfcompareError, UsageError
from perfcompare.core.measurement import Cell, Failure, Measurement
from perfcompare.core.objection import Figure
from perfcompare.core.statistics import Interval, median, ratio_interval
from perfcompare.plugins import generators
from perfcompare.registries import stacks
from perfcompare.report.data import formatting
from perfcompare.report.data.agreements import agree, verdict
from perfcompare.report.data.formatting import printable
from perfcompare.runner import generation, lock, signals
from perfcompare.runner.execution import Conditions, execute
from perfcompare.runner.plan import PlannedTrial
from perfcompare.targets.demonstration.target import prepare


def arguments(parser: ArgumentParser) -> None:
    """The cell, the generators and the number of rounds."""
    parser.add_argument("--stack", default="drf", help="default: %(default)s")
    parser.add_argument(
        "--scenario", default="user_list", help="a scenario in which the server is the limit (default: %(default)s)"
    )
    parser.add_argument(
        "--generators",
        type=names,
        default=["wrk", "locust"],
        metavar="A,B",
        help="two generators (default: wrk,locust)",
    )
    parser.add_argument("--concurrency", type=count, default=32, help="connections (default: %(default)s)")
    parser.add_argument("--rounds", type=count, default=5, help="default: %(default)s")
    parser.add_argument(
        "--seconds", type=positive, default=15.0, help=f"length of a window (default: %(default)s){WHOLE_SECONDS}"
    )
    parser.add_argument("--users", type=count, default=1000, help="in the database (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)


def run(options: Namespace, output: Output) -> None:
    """Measure the cell with both in turn. Write both costs and their ratio. Raises PerfcompareError when they
    disagree."""
    if len(options.generators) != 2:
        raise UsageError("Name two generators: --generators wrk,locust")
    for generator in generators.choose(options.generators).values():
        generation.find(generator)
    with signals.interruptible(), lock.only_run(), tempfile.TemporaryDirectory() as folder:
        pairs = [pair for pair in _pairs(options, Path(folder), output) if pair is not None]
    interval = ratio_interval(pairs, seed=options.seed)
    output.write("\n".join(_lines(options, pairs, interval)))
    if interval is None:
        raise PerfcompareError(
            f"{len(pairs)} of {options.rounds} rounds were valid with both generators. An interval needs three. "
            "Repeat with more --rounds, on a quiet machine."
        )
    if not agree(interval):
        raise PerfcompareError("The two generators measure different costs of a request.")


def _pairs(options: Namespace, folder: Path, output: Output) -> Iterator[tuple[float, float] | None]:
    """CPU microseconds per request in each round, from both generators; None where a trial is invalid."""
    target = prepare(os.environ, Dataset(count=options.users, seed=options.seed))
    server = stacks.choose([options.stack])[options.stack].server
    cell = Cell(scenario=options.scenario, stack=options.stack, server=server, concurrency=options.concurrency)
    for number in range(1, options.rounds + 1):
        costs: dict[str, float | None] = {}
        # each generator is first in every other round, so that drift affects both alike
        for name in options.generators if number % 2 else options.generators[::-1]:
            conditions = Conditions(
                target=target,
                generator=name,
                folder=folder / name,
                seconds=options.seconds,
                warmup_s=5.0,
                seed=options.seed,
            )
            costs[name] = _cost(PlannedTrial(round=number, cell=cell), conditions, output)
        first, second = (costs[name] for name in options.generators)
        yield None if first is None or second is None else (first, second)


def _cost(trial: PlannedTrial, conditions: Conditions, output: Output) -> float | None:
    """CPU microseconds per request. When the figure is invalid, write why and return None."""
    (outcome,) = execute([trial], conditions, lambda _event: None)
    if isinstance(outcome, Failure):
        raise PerfcompareError(f"{conditions.generator}: {outcome.cell} gave no figures: {outcome.reason}")
    cost = outcome.server_cpu_us
    if cost is None:
        raise PerfcompareError(f"{conditions.generator}: there was no right answer.")
    output.write(printable(f"round {trial.round}, {conditions.generator}: {_figures(outcome, cost)}"))
    return cost if outcome.usable(Figure.COST) else None


def _figures(outcome: Measurement, cost: float) -> str:
    against = f"; against it: {'; '.join(map(str, outcome.objections))}" if outcome.objections else ""
    return f"{formatting.number(cost)} µs, {formatting.number(outcome.goodput)} answers/s{against}"


def _lines(options: Namespace, pairs: Sequence[tuple[float, float]], interval: Interval | None) -> Iterator[str]:
    for index, name in enumerate(options.generators if pairs else ()):
        cost = formatting.number(median([pair[index] for pair in pairs]))
        yield f"{generators[name].label}: {cost} µs of CPU per request (median of {len(pairs)} valid rounds)"
    if interval is not None:
        yield f"{' / '.join(options.generators)}: {verdict(interval)}"


COMMAND = Command(
    help="check whether two load generators measure the same cost of a request", arguments=arguments, run=run
)
