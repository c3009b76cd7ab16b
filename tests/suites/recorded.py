"""What the checked suites said as stock, kept in the repository: `make check` need not run them twice.

It is there to agree with alone. Where levers make anything else of a suite, stock runs as well, and the two are
compared; and `make suites` always runs both, and says when the record is not right any more.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from tests.suites.exceptions import EXCEPTIONS
from tests.suites.running import Run
from tests.suites.suite import Suite

FILE: Final = Path(__file__).with_name("recorded.json")


def made(name: str, suite: Suite, stock: Run) -> dict[str, Any]:
    """The record of a stock run: a digest of all outcomes, and those of the tests that are declared to differ."""
    excepted, others = _parted(stock.outcomes, EXCEPTIONS.get(name, {}))
    return {**_of(suite), "passed": stock.count("passed"), "outcomes": _digest(others), "exceptions": excepted}


def known() -> dict[str, dict[str, Any]]:
    """The records by the names of the suites."""
    records: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return records


def write(records: Mapping[str, Mapping[str, Any]]) -> None:
    """Keep these, beside the others."""
    text = json.dumps({**known(), **records}, indent=1, sort_keys=True)
    FILE.write_text(f"{text}\n", encoding="utf-8")


def agrees(name: str, suite: Suite, levers: Run, record: Mapping[str, Any] | None) -> bool:
    """Whether a run with levers says what stock said, but for every declared exception, with every lever called."""
    patterns = EXCEPTIONS.get(name, {})
    excepted, others = _parted(levers.outcomes, patterns)
    if record is None or not is_of(suite, record) or record["outcomes"] != _digest(others):
        return False
    before: Mapping[str, str] = record["exceptions"]
    differing = [test for test, outcome in before.items() if excepted.get(test) != outcome]
    called = {one.partition(":")[0] for one, number in levers.called.items() if number}
    return (
        record["passed"] > 0
        and before.keys() == excepted.keys()
        and all(any(re.fullmatch(pattern, test) for test in differing) for pattern in patterns)
        and called >= set(suite.expects)
    )


def is_of(suite: Suite, record: Mapping[str, Any]) -> bool:
    """Whether the record is of what this Python would run."""
    return _of(suite).items() <= record.items()


def _of(suite: Suite) -> dict[str, str]:
    run = [suite.package, suite.command, suite.repository, suite.folder, suite.requirements, {**suite.environment}]
    return {"of": _digest(run), "python": f"{sys.version_info.major}.{sys.version_info.minor}"}


def _parted(outcomes: Mapping[str, str], patterns: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The tests that the patterns name, and the others."""
    named = {test for test in outcomes if any(re.fullmatch(pattern, test) for pattern in patterns)}
    return (
        {test: outcome for test, outcome in outcomes.items() if test in named},
        {test: outcome for test, outcome in outcomes.items() if test not in named},
    )


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:20]
