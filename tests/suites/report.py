"""What a trial found, in lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.suites.comparing import differences
from tests.suites.running import Run
from tests.suites.suite import Suite


@dataclass(frozen=True, kw_only=True)
class Result:
    """A suite's two runs, and what is wrong between them."""

    name: str
    suite: Suite
    stock: Run
    levers: Run
    problems: tuple[str, ...]
    exceptions: int


def lines(result: Result, *, verbose: bool) -> Iterator[str]:
    """Counts, how often the levers ran, and every problem."""
    yield f"{result.name} ({result.suite.package})"
    yield f"  stock:  {_counts(result.stock)}"
    yield f"  levers: {_counts(result.levers)}"
    yield f"  calls of replacements, and how many of them the original answered: {activity(result.levers)}"
    for part, reasons in sorted(result.levers.stock.items()):
        if reasons:
            yield f"  inactive: {part}: {' '.join(reasons)}"
    for test, outcome in result.stock.outcomes.items():
        if outcome == "failed":
            yield f"  fails as stock: {test}"
    for problem in result.problems:
        yield f"  DIFFERENT {problem}"
    if verbose:
        for name, number in sorted(result.levers.called.items()):
            yield f"  {number} calls, {result.levers.left.get(name, 0)} left to the original: {name}"
        for test, (before, after) in differences(result.stock, result.levers).items():
            yield f"---- {test}: {before}; with levers: {after}\n{result.levers.messages.get(test, '')}"
        yield result.levers.text[-6000:]


def _counts(run: Run) -> str:
    counts = Counter(run.outcomes.values())
    return (
        f"{len(run.outcomes)} tests: {', '.join(f'{number} {outcome}' for outcome, number in sorted(counts.items()))}"
    )


def activity(run: Run) -> str:
    """How often each lever's replacements were called; in brackets, how often the original answered."""
    called, left = Counter[str](), Counter[str]()
    for name, number in run.called.items():
        called[name.partition(":")[0]] += number
        left[name.partition(":")[0]] += run.left.get(name, 0)
    return ", ".join(f"{lever} {number} ({left[lever]})" for lever, number in sorted(called.items())) or "none"
