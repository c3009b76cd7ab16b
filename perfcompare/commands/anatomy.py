"""`manage.py perfcompare anatomy`: where the microseconds of one request go, and what else it makes happen."""

from __future__ import annotations

import json
import os
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from perfcompare import session
from perfcompare.anatomy import split
from perfcompare.anatomy.counts import Counts, count
from perfcompare.anatomy.inprocess import Work
from perfcompare.anatomy.split import Split
from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import add_settings, settings
from perfcompare.core.errors import PerfcompareError, UsageError
from perfcompare.core.measurement import Cell
from perfcompare.core.statistics import median
from perfcompare.registries import stacks
from perfcompare.runner import laboratory, lock, selection, signals
from users.dataset import Dataset

FLOOR: Final = "floor"
WIDTH: Final = 34


@dataclass(frozen=True, kw_only=True)
class Anatomy:
    """All that was found out about the requests of one cell."""

    cell: Cell
    under_server: float
    """CPU microseconds of the server's process tree per request, under load."""
    floor: float | None
    """The same of a bare callable that answers `simple`, on the same server."""
    split: Split
    counts: Counts


def arguments(parser: ArgumentParser) -> None:
    """Whose requests."""
    parser.add_argument("--stack", required=True, help="a stack, or a step of a ladder such as drf_tuned@2")
    parser.add_argument("--scenario", required=True, help="which requests")
    parser.add_argument("--server", help="without it the stack's own")
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")
    add_settings(parser)


def run(options: Namespace, output: Output) -> None:
    """Measure, take apart, count, and write the table."""
    server = options.server or stacks.choose([options.stack])[options.stack].server
    cells = selection.cells(
        stack_names=[options.stack], server_names=[server], scenario_names=[options.scenario], levels=[32]
    )
    if len(cells) != 1:
        raise UsageError(f"{options.stack} does not offer {options.scenario} on {server}.")
    found = _find(options, cells[0], output)
    if options.json:
        output.write(json.dumps(asdict(found), indent=1))
        return
    for line in lines(found):
        output.write(line)


def _find(options: Namespace, cell: Cell, output: Output) -> Anatomy:
    beneath = Cell(scenario="simple", stack=FLOOR, server=cell.server, concurrency=cell.concurrency)
    chosen = settings(options, seconds=2.0, warmup_s=2.0, rounds=3, preset="anatomy")
    stored = session.measure([cell, beneath], chosen, output)
    session.complain(stored)
    with signals.interruptible(), lock.only_run(), tempfile.TemporaryDirectory() as folder:
        dataset = Dataset(count=chosen.users, seed=chosen.seed)
        place = laboratory.prepare(os.environ, dataset)
        work = Work(cell=cell, place=place, dataset=dataset, folder=_made(Path(folder) / "work"))
        taken = split.take_apart(work, lambda text: output.write(f"  {cell}: {text}"))
        counted = count(cell, place, dataset, _made(Path(folder) / "counts"))
        place.restore()
    return Anatomy(
        cell=cell,
        under_server=_cost(stored, cell),
        floor=_cost(stored, beneath),
        split=taken,
        counts=counted,
    )


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _cost(stored: Any, cell: Cell) -> float:
    rows = [row.server_cpu_us for row in stored.measurements.all() if row.cell == cell and row.server_cpu_us]
    if not rows:
        raise PerfcompareError(f"{cell} gave no figures; see: manage.py perfcompare show {stored.pk}")
    return median(rows)


def lines(found: Anatomy) -> Iterator[str]:
    """The tables, in CPU microseconds per request."""
    whole, inside = found.under_server, found.split.in_process
    yield f"\n{found.cell}: {whole:.0f} µs of server CPU per request"
    yield f"\nBy sampling, scaled to the {inside:.0f} µs that the application takes without a server:"
    yield from (_bar(layer, cost, whole) for layer, cost in found.split.layers.items())
    yield f"\nBy difference (a bare callable on this server takes {found.floor:.0f} µs):"
    yield _bar("server, parsing and sockets", whole - inside, whole)
    yield from (_bar(name, cost, whole) for name, cost in found.split.by_difference.items())
    yield "\nThe two ways beside each other:"
    for group in found.split.groups:
        yield f"  {group.name:<{WIDTH}} {group.by_difference:8.0f} µs {group.by_sampling:8.0f} µs sampled"
    yield f"  They differ by at most {found.split.disagreement:.0%} of what the application takes."
    yield (
        f"\nPer request: {found.counts.hops:g} thread hops, {found.counts.threads:g} threads started, "
        f"{found.counts.statements:g} SQL statements."
    )


def _bar(name: str, cost: float, whole: float) -> str:
    return f"  {name:<{WIDTH}} {cost:8.0f} µs {cost / whole:5.0%} {'█' * round(30 * max(cost, 0) / whole)}".rstrip()


COMMAND = Command(
    help="where the microseconds of one request go: layers, thread hops, statements", arguments=arguments, run=run
)
