"""Options that several subcommands have, and their types."""

from __future__ import annotations

import os
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from perfcompare.commands._types import count, positive
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import UsageError
from perfcompare.core.measurement import Cell
from perfcompare.session import Settings
from perfcompare.targets.demonstration.target import Demonstration, max_users, prepare

WHOLE_SECONDS: Final = "; wrk rounds it up to whole seconds"
SENT_IN_TURNS: Final = "In turns the program sends the load itself. To choose the generator, add --sequential."


def add_run(parser: ArgumentParser) -> None:
    """The run; by default the newest one."""
    parser.add_argument(
        "run", nargs="?", default="latest", metavar="RUN", help="its number, baseline, or latest (the default)"
    )


def add_settings(parser: ArgumentParser) -> None:
    """How a run measures, and its label. `settings` reads these options."""
    parser.add_argument(
        "--seconds", type=positive, help=f"time under load of each server in a scenario and round{WHOLE_SECONDS}"
    )
    parser.add_argument("--warmup", type=positive, help="longest warm-up in seconds; it ends when the cost is steady")
    parser.add_argument("--rounds", type=count, help="how often each cell is measured, each time with a fresh server")
    parser.set_defaults(sequential=True)
    parser.add_argument(
        "--generator", help="wrk or locust, for servers loaded one after another (default: wrk if it is installed)"
    )
    parser.add_argument("--workers", type=count, default=1, help="server processes (default: %(default)s)")
    parser.add_argument("--threads", type=count, default=8, help="threads of a WSGI worker (default: %(default)s)")
    parser.add_argument("--users", type=users, default=10_000, help="users in the database (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="seed of data, order and requests (default: %(default)s)")
    parser.add_argument("--label", default="", help="a name for this run")
    parser.add_argument("--note", default="", help="a note that is stored with the run")


def add_sequential(parser: ArgumentParser) -> None:
    """For commands that compare costs. They load the stacks in turns by default."""
    parser.set_defaults(sequential=False)
    parser.add_argument(
        "--sequential",
        action="store_true",
        help="load one server after another at its peak, instead of all in turns of 20 ms; this measures peak rates, "
        "latencies of a closed loop and memory, and costs that depend more on a noisy machine",
    )
    # what earlier versions needed for what is now the default
    parser.add_argument("--interleaved", action="store_false", dest="sequential", help=SUPPRESS)


def settings(options: Namespace, *, seconds: float, warmup_s: float, rounds: int, preset: str = "") -> Settings:
    """The settings from the options, with the arguments as defaults. Raises UsageError for a generator in turns."""
    if options.generator and not options.sequential:
        raise UsageError(SENT_IN_TURNS)
    return Settings(
        seconds=options.seconds or seconds,
        warmup_s=options.warmup or warmup_s,
        rounds=options.rounds or rounds,
        workers=options.workers,
        threads=options.threads,
        users=options.users,
        seed=options.seed,
        in_turns=not options.sequential,
        generator=options.generator,
        label=options.label,
        note=options.note,
        preset=preset,
    )


def demonstration(chosen: Settings, cells: Sequence[Cell]) -> Callable[[], Demonstration]:
    """A function that prepares the demonstration for a run of these cells."""
    return partial(prepare, os.environ, Dataset(count=chosen.users, seed=chosen.seed), cells)


def users(text: str) -> int:
    """A number of users that the dataset can have."""
    number = count(text)
    if number > max_users():
        raise ArgumentTypeError(f"{text} is more than the {max_users():,} users that the dataset can have")
    return number
