"""A suite as stock and with levers."""

from __future__ import annotations

from collections.abc import Iterator

from tests.suites import comparing, kept, recorded, running
from tests.suites.exceptions import EXCEPTIONS
from tests.suites.report import Result, lines
from tests.suites.running import Run
from tests.suites.suite import Suite


def trial(name: str, suite: Suite, database_url: str) -> Result:
    """Run it both ways and compare."""
    return _compared(name, suite, database_url, _with_levers(name, suite, database_url))


def faults(name: str, suite: Suite, database_url: str) -> Iterator[str]:
    """Run it with levers; as stock too unless that agrees with the recorded outcomes. Nothing when all is well."""
    levers = _with_levers(name, suite, database_url)
    if not recorded.agrees(name, suite, levers, recorded.known().get(name)):
        result = _compared(name, suite, database_url, levers)
        if result.problems:
            yield from lines(result, verbose=True)


def _with_levers(name: str, suite: Suite, database_url: str) -> Run:
    return running.run(name, suite, running.levers(suite), database_url)


def _compared(name: str, suite: Suite, database_url: str, levers: Run) -> Result:
    stock = kept.stock(name, suite, database_url)
    exceptions = EXCEPTIONS.get(name, {})
    return Result(
        name=name,
        suite=suite,
        stock=stock,
        levers=levers,
        problems=tuple(comparing.problems(suite, stock, levers, exceptions)),
        exceptions=len(exceptions),
    )
