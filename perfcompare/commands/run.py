"""`manage.py perfcompare run`: measure, store each visit at once, show the result."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from perfcompare import session
from perfcompare.commands import report as report_command
from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import add_settings, levels, names, settings
from perfcompare.report import terminal
from perfcompare.report.collect import collect
from perfcompare.report.presets import PRESETS
from perfcompare.runner import selection


def arguments(parser: ArgumentParser) -> None:
    """What, how long, how often, and under which name it is kept."""
    parser.add_argument(
        "--preset", choices=sorted(PRESETS), default="quick", help="what else is not said (default: %(default)s)"
    )
    parser.add_argument("--stacks", type=names, metavar="A,B", help="which stacks; see: manage.py perfcompare list")
    parser.add_argument("--servers", type=names, metavar="A,B", help="which servers; without it each stack's own")
    parser.add_argument("--scenarios", type=names, metavar="A,B", help="which scenarios")
    parser.add_argument("--concurrency", type=levels, default=(32,), metavar="N,N", help="connections (default: 32)")
    add_settings(parser)
    parser.add_argument(
        "--folder", type=Path, default=Path("report"), help="for the page, JSON, CSV and Markdown (%(default)s/)"
    )


def run(options: Namespace, output: Output) -> None:
    """Measure, and write what was found; PerfcompareError when visits gave no figures."""
    preset = PRESETS[options.preset]
    cells = selection.cells(
        stack_names=options.stacks or preset.stacks(),
        server_names=options.servers or (),
        scenario_names=options.scenarios or preset.scenarios(),
        levels=options.concurrency,
    )
    chosen = settings(
        options, seconds=preset.seconds, warmup_s=preset.warmup_s, rounds=preset.rounds, preset=options.preset
    )
    stored = session.measure(cells, chosen, output)
    found = collect(stored)
    output.write(terminal.render(found, colour=output.colour))
    report_command.write(stored, found, options.folder, output)
    session.complain(stored)


COMMAND = Command(help="measure stacks beside FastAPI, store and show the result", arguments=arguments, run=run)
