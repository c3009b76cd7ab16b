from __future__ import annotations

import os

import pytest

from tests.suites.registry import suites
from tests.suites.report import lines
from tests.suites.trial import trial


@pytest.mark.parametrize("name", [name for name, suite in suites.items() if suite.checked])
def test_the_suite_says_the_same_with_levers(name: str) -> None:
    result = trial(name, suites[name], os.environ["DATABASE_URL"])
    assert not result.problems, "\n".join(lines(result, verbose=True))
