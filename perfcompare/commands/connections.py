"""`manage.py perfcompare connections`: how many open connections each stack holds, and what one costs in memory."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from perfcompare.commands import _side_run
from perfcompare.commands._command import Command, Output
from perfcompare.commands._types import count, levels, names
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import PerfcompareError
from perfcompare.models.connections import CONNECTIONS
from perfcompare.plugins import servers
from perfcompare.registries import stacks
from perfcompare.report.data import formatting
from perfcompare.runner import held_connections, lock, orphans, pinning, signals
from perfcompare.runner.held_connections import Level
from perfcompare.runner.processes import ServerProcess
from perfcompare.targets.demonstration import selection
from perfcompare.targets.demonstration.target import Demonstration, prepare


def arguments(parser: ArgumentParser) -> None:
    """The stacks and the numbers of connections."""
    parser.add_argument("--stacks", type=names, default=["fastapi", "drf"], metavar="A,B", help="default: fastapi,drf")
    parser.add_argument("--servers", type=names, default=[], metavar="A,B", help="default: each stack's own")
    parser.add_argument("--levels", type=levels, default=(1000, 10_000), metavar="N,N", help="default: 1000,10000")
    parser.add_argument("--workers", type=count, default=1, help="server processes (default: %(default)s)")
    parser.add_argument("--threads", type=count, default=8, help="threads of a WSGI worker (default: %(default)s)")
    parser.add_argument("--label", default="", help="a name for the stored result")
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")


def run(options: Namespace, output: Output) -> None:
    """Start one stack after another, open the connections, store the result as a separate run, and write it."""
    before, limit = held_connections.raise_limit()
    wanted = sorted({held_connections.possible(level, limit) for level in options.levels} - {0})
    cells = selection.cells(
        stack_names=options.stacks, server_names=options.servers, scenario_names=[held_connections.PATH], levels=[1]
    )
    selection.require_packages(cells)
    if not wanted:
        raise PerfcompareError(f"This system allows {limit} open files per process, too few to hold connections.")
    with signals.interruptible(), lock.only_run(), tempfile.TemporaryDirectory() as folder:
        target = prepare(os.environ, Dataset(count=100, seed=1))
        orphans.end_all()
        found = {
            (cell.stack, cell.server): _held(
                cell.stack, cell.server, wanted, target, Path(folder), options.workers, options.threads
            )
            for cell in cells
        }
        kept = {**CONNECTIONS.as_options(found), "workers": options.workers, "threads": options.threads}
        _side_run.stored("connections", kept, target, label=options.label)
    output.write(_json(found) if options.json else "\n".join(_lines(found, options.levels, before, limit)))


def _held(
    stack: str, server: str, wanted: Sequence[int], target: Demonstration, folder: Path, workers: int, threads: int
) -> list[Level]:
    program = target.program(stack, server, workers=workers, threads=threads, told=orphans.marked())
    with ServerProcess(program, log=folder / f"{stack}-{server}.log", cpus=pinning.place(workers).server) as started:
        return asyncio.run(held_connections.hold(started, wanted))


Found = Mapping[tuple[str, str], list[Level]]


def _json(found: Found) -> str:
    rows = [
        {"stack": stack, "server": server, **asdict(level), "kib_per_connection": level.kib_each}
        for (stack, server), reached in found.items()
        for level in reached
    ]
    return json.dumps(rows, indent=1)


def _lines(found: Found, asked: Sequence[int], before: int, limit: int) -> Iterator[str]:
    yield f"This process and each server may open {limit} files (raised from {before})."
    possible = held_connections.possible(max(asked), limit)
    if limit != resource.RLIM_INFINITY and max(asked) > possible:
        yield f"That is too few for {max(asked)} connections: {possible} are opened."
    head = ("wanted", "answered", "held", "accepted", "asked", "served", "MiB", "KiB each", "threads")
    for (stack, server), reached in found.items():
        yield f"{stacks[stack].label} on {servers[server].label}"
        yield "  " + " ".join(f"{word:>9}" for word in head)
        for level in reached:
            figures = (level.wanted, level.opened, level.held, level.in_server, level.asked, level.answered)
            memory = (formatting.mebibytes(level.pss_kib), formatting.number(level.kib_each), level.threads)
            yield "  " + " ".join(f"{figure:>9}" for figure in (*figures, *memory))


COMMAND = Command(
    help="measure how many open connections each stack holds, and the memory of one", arguments=arguments, run=run
)
