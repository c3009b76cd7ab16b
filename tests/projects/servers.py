"""The PostgreSQL of a project: the one that a user named, or the smallest of ours that has what it asks for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services import environment
from tests.projects.project import Project
from tests.suites import extensions
from tests.suites.fetching import cache


@contextmanager
def server(project: Project) -> Iterator[str]:
    """Its URL, while it runs. The other services run as well."""
    given = bool(os.environ.get("DATABASE_URL"))
    with environment.provided(os.environ):
        if given or not (project.extensions or project.icu):
            yield os.environ["DATABASE_URL"]
        else:
            kept = cache() / "clusters" / ("icu" if project.icu else "extensions")
            with extensions.cluster(_debian(), kept=kept) if project.icu else extensions.server(kept) as url:
                yield url


def _debian() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name))
    if not found:
        raise EnvironmentProblem(
            "The project needs a PostgreSQL with ICU. Install one (apt-get install postgresql), or name a server by "
            "DATABASE_URL."
        )
    return found[-1]
