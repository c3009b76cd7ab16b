from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import pytest

from tests.projects.applied import levers
from tests.projects.costs import answers
from tests.projects.filled import filled, paths
from tests.projects.processes import Processes
from tests.projects.registry import projects
from tests.suites.report import lines
from tests.suites.trial import trial

CHECKED = [name for name, project in projects.items() if project.checked]


@pytest.fixture(params=CHECKED)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def served(name: str) -> tuple[Processes, Mapping[str, Any]]:
    return filled(name, projects[name], os.environ["DATABASE_URL"])


def test_requests_are_answered_as_by_stock(name: str, served: tuple[Processes, Mapping[str, Any]]) -> None:
    processes, values = served
    asked = paths(projects[name], values)
    stock = answers(processes, values.get("headers", {}), asked, ())
    assert {path: one.status for path, one in stock.items()} == dict.fromkeys(asked, 200)
    assert answers(processes, values.get("headers", {}), asked, levers(projects[name])) == stock


def test_its_own_tests_say_the_same_with_levers(name: str) -> None:
    suite = projects[name].tests
    assert suite is not None
    result = trial(name, suite, os.environ["DATABASE_URL"])
    assert not result.problems, "\n".join(lines(result, verbose=True))
