"""`manage.py perfcompare run`: measure, store each visit at once, show the result."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from perfcompare import session
from perfcompare.commands import report as report_command
from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import add_settings, levels, names, settings
from perfcompare.core.stack import TWIN, VARIANT
from perfcompare.registries import scenarios, stacks
from perfcompare.report import terminal
from perfcompare.report.collect import collect
from perfcompare.report.kinds import REFERENCE
from perfcompare.runner import selection


@dataclass(frozen=True, kw_only=True)
class Preset:
    """What is measured when nothing is chosen."""

    stacks: Callable[[], Sequence[str]]
    scenarios: Callable[[], Sequence[str]]
    seconds: float
    warmup_s: float
    rounds: int


NOISE: Final = f"{REFERENCE}{VARIANT}{TWIN}"
"""The reference once more: what the two differ by is this machine's noise."""


def _usable() -> list[str]:
    """Every stack whose packages are installed, the reference and its twin first."""
    found = [name for name, stack in stacks.items() if not selection.missing_packages(stack)]
    return [REFERENCE, NOISE, *(name for name in found if name != REFERENCE)]


PRESETS: Final[Mapping[str, Preset]] = {
    # Under five minutes on two cores.
    "quick": Preset(
        stacks=lambda: ["fastapi", NOISE, "drf", "adrf", "ninja", "ninja_async", "floor"],
        scenarios=lambda: ["simple", "user_detail", "user_list"],
        seconds=1.5,
        warmup_s=2.0,
        rounds=3,
    ),
    "full": Preset(stacks=_usable, scenarios=lambda: list(scenarios), seconds=5.0, warmup_s=10.0, rounds=5),
}


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
