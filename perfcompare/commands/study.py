"""`manage.py perfcompare study`: does the measuring find a known slowdown, and nothing where there is nothing?

Nothing is stored: it is the measuring that is measured. All rounds are visited in one interleaved run and cut into
comparisons that share no round.
"""

from __future__ import annotations

import os
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import count, positive, save
from perfcompare.core import stack as names
from perfcompare.core import study
from perfcompare.core.errors import PerfcompareError
from perfcompare.core.measurement import Cell, Failure, Measurement
from perfcompare.core.statistics import Interval, median
from perfcompare.core.study import ORIGINAL, PLANTED, SAME, TWIN, Outcome, Round
from perfcompare.registries import stacks
from perfcompare.runner import environment, laboratory, lock, planted, signals
from perfcompare.runner.execute import Conditions, execute
from perfcompare.runner.plan import Visit, planned
from perfcompare.runner.progress import Progress
from perfcompare.session import PREFERRED
from users.dataset import Dataset

_CALIBRATION_VISITS: Final = 3
_CALIBRATION_LOOPS: Final = 10_000
"""Enough to be seen beside a request whatever the noise."""


@dataclass(frozen=True, kw_only=True)
class Studied:
    """What a study was and came to."""

    facts: Mapping[str, object]
    """Of the environment."""
    loops: int
    """What was planted."""
    rounds: Sequence[Round]
    invalid: int
    """Visits that had a reason against them."""
    found: Sequence[Outcome]
    minutes: float


def arguments(parser: ArgumentParser) -> None:
    """How much."""
    parser.add_argument("--stack", default="fastapi", help="default: %(default)s")
    parser.add_argument("--scenario", default="user_detail", help="default: %(default)s")
    parser.add_argument("--comparisons", type=count, default=study.COMPARISONS, help="of each kind (%(default)s)")
    parser.add_argument("--rounds", type=count, default=7, help="of each comparison (default: %(default)s)")
    parser.add_argument("--planted", type=positive, default=5.0, metavar="PERCENT", help="slowdown (%(default)s)")
    parser.add_argument("--seconds", type=positive, default=2.0, help="length of a window (default: %(default)s)")
    parser.add_argument("--concurrency", type=count, default=32, help="connections (default: %(default)s)")
    parser.add_argument("--generator", default=PREFERRED[0], help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, help="also write the result into this file, as Markdown")


def run(options: Namespace, output: Output) -> None:
    """Measure, write every comparison and the result; PerfcompareError when the measuring does not hold."""
    began_s = time.monotonic()
    with signals.interruptible(), lock.only_run(), tempfile.TemporaryDirectory() as folder:
        dataset = Dataset(count=1000, seed=options.seed)
        place = laboratory.prepare(os.environ, dataset)
        facts = environment.collect(place.environ).facts
        loops = _calibrated(options, place, dataset, Path(folder) / "calibration", output)
        rounds, invalid = _measured(
            options, _conditions(options, place, dataset, Path(folder) / "study", loops), output
        )
    found = study.outcomes(rounds, size=options.rounds, seed=options.seed)
    minutes = (time.monotonic() - began_s) / 60
    studied = Studied(facts=facts, loops=loops, rounds=rounds, invalid=invalid, found=found, minutes=minutes)
    text = "\n".join(_lines(options, studied))
    output.write(text)
    if options.output:
        save(options.output, f"{text}\n")
    if not study.result(found).holds:
        raise PerfcompareError("The measuring does not hold on this machine as it is now.")


def _conditions(
    options: Namespace, place: laboratory.Laboratory, dataset: Dataset, folder: Path, loops: int
) -> Conditions:
    return Conditions(
        generator=options.generator,
        dataset=dataset,
        environ={**place.environ, planted.LOOPS: str(loops)},
        folder=folder,
        restore=place.restore,
        seconds=options.seconds,
        warmup_s=3.0,
        seed=options.seed,
    )


def _cells(options: Namespace) -> Mapping[Cell, str]:
    """The cell of each role."""
    stack = options.stack
    suffixes = {TWIN: names.TWIN, SAME: f"{names.TWIN}2", PLANTED: names.PLANTED}
    named = {ORIGINAL: stack, **{role: f"{stack}{names.VARIANT}{suffix}" for role, suffix in suffixes.items()}}
    server = stacks.choose([stack])[stack].server
    return {
        Cell(scenario=options.scenario, stack=name, server=server, concurrency=options.concurrency): role
        for role, name in named.items()
    }


