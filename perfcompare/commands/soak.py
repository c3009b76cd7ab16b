"""`manage.py perfcompare soak`: valid and hostile requests for a long time, with a fault every minute."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path

from perfcompare.commands._command import Command, Output
from perfcompare.commands._types import count, names
from perfcompare.core import files
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import PerfcompareError
from perfcompare.registries import stacks
from perfcompare.runner import lock, orphans, signals
from perfcompare.soak.ground import served
from perfcompare.soak.minutes import Minute, Pace, minutes
from perfcompare.soak.page import Soaked, lines
from perfcompare.targets.demonstration.target import Demonstration, prepare

TUNED = tuple(name for name, stack in stacks.items() if stack.levers)


def arguments(parser: ArgumentParser) -> None:
    """The stacks, and for how long."""
    parser.add_argument(
        "--stacks", type=names, default=list(TUNED), metavar="A,B", help=f"default: the tuned ones, {','.join(TUNED)}"
    )
    parser.add_argument("--minutes", type=count, default=30, help="for each stack (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="chooses the requests (default: %(default)s)")
    parser.add_argument("--output", type=Path, help="also write the result into this file, as Markdown")


def run(options: Namespace, output: Output) -> None:
    """Soak one stack after another, and write the result; PerfcompareError when a stack does not hold."""
    chosen = stacks.choose(options.stacks)
    found = []
    with signals.interruptible(), lock.only_run(), tempfile.TemporaryDirectory() as folder:
        target = prepare(os.environ, Dataset(count=1000, seed=1))
        orphans.end_all()
        for name, stack in chosen.items():
            found.append(_soaked(name, stack.server, options, target, Path(folder), output))
    text = "\n".join(line for one in found for line in (*lines(one), ""))
    output.write(text)
    if options.output:
        files.write(options.output, f"# Soak\n\n    {shlex.join(sys.argv)}\n\n{text}")
    broken = [one.stack for one in found if not one.holds]
    if broken:
        raise PerfcompareError(f"{', '.join(broken)}: wrong answers, lost rows or growth. See the tables above.")


def _soaked(stack: str, server: str, options: Namespace, target: Demonstration, folder: Path, output: Output) -> Soaked:
    kept: list[Minute] = []
    with served(target, stack, server, folder) as ground:
        for minute in minutes(ground, count=options.minutes, pace=Pace(), seed=options.seed):
            kept.append(minute)
            left = options.minutes - len(kept)
            wrong = sum(minute.seen.wrong.values())
            output.write(f"{stack}, {minute.fault}: {minute.seen.right:,} right, {wrong:,} wrong; {left} min left")
    return Soaked(stack=stack, server=server, minutes=kept)


COMMAND = Command(
    help="load a server for a long time with valid and hostile requests, and a fault every minute",
    arguments=arguments,
    run=run,
)
