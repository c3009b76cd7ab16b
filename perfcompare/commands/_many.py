"""What the commands with many clients at once share: a server for each number of clients, and a table of each stack."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from perfcompare.commands._command import Output
from perfcompare.core.errors import PerfcompareError
from perfcompare.core.target import Program
from perfcompare.runner import held_connections, pinning, progress
from perfcompare.runner.processes import ServerProcess

L = TypeVar("L", bound=Any)
"""A dataclass: the result for one number of clients."""
_START_S: Final = 3.0
"""About what a server takes to start and to end."""
_NARROWEST: Final = 9


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A stack on a server, for one number of clients."""

    stack: str
    server: str
    wanted: int
    what: str
    """For the line of progress: the number and the kind of clients."""


V = TypeVar("V", bound=Visit)


def require_files(levels: Sequence[int], what: str) -> None:
    """Raise this process's limit of open files; PerfcompareError when it is too low for so many clients."""
    _before, limit = held_connections.raise_limit()
    if max(levels) > held_connections.possible(max(levels), limit):
        raise PerfcompareError(f"This system allows {limit} open files per process, too few for so many {what}.")


def visited(
    visits: Sequence[V], measure: Callable[[V], L], each_s: float, output: Output | None
) -> dict[tuple[str, str], list[L]]:
    """The result of each visit, by stack and server. `each_s` is what the clients of one take."""
    found: dict[tuple[str, str], list[L]] = {}
    took: list[float] = []
    for number, visit in enumerate(visits, 1):
        if output:
            mean_s = sum(took) / len(took) if took else _START_S + each_s
            left = progress.left(mean_s * (len(visits) - number + 1))
            output.write(f"{number}/{len(visits)} {visit.stack} on {visit.server}, {visit.what}; {left}")
        began_s = time.monotonic()
        found.setdefault((visit.stack, visit.server), []).append(measure(visit))
        took.append(time.monotonic() - began_s)
    return found


def served(program: Program, workers: int, log: Path, measure: Callable[[ServerProcess], Coroutine[Any, Any, L]]) -> L:
    """What is measured of a server of its own: what clients have left, it may still send."""
    place = pinning.place(workers)
    with ServerProcess(program, log=log, cpus=place.server) as started, pinning.confined([os.getpid()], place.rest):
        # uvloop would not let the exception of a signal through
        return asyncio.run(measure(started))


def as_json(found: Mapping[tuple[str, str], Sequence[L]], more: Callable[[L], Mapping[str, Any]]) -> str:
    """Every level with its fields, and `more` that follows from them."""
    rows = [
        {"stack": stack, "server": server, **asdict(level), **more(level)}
        for (stack, server), levels in found.items()
        for level in levels
    ]
    return json.dumps(rows, indent=1)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines of a table, indented."""
    widths = [max(len(word), _NARROWEST) for word in columns]
    for row in (columns, *rows):
        yield "  " + " ".join(f"{word:>{width}}" for word, width in zip(row, widths, strict=True))
