from __future__ import annotations

import re
from importlib.util import find_spec

import pytest

from perfcompare.project.changes import of_names
from tests.projects.applied import levers
from tests.projects.processes import LOCKS
from tests.projects.registry import projects


@pytest.mark.parametrize("name", projects)
def test_everything_that_is_installed_is_pinned(name: str) -> None:
    lines = (LOCKS / f"{name}.txt").read_text().splitlines()
    assert all(re.fullmatch(r"[\w.-]+==[\w.!+-]+", line) for line in lines)


@pytest.mark.parametrize("name", projects)
def test_the_project_is_installed_in_its_declared_version(name: str) -> None:
    package, version = re.fullmatch(r"([\w.-]+?)(?:\[.*\])?==(.+)", projects[name].packages[0]).groups()  # type: ignore[union-attr]
    assert f"{package}=={version}".lower().replace("_", "-") in {
        line.lower().replace("_", "-") for line in (LOCKS / f"{name}.txt").read_text().splitlines()
    }


@pytest.mark.parametrize("name", projects)
def test_what_is_named_exists(name: str) -> None:
    project = projects[name]
    assert find_spec(f"tests.projects.inside.data.{name}")
    of_names([*levers(project), *project.also, *project.without])
    assert project.tests is None or set(project.tests.expects) <= set(levers(project))


@pytest.mark.parametrize("name", projects)
def test_there_are_ten_requests_or_more_each_once(name: str) -> None:
    requests = projects[name].requests
    assert len(requests) == len(set(requests)) >= 10
