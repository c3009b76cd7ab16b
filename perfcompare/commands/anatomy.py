"""`manage.py perfcompare anatomy`: where the microseconds of one request go, and what else it causes."""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final

from perfcompare import session
from perfcompare.anatomy import split
from perfcompare.anatomy.counts import Counts, count
from perfcompare.anatomy.inprocess import Work
from perfcompare.anatomy.split import Split
from perfcompare.commands import report as report_command
from perfcompare.commands._command import VISITS, Command, Output
from perfcompare.commands._options import add_sequential, add_settings, demonstration, settings
from perfcompare.commands._types import names
from perfcompare.core.errors import PerfcompareError, UsageError
from perfcompare.core.measurement import Cell
from perfcompare.core.objection import Figure
from perfcompare.core.statistics import median
from perfcompare.core.target import CEILING, FLOOR
from perfcompare.models import Measurement, Run, side_results
from perfcompare.models.side_results import Anatomy
from perfcompare.plugins import servers
from perfcompare.registries import scenarios, stacks
from perfcompare.report.data.collection import collect
from perfcompare.runner import lock, signals
from perfcompare.targets.demonstration import selection
from perfcompare.targets.demonstration.target import Demonstration

WIDTH: Final = 34


def arguments(parser: ArgumentParser) -> None:
    """The stacks and the scenario."""
    parser.add_argument(
        "--stack", required=True, type=names, metavar="A,B", help="stacks, or steps of a ladder such as drf_tuned@2"
    )
    parser.add_argument("--scenario", required=True, help="the scenario")
    parser.add_argument("--server", help="one server for all stacks (default: each stack's own)")
    add_settings(parser)
    add_sequential(parser)
    parser.add_argument(
        "--folder", type=Path, default=Path("report"), help="folder for the page and files (default: %(default)s/)"
    )


def run(options: Namespace, output: Output) -> None:
    """Measure and take apart each cell, store it as soon as it is known, and write the tables."""
    cells = _cells(options)
    chosen = settings(options, seconds=2.0, warmup_s=2.0, rounds=3, preset="anatomy")
    measured = [*cells, *_beneath(cells)]
    prepare = demonstration(chosen, measured)
    stored = session.measure(measured, chosen, output, prepare)
    session.complain(stored)
    found = _found(stored, cells, prepare, output)
    for one in found:
        for line in lines(one):
            output.write(line)
    report_command.write(stored, collect(stored), options.folder, output)


def _cells(options: Namespace) -> list[Cell]:
    scenarios.choose([options.scenario])
    for name, stack in stacks.choose(options.stack).items():
        server = options.server or stack.server
        if not stack.offers(options.scenario, servers.choose([server])[server].interface):
            raise UsageError(f"{name} does not offer {options.scenario} on {server}.")
    return list(
        selection.cells(
            stack_names=options.stack,
            server_names=[options.server] if options.server else (),
            scenario_names=[options.scenario],
        )
    )


def _beneath(cells: Sequence[Cell]) -> list[Cell]:
    """The bare callable on each of their servers."""
    floors = [Cell(scenario=CEILING, stack=FLOOR, server=cell.server, concurrency=cell.concurrency) for cell in cells]
    return [cell for cell in dict.fromkeys(floors) if cell not in cells]


def _found(stored: Run, cells: Sequence[Cell], prepare: Callable[[], Demonstration], output: Output) -> list[Anatomy]:
    found: list[Anatomy] = []
    with signals.interruptible(), lock.only_run(), tempfile.TemporaryDirectory() as folder:
        target = prepare()
        try:
            for number, cell in enumerate(cells):
                work = Work(cell=cell, target=target, folder=_made(Path(folder) / f"work-{number}"))
                taken = split.take_apart(work, partial(_tell, output, cell))
                counted = count(cell, target, _made(Path(folder) / f"counts-{number}"))
                found.append(_anatomy(stored, cell, taken, counted))
                side_results.keep_anatomies(stored, found)
        finally:
            target.restore()
    return found


def _tell(output: Output, cell: Cell, text: str) -> None:
    output.write(f"  {cell}: {text}")


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _anatomy(stored: Run, cell: Cell, taken: Split, counted: Counts) -> Anatomy:
    rows = _rows(stored, cell)
    floors = _rows(stored, Cell(scenario=CEILING, stack=FLOOR, server=cell.server, concurrency=cell.concurrency))
    return Anatomy(
        cell=cell,
        under_server=_cost(rows),
        valid=sum(row.usable(Figure.COST) for row in rows),
        floor=_cost(floors),
        in_process=taken.in_process,
        layers=_parts(taken.layers),
        by_difference=_parts(taken.by_difference),
        groups=taken.groups,
        disagreement=taken.disagreement,
        **asdict(counted),
    )


def _parts(costs: dict[str, float]) -> tuple[side_results.Part, ...]:
    return tuple(side_results.Part(name=name, cpu_us=cost) for name, cost in costs.items())


def _rows(stored: Run, cell: Cell) -> list[Measurement]:
    rows = [row for row in stored.judged() if row.cell == cell and row.server_cpu_us]
    if not rows:
        raise PerfcompareError(f"{cell} gave no figures; see: manage.py perfcompare show {stored.pk}")
    return rows


def _cost(rows: Sequence[Measurement]) -> float:
    """The median of the valid trials. If there are none, that of all trials, and the page and the table say so."""
    valid = [row for row in rows if row.usable(Figure.COST)]
    return median([row.server_cpu_us or 0.0 for row in valid or rows])


def lines(found: Anatomy) -> Iterator[str]:
    """The tables, in CPU microseconds per request."""
    whole, inside = found.under_server, found.in_process
    doubt = "" if found.valid else " (no trial was valid: the machine was not quiet enough)"
    yield f"\n{found.cell}: {whole:.0f} µs of server CPU per request{doubt}"
    yield f"\nBy sampling, scaled to the {inside:.0f} µs that the application takes without a server:"
    yield from (_bar(part.name, part.cpu_us, whole) for part in found.layers)
    yield f"\nBy difference (a bare callable on this server takes {found.floor:.0f} µs):"
    yield _bar("server, parsing and sockets", whole - inside, whole)
    yield from (_bar(part.name, part.cpu_us, whole) for part in found.by_difference)
    yield "\nThe two ways beside each other:"
    for group in found.groups:
        yield f"  {group.name:<{WIDTH}} {group.by_difference:8.0f} µs {group.by_sampling:8.0f} µs sampled"
    yield f"  They differ by at most {found.disagreement:.0%} of what the application takes."
    yield (
        f"\nPer request: {found.hops:g} thread hops, {found.threads:g} threads started, "
        f"{found.statements:g} SQL statements."
    )


def _bar(name: str, cost: float, whole: float) -> str:
    return f"  {name:<{WIDTH}} {cost:8.0f} µs {cost / whole:5.0%} {'█' * round(30 * max(cost, 0) / whole)}".rstrip()


COMMAND = Command(
    help="show where the time of one request goes: layers, thread hops, SQL statements",
    arguments=arguments,
    run=run,
    kept=VISITS,
)
