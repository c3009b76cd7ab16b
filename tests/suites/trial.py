"""A suite as stock and with levers."""

from __future__ import annotations

from tests.suites import comparing, kept, running
from tests.suites.exceptions import EXCEPTIONS
from tests.suites.report import Result
from tests.suites.suite import Suite


def trial(name: str, suite: Suite, database_url: str) -> Result:
    """Run it both ways and compare."""
    stock = kept.stock(name, suite, database_url)
    levers = running.run(name, suite, running.levers(suite), database_url)
    exceptions = EXCEPTIONS.get(name, {})
    return Result(
        name=name,
        suite=suite,
        stock=stock,
        levers=levers,
        problems=tuple(comparing.problems(suite, stock, levers, exceptions)),
        exceptions=len(exceptions),
    )