def _calibrated(
    options: Namespace, place: laboratory.Laboratory, dataset: Dataset, folder: Path, output: Output
) -> int:
    """How many loops make the planted share of a request, from what a known number of them costs here."""
    conditions = _conditions(options, place, dataset, folder, _CALIBRATION_LOOPS)
    cells = [cell for cell, role in _cells(options).items() if role in (ORIGINAL, PLANTED)]
    costs: dict[str, list[float]] = defaultdict(list)
    for one in _outcomes(planned(cells, _CALIBRATION_VISITS, options.seed), conditions, output):
        costs[one.cell.stack].append(one.server_cpu_us or 0.0)
    plain, slowed = (median(costs[cell.stack]) for cell in cells)
    loop_us = (slowed - plain) / _CALIBRATION_LOOPS
    if loop_us <= 0:
        raise PerfcompareError(
            f"{_CALIBRATION_LOOPS} loops cannot be told from none ({plain:.0f} and {slowed:.0f} µs per request): "
            "the machine is too busy for a study. See: manage.py perfcompare doctor"
        )
    share: float = options.planted / 100
    return max(1, round(share * plain / loop_us))


def _measured(options: Namespace, conditions: Conditions, output: Output) -> tuple[list[Round], int]:
    """The figures of whole rounds, and how many visits had a reason against them; those take part all the same.

    A study of valid rounds only would be one of a better machine.
    """
    roles = _cells(options)
    rounds: dict[int, dict[str, float]] = defaultdict(dict)
    invalid = 0
    visits = planned(list(roles), options.comparisons * options.rounds, options.seed)
    for one in _outcomes(visits, conditions, output):
        invalid += bool(one.invalid)
        if one.server_cpu_us:
            rounds[one.round][roles[one.cell]] = one.server_cpu_us
    return [figures for figures in rounds.values() if len(figures) == len(study.ROLES)], invalid


def _outcomes(visits: Sequence[Visit], conditions: Conditions, output: Output) -> Iterator[Measurement]:
    progress = Progress(output)
    try:
        for outcome in execute(visits, conditions, progress.tell):
            if isinstance(outcome, Failure):
                raise PerfcompareError(f"{outcome.cell} gave no figures: {outcome.reason}")
            yield outcome
    finally:
        progress.close()


def _lines(options: Namespace, studied: Studied) -> Iterator[str]:
    counted, facts = study.result(studied.found), studied.facts
    effect = median([one[PLANTED] / one[ORIGINAL] for one in studied.rounds]) - 1 if studied.rounds else 0.0
    yield f"# Study: {options.stack}, {options.scenario}, {options.concurrency} connections, {options.generator}"
    yield ""
    yield (
        f"{facts['cores']} processors ({facts['cpu_model']}), kernel {facts['kernel']}, {facts['python']}, commit "
        f"{facts['commit']}{' with changes' if facts['dirty'] else ''}. {facts['pinning']}"
    )
    yield (
        f"{len(studied.rounds)} whole rounds of four visits in {studied.minutes:.0f} minutes; {studied.invalid} visits "
        f"had a reason against them. Planted: {studied.loops} loops, which made a request {effect:.1%} dearer over all "
        "rounds (median)."
    )
    yield ""
    yield f"- {counted.false} of {counted.comparisons} comparisons of the stack with itself found a difference."
    yield f"- {counted.found} of {counted.comparisons} comparisons with the slowed stack found it slower."
    yield (
        f"- Asked for are at most {study.MAX_FALSE} and at least {study.MIN_FOUND} of {study.COMPARISONS}: the "
        f"measuring {'holds' if counted.holds else 'does not hold'}."
    )
    yield ""
    yield "| compared | ratio | 95 % interval | noise floor | verdict |"
    yield "|---|---:|---|---:|---|"
    for one in studied.found:
        floor = "-" if one.floor is None else f"{one.floor:.1%}"
        yield f"| {one.role} | {_interval(one.interval)} | {floor} | {one.verdict or 'too few rounds'} |"


def _interval(interval: Interval | None) -> str:
    return "- | -" if interval is None else f"{interval.middle:.3f} | {interval.low:.3f} to {interval.high:.3f}"


COMMAND = Command(
    help="whether a known slowdown is found here, and nothing where there is nothing", arguments=arguments, run=run
)
