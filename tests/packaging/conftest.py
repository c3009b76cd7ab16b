"""One wheel, and one environment and project for each extra, in a session."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.packaging import environments, project

Start = Callable[[str], project.Project]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel."""
    return environments.wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def started(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Makes, once, a project in an environment with extras, named with commas; an empty name is for Django alone."""

    @cache
    def start(extras: str) -> project.Project:
        folder = tmp_path_factory.mktemp(extras or "django")
        # psycopg alone needs the system's libpq.
        beside = ["psycopg[binary]"] if "asyncpg" in extras else []
        made = environments.environment(folder / "environment", wheel, *filter(None, extras.split(",")), beside=beside)
        return project.start(folder / "project", made)

    return start
