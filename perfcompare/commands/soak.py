"""`manage.py perfcompare soak`: valid and hostile requests for a long time, with a fault every minute."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from perfcompare.commands._command import Command, Output
from perfcompare.commands._types import count, names
from perfcompare.core import files
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import PerfcompareError
from perfcompare.registries import stacks
from perfcompare.runner import environment, lock, orphans, signals
from perfcompare.soak.ground import served
from perfcompare.soak.minutes import Minute, Pace, minutes
from perfcompare.soak.page import Soak, Soaked, lines, progress
from perfcompare.targets.demonstration.target import prepare

TUNED = tuple(name for name, stack in stacks.items() if stack.levers)


def arguments(parser: ArgumentParser) -> None:
    """The stacks, and for how long."""
    parser.add_argument(
        "--stacks", type=names, default=list(TUNED), metavar="A,B", help=f"default: the tuned ones, {','.join(TUNED)}"
    )
    parser.add_argument("--minutes", type=count, default=30, help="for each stack (default: %(default)s)")
    parser.add_argument(
        "--at-once", type=count, default=1, help="stacks, each on a database of its own (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=1, help="chooses the requests (default: %(default)s)")
    parser.add_argument("--output", type=Path, help="also write the result into this file after each minute")


def run(options: Namespace, output: Output) -> None:
    """Soak the stacks, and write the result; PerfcompareError when one does not hold."""
    # Nothing of a user is soaked: tables are altered, and connections ended.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("BENCH_")}
    soak = Soak(
        command=shlex.join(sys.argv),
        when=datetime.now(UTC).strftime("%-d %B %Y"),
        facts=environment.collect(environ).facts,
        minutes=options.minutes,
        at_once=options.at_once,
        pace=Pace(),
        stacks=[Soaked(stack=name, server=one.server) for name, one in stacks.choose(options.stacks).items()],
    )
    with signals.interruptible(), lock.only_run(), tempfile.TemporaryDirectory() as folder:
        orphans.end_all()
        for first in range(0, len(soak.stacks), soak.at_once):
            batch = soak.stacks[first : first + soak.at_once]
            for found in _minutes(batch, soak, environ, Path(folder), options.seed):
                for one, minute in zip(batch, found, strict=True):
                    one.minutes.append(minute)
                output.write(progress(soak, batch))
                if options.output:
                    files.write(options.output, "\n".join([*lines(soak), ""]))
    output.write("\n".join(lines(soak)))
    broken = [one.stack for one in soak.stacks if not one.holds]
    if broken:
        raise PerfcompareError(f"{', '.join(broken)}: wrong answers, lost rows or growth. See the tables above.")


def _minutes(
    batch: Sequence[Soaked], soak: Soak, environ: Mapping[str, str], folder: Path, seed: int
) -> Iterator[Sequence[Minute]]:
    """Those of stacks that are soaked at the same time, each on a database of its own."""
    with ExitStack() as opened:
        grounds = [
            opened.enter_context(
                served(prepare(environ, Dataset(count=1000, seed=1), number=number), one.stack, one.server, folder)
            )
            for number, one in enumerate(batch, 1)
        ]
        yield from minutes(grounds, count=soak.minutes, pace=soak.pace, seed=seed)


COMMAND = Command(
    help="load servers for a long time with valid and hostile requests, and a fault every minute",
    arguments=arguments,
    run=run,
    kept="With --output, the minutes that are over are in the file.",
)
