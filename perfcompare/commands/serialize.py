"""`manage.py perfcompare serialize`: converts 10,000 users to JSON in one process, in several ways."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from perfcompare.anatomy.serializers import MODULE, WAYS
from perfcompare.commands import _side_run
from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import users
from perfcompare.commands._types import count, names
from perfcompare.core import env, surroundings
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import EnvironmentProblem, PerfcompareError, UsageError, WrongAnswerError
from perfcompare.core.statistics import bootstrap, median
from perfcompare.models import Run, side_results
from perfcompare.models.side_results import Serialising, Way
from perfcompare.report.data import formatting
from perfcompare.runner import lock, signals
from perfcompare.targets.demonstration.target import Demonstration, prepare

_INHERITED: Final = (
    *("DATABASE_URL", "REDIS_URL", "UPSTREAM_URL", "SECRET_KEY"),
    *("PERFCOMPARE_STACK", "PERFCOMPARE_STATE", "DJANGO_SETTINGS_MODULE", "PYTHONPATH"),
)
_PROGRAM_S: Final = 900.0
SEED: Final = 1


def arguments(parser: ArgumentParser) -> None:
    """The number of users and processes, and the ways."""
    parser.add_argument("--users", type=users, default=10_000, help="default: %(default)s")
    parser.add_argument("--processes", type=count, default=7, help="Python processes per way (default: %(default)s)")
    parser.add_argument(
        "--ways", type=names, default=list(WAYS), metavar="A,B", help=f"which of {','.join(WAYS)} (default: all)"
    )


def run(options: Namespace, output: Output) -> None:
    """Check that all ways give the same JSON, measure, and write the table."""
    unknown = [way for way in options.ways if way not in WAYS]
    if unknown or not options.ways:
        raise UsageError(f"There is no way {', '.join(unknown) or 'at all'}. Known: {', '.join(WAYS)}.")
    with signals.interruptible(), lock.only_run(), tempfile.TemporaryDirectory() as folder:
        target = prepare(os.environ, Dataset(count=options.users, seed=SEED))
        environ = _environ(target)
        check({way: _python(environ, "--way", way, "--digest") for way in options.ways})
        times = _times(environ, options.ways, options.processes, Path(folder))
        stored = _stored(options, target, times)
    output.write("\n".join(_lines(options.users, times)))
    output.write(f"Stored as run {stored.pk}. Reports of runs on this machine show it among the claims.")


def check(digests: Mapping[str, str]) -> None:
    """Raise WrongAnswerError when the ways make different JSON values."""
    first, expected = next(iter(digests.items()))
    for way, found in digests.items():
        if found != expected:
            raise WrongAnswerError(f"{way} and {first} make different JSON of the same users. Nothing was timed.")


def _environ(target: Demonstration) -> dict[str, str]:
    return surroundings.child(
        os.environ,
        **target.environ,
        PERFCOMPARE_STACK="drf",
        DJANGO_SETTINGS_MODULE="config.settings.bench",
        PYTHONPATH=str(env.ROOT),
    )


def _python(environ: Mapping[str, str], *words_: str) -> str:
    try:
        done = subprocess.run(
            [sys.executable, "-m", MODULE, *words_],
            env=environ, cwd=env.ROOT, capture_output=True, encoding="utf-8", errors="replace", timeout=_PROGRAM_S,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise PerfcompareError(f"Serialising took longer than {_PROGRAM_S:.0f} s.") from error
    if done.returncode != 0:
        raise PerfcompareError(f"{MODULE} {' '.join(words_)} failed: {done.stderr.strip()[-800:]}")
    return done.stdout.strip()


def _times(environ: Mapping[str, str], ways: Sequence[str], rounds: int, folder: Path) -> dict[str, list[float]]:
    """Seconds per call: the mean of each process. Each round runs every way once, so that all meet the same noise."""
    found: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(rounds):
        for way in ways:
            found[way].append(_time(environ, way, folder / f"{way}-{number}.json"))
    return found


def _time(environ: Mapping[str, str], way: str, file: Path) -> float:
    pyperf = _pyperf()
    _python(
        environ,
        *("--way", way, "--output", str(file), "--quiet", "--inherit-environ", ",".join(_INHERITED)),
        *("--processes", "1", "--values", "3", "--warmups", "1", "--loops", "1"),
    )
    values = pyperf.Benchmark.load(str(file)).get_values()
    return float(sum(values) / len(values))


def _stored(options: Namespace, target: Demonstration, times: Mapping[str, Sequence[float]]) -> Run:
    """A run without trials that stores the times."""
    kept = {"users": options.users, "cells": []}
    stored = _side_run.stored("serialize", kept, target, seed=SEED, rounds=options.processes)
    ways = tuple(Way(name=way, seconds=tuple(seconds)) for way, seconds in times.items())
    side_results.keep_serialising(stored, Serialising(users=options.users, ways=ways))
    return stored


def _pyperf() -> Any:
    try:
        import pyperf  # type: ignore[import-untyped]
    except ImportError as error:
        raise EnvironmentProblem("This needs pyperf: python -m pip install pyperf") from error
    return pyperf


def _lines(number: int, times: Mapping[str, Sequence[float]]) -> Iterator[str]:
    base = median(times[next(iter(times))])
    yield f"{number:,} users become JSON; all ways make the same value. Median of the processes' means:"
    for way, seconds in times.items():
        interval = bootstrap(seconds, seed=1)
        bounds = f" [{interval.low * 1000:.1f}, {interval.high * 1000:.1f}]" if interval else ""
        middle = median(seconds)
        share = formatting.number(middle / base)
        yield f"  {way:<14} {middle * 1000:>9.1f} ms{bounds}  {middle / number * 1e6:6.2f} µs each  {share}x"


COMMAND = Command(
    help="time how 10,000 users become JSON in one process, in several ways", arguments=arguments, run=run
)
