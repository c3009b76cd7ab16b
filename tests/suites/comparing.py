"""What levers changed in a suite: every test whose outcome is another one, but for declared exceptions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from tests.suites.running import Run
from tests.suites.suite import Suite

_NOT_RUN = "not run"


def differences(stock: Run, levers: Run) -> dict[str, tuple[str, str]]:
    """Each test that differs: its outcome as stock and with levers."""
    tests = dict.fromkeys([*stock.outcomes, *levers.outcomes])
    pairs = {test: (stock.outcomes.get(test, _NOT_RUN), levers.outcomes.get(test, _NOT_RUN)) for test in tests}
    return {test: pair for test, pair in pairs.items() if pair[0] != pair[1]}


def problems(suite: Suite, stock: Run, levers: Run, exceptions: Mapping[str, str]) -> Iterator[str]:
    """Why the suite has not shown that levers change nothing: sentences."""
    found = differences(stock, levers)
    for test, (before, after) in found.items():
        if not any(re.fullmatch(pattern, test) for pattern in exceptions):
            yield f"{test}: {before}; with levers: {after}"
    for pattern in exceptions:
        if not any(re.fullmatch(pattern, test) for test in found):
            yield f"{pattern}: an exception is declared, and the outcome is the same"
    if not stock.count("passed"):
        yield f"No test passed as stock; the process ended with status {stock.status}.{_usual(stock)}"
    ran = {name.partition(":")[0] for name in levers.called}
    for lever in suite.expects:
        if lever not in ran:
            yield f"The lever {lever} was never called."


def _usual(run: Run) -> str:
    """What most of its tests say at their end; nothing when none says anything."""
    said = Counter(text.strip().splitlines()[-1] for text in run.messages.values() if text.strip())
    return "".join(f" {times} of its tests say: {line}" for line, times in said.most_common(1))
