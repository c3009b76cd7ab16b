"""`manage.py perfcompare study`: checks that the measuring finds an injected slowdown, and nothing where there is none.

A study measures the measuring, so it stores no run. It measures all rounds in turns and cuts them into comparisons that
share no round. It stores each trial in the state folder at once: the same command continues an interrupted study, and
begins a new one after a finished one.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import fields
from pathlib import Path

from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import SENT_IN_TURNS, WHOLE_SECONDS
from perfcompare.commands._types import count, positive
from perfcompare.core import files
from perfcompare.core.errors import PerfcompareError, UsageError
from perfcompare.core.statistics import MIN_ROUNDS
from perfcompare.study import execution, outcomes, page


def arguments(parser: ArgumentParser) -> None:
    """How much: a trial takes about 3 s beside its window, and there are 4 x comparisons x rounds of them."""
    parser.add_argument("--stack", default="fastapi", help="default: %(default)s")
    parser.add_argument("--scenario", default="user_detail", help="default: %(default)s")
    parser.add_argument(
        "--comparisons", type=count, default=outcomes.COMPARISONS, help="number of each kind (default: %(default)s)"
    )
    parser.add_argument("--rounds", type=count, default=12, help="rounds of each comparison (default: %(default)s)")
    parser.add_argument(
        "--slowdown",
        "--planted",
        type=positive,
        default=5.0,
        metavar="PERCENT",
        help="injected slowdown; --planted is the former name (default: %(default)s)",
    )
    parser.add_argument(
        "--seconds", type=positive, default=2.0, help=f"length of a window (default: %(default)s){WHOLE_SECONDS}"
    )
    parser.add_argument(
        "--warmup", type=positive, default=3.0, help="longest warm-up in seconds (default: %(default)s)"
    )
    parser.add_argument(
        "--sequential", action="store_true", help="one server after another, as a run with --sequential does"
    )
    parser.add_argument("--concurrency", type=count, help="connections (default: as many as suit the scenario)")
    parser.add_argument("--generator", help="with --sequential: wrk or locust")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, help="also write the result into this file, as Markdown")


def run(options: Namespace, output: Output) -> None:
    """Measure, write every comparison and the result; PerfcompareError when the measuring does not hold."""
    if options.rounds < MIN_ROUNDS:
        raise UsageError(f"A comparison needs at least {MIN_ROUNDS} rounds: fewer have no interval.")
    if options.generator and not options.sequential:
        raise UsageError(SENT_IN_TURNS)
    plan = execution.Plan(**{field.name: getattr(options, field.name) for field in fields(execution.Plan)})
    studied = execution.studied(plan, output)
    text = "\n".join(page.lines(studied))
    output.write(text)
    if options.output:
        files.write(options.output, f"{text}\n")
    studied.journal.remove()
    if not outcomes.result(studied.found).holds:
        raise PerfcompareError("The measuring does not hold on this machine now. See the comparisons above.")


COMMAND = Command(
    help="check that the measuring finds an injected slowdown, and nothing where there is none",
    arguments=arguments,
    run=run,
    kept="Finished rounds are stored. The same command continues the study.",
)
