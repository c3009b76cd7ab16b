"""What the commands with many clients at once share: a server for each number of clients, a stored run, and a table of
each stack."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from perfcompare.commands import _side_run
from perfcompare.commands._command import Output
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import PerfcompareError
from perfcompare.core.target import Program
from perfcompare.models.by_level import Kept
from perfcompare.report.data.collection import collect
from perfcompare.report.writers import terminal
from perfcompare.runner import held_connections, lock, orphans, pinning, progress, signals
from perfcompare.runner.processes import ServerProcess
from perfcompare.targets.demonstration.target import Demonstration, prepare

L = TypeVar("L", bound=Any)
"""A dataclass: the result for one number of clients."""
_START_S: Final = 3.0
"""About what a server takes to start and to end."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A stack on a server, for one number of clients."""

    stack: str
    server: str
    wanted: int
    what: str
    """For the line of progress: the number and the kind of clients."""


V = TypeVar("V", bound=Visit)
Results = Mapping[tuple[str, str], Sequence[L]]
"""By stack and server."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Where the servers of a command run."""

    target: Demonstration
    folder: Path
    """For their logs."""


def run(
    options: Namespace,
    output: Output,
    kept: Kept[L],
    visits: Sequence[V],
    measure: Callable[[V, Ground], L],
    *,
    each_s: float,
    told: Sequence[str],
    more: Callable[[L], Mapping[str, Any]],
) -> None:
    """Make all visits, store the result as a separate run, and write it.

    `each_s` is what the clients of a visit take, `told` names the options that are stored, and `more` adds to the JSON
    of a level what follows from it.
    """
    _require_files(options.levels, kept.name)
    with signals.interruptible(), lock.only_run(), tempfile.TemporaryDirectory() as folder:
        ground = Ground(target=prepare(os.environ, Dataset(count=100, seed=1)), folder=Path(folder))
        orphans.end_all()
        found = _visited(visits, lambda visit: measure(visit, ground), each_s, None if options.json else output)
        results = {**kept.as_options(found), **{name: getattr(options, name) for name in told}}
        stored = _side_run.stored(kept.name, results, ground.target, label=options.label)
    if options.json:
        output.write(_json(found, more))
        return
    output.write(terminal.render(collect(stored), colour=output.colour))
    output.write(f"Stored as run {stored.pk}. Reports of runs on this machine show it.")


def _require_files(levels: Sequence[int], what: str) -> None:
    """Raise this process's limit of open files; PerfcompareError when it is too low for so many clients."""
    _before, limit = held_connections.raise_limit()
    if max(levels) > held_connections.possible(max(levels), limit):
        raise PerfcompareError(f"This system allows {limit} open files per process, too few for so many {what}.")


def _visited(
    visits: Sequence[V], measure: Callable[[V], L], each_s: float, output: Output | None
) -> dict[tuple[str, str], list[L]]:
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


def _json(found: Results[L], more: Callable[[L], Mapping[str, Any]]) -> str:
    rows = [
        {"stack": stack, "server": server, **asdict(level), **more(level)}
        for (stack, server), levels in found.items()
        for level in levels
    ]
    return json.dumps(rows, indent=1)
