"""`manage.py perfcompare streams`: many streams at once, as answers of a language model, and what each part costs."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from perfcompare.commands import _side_run
from perfcompare.commands._command import Command, Output
from perfcompare.commands._types import count, levels, names
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import PerfcompareError, UsageError
from perfcompare.core.limits import DEFAULT_INTERVAL_MS, DEFAULT_PARTS, MAX_DELAY_MS, MAX_PARTS
from perfcompare.core.measurement import Cell
from perfcompare.models.streams import STREAMS
from perfcompare.plugins import servers
from perfcompare.registries import stacks
from perfcompare.report.sections.streams import COLUMNS, figures, remarks
from perfcompare.runner import held_connections, lock, orphans, pinning, progress, signals, streams
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.streams import Asked, Level
from perfcompare.targets.demonstration import selection
from perfcompare.targets.demonstration.target import Demonstration, prepare

ASYNCHRONOUS: Final = "uvicorn"
"""Where a stack runs besides its own server, so that threads and an event loop stand side by side."""
_START_S: Final = 3.0
"""About what a server takes to start and to end."""


def arguments(parser: ArgumentParser) -> None:
    """The stacks, the numbers of streams, and the stream that each client asks for."""
    known = [name for name, stack in stacks.items() if stack.streams]
    parser.add_argument("--stacks", type=names, default=known, metavar="A,B", help=f"default: {','.join(known)}")
    parser.add_argument(
        "--servers",
        type=names,
        default=[],
        metavar="A,B",
        help=f"default: each stack's own, and {ASYNCHRONOUS}",
    )
    parser.add_argument("--levels", type=levels, default=(50, 500, 2000), metavar="N,N", help="default: 50,500,2000")
    parser.add_argument("--parts", type=count, default=DEFAULT_PARTS, help="of a stream (default: %(default)s)")
    parser.add_argument(
        "--interval-ms", type=count, default=DEFAULT_INTERVAL_MS, help="between two parts (default: %(default)s)"
    )
    parser.add_argument("--workers", type=count, default=1, help="server processes (default: %(default)s)")
    parser.add_argument("--threads", type=count, default=8, help="threads of a WSGI worker (default: %(default)s)")
    parser.add_argument("--label", default="", help="a name for the stored result")
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")


def run(options: Namespace, output: Output) -> None:
    """Start one stack after another, open the streams, store the result as a separate run, and write it."""
    asked = Asked(parts=options.parts, interval_ms=options.interval_ms)
    if asked.parts > MAX_PARTS or asked.interval_ms > MAX_DELAY_MS:
        raise UsageError(f"A stream has at most {MAX_PARTS:,} parts, at most {MAX_DELAY_MS:,} ms apart.")
    cells = list(_cells(options.stacks, options.servers))
    selection.require_packages(cells)
    _before, limit = held_connections.raise_limit()
    if max(options.levels) > held_connections.possible(max(options.levels), limit):
        raise PerfcompareError(f"This system allows {limit} open files per process, too few for so many streams.")
    with signals.interruptible(), lock.only_run(), tempfile.TemporaryDirectory() as folder:
        target = prepare(os.environ, Dataset(count=100, seed=1))
        orphans.end_all()
        found = _measured(cells, options, asked, target, Path(folder), None if options.json else output)
        kept = {**STREAMS.as_options(found), "workers": options.workers, "threads": options.threads}
        stored = _side_run.stored("streams", kept, target, label=options.label)
    if options.json:
        output.write(_json(found))
        return
    output.write("\n".join(_lines(found)))
    output.write(f"Stored as run {stored.pk}. Reports of runs on this machine show it.")


def _cells(stack_names: Sequence[str], server_names: Sequence[str]) -> Iterator[Cell]:
    """Each stack on each of its servers. Raises UsageError for one that offers no stream."""
    for name, stack in stacks.choose(stack_names).items():
        if not stack.streams:
            known = ", ".join(one for one, other in stacks.items() if other.streams)
            raise UsageError(f"{name} offers no stream. These do: {known}.")
        yield from selection.cells(
            stack_names=[name],
            server_names=server_names or list(dict.fromkeys([stack.server, ASYNCHRONOUS])),
            scenario_names=[held_connections.PATH],
            levels=[1],
        )


Found = Mapping[tuple[str, str], list[Level]]


def _measured(
    cells: Sequence[Cell],
    options: Namespace,
    asked: Asked,
    target: Demonstration,
    folder: Path,
    output: Output | None,
) -> Found:
    found: dict[tuple[str, str], list[Level]] = {}
    visits = [(cell, wanted) for cell in cells for wanted in sorted(options.levels)]
    took: list[float] = []
    for number, (cell, wanted) in enumerate(visits, 1):
        if output:
            each_s = sum(took) / len(took) if took else _START_S + asked.length_s
            left = progress.left(each_s * (len(visits) - number + 1))
            output.write(f"{number}/{len(visits)} {cell.stack} on {cell.server}, {wanted:,} streams; {left}")
        began_s = time.monotonic()
        level = _streamed(cell, wanted, asked, target, folder, options.workers, options.threads)
        took.append(time.monotonic() - began_s)
        found.setdefault((cell.stack, cell.server), []).append(level)
    return found


def _streamed(
    cell: Cell, wanted: int, asked: Asked, target: Demonstration, folder: Path, workers: int, threads: int
) -> Level:
    """Every number of streams has a server of its own: what a client has left, its server may still send."""
    program = target.program(cell.stack, cell.server, workers=workers, threads=threads, told=orphans.marked())
    place = pinning.place(workers)
    log = folder / f"{cell.stack}-{cell.server}-{wanted}.log"
    with ServerProcess(program, log=log, cpus=place.server) as started, pinning.confined([os.getpid()], place.rest):
        # uvloop would not let the exception of a signal through
        return asyncio.run(streams.measure(started, wanted, asked))


def _json(found: Found) -> str:
    rows = [
        {"stack": stack, "server": server, **asdict(level), "kib_per_stream": level.kib_per_stream, "late": level.late}
        for (stack, server), reached in found.items()
        for level in reached
    ]
    return json.dumps(rows, indent=1)


def _lines(found: Found) -> Iterator[str]:
    for (stack, server), reached in found.items():
        yield f"{stacks[stack].label} on {servers[server].label}"
        yield "  " + " ".join(f"{word:>{_width(word)}}" for word in COLUMNS)
        for level in reached:
            shown = zip(COLUMNS, figures(level), strict=True)
            yield "  " + " ".join(f"{figure:>{_width(word)}}" for word, figure in shown)
        for level in reached:
            yield from (f"  {level.wanted:,}: {one}" for one in remarks(level, servers[server].interface))


def _width(word: str) -> int:
    return max(len(word), 9)


COMMAND = Command(help="measure many streams at once: first part, gaps, CPU and memory", arguments=arguments, run=run)
