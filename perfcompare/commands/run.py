"""`manage.py perfcompare run`: measures, stores each trial at once, and shows the result."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from perfcompare import session
from perfcompare.commands import report as report_command
from perfcompare.commands._command import VISITS, Command, Output
from perfcompare.commands._options import add_sequential, add_settings, demonstration, settings
from perfcompare.commands._types import levels, names
from perfcompare.core.errors import UsageError
from perfcompare.core.measurement import Cell
from perfcompare.core.target import REFERENCE
from perfcompare.presets import PRESETS
from perfcompare.report.data.collection import collect
from perfcompare.report.data.kinds import STUDIED, kind
from perfcompare.report.writers import terminal
from perfcompare.runner.plan import paced
from perfcompare.runner.rates import equal
from perfcompare.targets.demonstration import selection
from perfcompare.targets.demonstration.catalog import CATALOG

MEASURED_TWICE: Final = "user_list"
"""The scenario whose requests are so expensive that the server reaches its limit before either generator."""


def arguments(parser: ArgumentParser) -> None:
    """What to measure, for how long, how often, and the label of the result."""
    parser.add_argument(
        "--preset",
        choices=sorted(PRESETS),
        default="quick",
        help="values for options that are not given (default: %(default)s)",
    )
    parser.add_argument("--stacks", type=names, metavar="A,B", help="which stacks; see: manage.py perfcompare list")
    parser.add_argument("--servers", type=names, metavar="A,B", help="which servers (default: each stack's own)")
    parser.add_argument("--scenarios", type=names, metavar="A,B", help="which scenarios")
    parser.add_argument(
        "--concurrency", type=levels, metavar="N,N", help="connections (default: as many as suit the scenario)"
    )
    parser.add_argument(
        "--rates",
        type=shares,
        metavar="%,%",
        help="with --sequential: measure latency at these shares of each cell's peak too",
    )
    add_settings(parser)
    add_sequential(parser)
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path("report"),
        help="folder for the page, JSON, CSV and Markdown (default: %(default)s/)",
    )


def run(options: Namespace, output: Output) -> None:
    """Measure, and write the result. Raises PerfcompareError when trials gave no figures."""
    preset = PRESETS[options.preset]
    cells = selection.cells(
        stack_names=options.stacks or preset.stacks(),
        server_names=options.servers or (),
        scenario_names=options.scenarios or preset.scenarios(),
        levels=options.concurrency,
    )
    if not (options.stacks or options.scenarios):
        cells = tuple(cell for cell in cells if not preset.without(cell))
    if options.rates and not options.sequential:
        raise UsageError(
            "--rates are shares of a stack's peak, and only --sequential measures peaks. Add --sequential."
        )
    chosen = settings(
        options, seconds=preset.seconds, warmup_s=preset.warmup_s, rounds=preset.rounds, preset=options.preset
    )
    measured = [*cells, *_beside(cells, options)]
    stored = session.measure(measured, chosen, output, demonstration(chosen, measured))
    found = collect(stored)
    output.write(terminal.render(found, colour=output.colour))
    report_command.write(stored, found, options.folder, output)
    session.complain(stored)


def shares(text: str) -> tuple[int, ...]:
    """Percentages from 1 to 100, separated by commas, without duplicates."""
    found = levels(text)
    if max(found) > 100:
        raise ArgumentTypeError(f"{max(found)} is more than 100 per cent of the peak")
    return found


def _beside(cells: Sequence[Cell], options: Namespace) -> list[Cell]:
    """Cells at fixed rates. With --sequential, also the cell of a second generator if one is installed."""
    if not options.sequential:
        return list(equal([cell for cell in cells if kind(CATALOG, cell.stack) not in STUDIED]))
    second = session.second_generator(session.own_generator(options.generator))
    return [*paced(cells, options.rates or ()), *(twice(cells, second) if second else ())]


def twice(cells: Sequence[Cell], second: str) -> list[Cell]:
    """The reference in the scenario MEASURED_TWICE, or else in the first of the run, with the generator `second`."""
    found = [cell for cell in cells if cell.stack == REFERENCE]
    fitting = [cell for cell in found if cell.scenario == MEASURED_TWICE]
    return [replace(cell, instrument=second) for cell in (fitting or found)[:1]]


COMMAND = Command(
    help="measure stacks beside FastAPI, store and show the result", arguments=arguments, run=run, kept=VISITS
)
