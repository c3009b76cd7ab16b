from __future__ import annotations

import os

import pytest

from tests.suites.registry import suites
from tests.suites.trial import faults


@pytest.mark.parametrize("name", [name for name, suite in suites.items() if suite.checked])
def test_the_suite_says_the_same_with_levers(name: str) -> None:
    found = [*faults(name, suites[name], os.environ["DATABASE_URL"])]
    assert not found, "\n".join(found)
