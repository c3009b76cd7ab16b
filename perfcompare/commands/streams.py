"""`manage.py perfcompare streams`: many streams at once, as answers of a language model, and what each part costs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from perfcompare.commands import _many
from perfcompare.commands._command import Command, Output
from perfcompare.commands._many import Ground, Visit
from perfcompare.commands._types import count, levels, names
from perfcompare.core.errors import UsageError
from perfcompare.core.limits import DEFAULT_INTERVAL_MS, DEFAULT_PARTS, MAX_DELAY_MS, MAX_PARTS
from perfcompare.core.measurement import Cell
from perfcompare.models.streams import STREAMS
from perfcompare.registries import stacks
from perfcompare.runner import held_connections, orphans, streams
from perfcompare.runner.streams import Asked, Level
from perfcompare.targets.demonstration import selection

ASYNCHRONOUS: Final = "uvicorn"
"""Where a stack runs besides its own server, so that threads and an event loop stand side by side."""


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
    visits = [
        Visit(stack=cell.stack, server=cell.server, wanted=wanted, what=f"{wanted:,} streams")
        for cell in cells
        for wanted in sorted(options.levels)
    ]
    _many.run(
        options,
        output,
        STREAMS,
        visits,
        lambda visit, ground: _streamed(visit, asked, options.workers, options.threads, ground),
        each_s=asked.length_s,
        told=("workers", "threads"),
        more=_more,
    )


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


def _streamed(visit: Visit, asked: Asked, workers: int, threads: int, ground: Ground) -> Level:
    program = ground.target.program(visit.stack, visit.server, workers=workers, threads=threads, told=orphans.marked())
    log = ground.folder / f"{visit.stack}-{visit.server}-{visit.wanted}.log"
    return _many.served(program, workers, log, lambda started: streams.measure(started, visit.wanted, asked))


def _more(level: Level) -> Mapping[str, Any]:
    return {"kib_per_stream": level.kib_each, "late": level.late}


COMMAND = Command(help="measure many streams at once: first part, gaps, CPU and memory", arguments=arguments, run=run)
