"""The filled database of a project: made once for each declaration, kept on the server."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from perfcompare.services import databases
from tests.projects.processes import LOCKS, Processes
from tests.projects.project import Project

_DATA: Final = Path(__file__).parent / "inside" / "data"
_BEGUN: Final = "begun"


def filled(name: str, project: Project, database_url: str) -> tuple[Processes, Mapping[str, Any]]:
    """Processes that use it, and what requests need to know of it."""
    database = f"project_{name}"
    processes = Processes(name, project, database_url, database)
    texts = [(_DATA / f"{name}.py").read_text(), (LOCKS / f"{name}.txt").read_text()]
    digest = hashlib.sha256(repr((project, texts)).encode()).hexdigest()[:10]
    digest_then, _, values = (databases.note(database_url, database) or "").partition(" ")
    if digest_then != digest or not values.startswith("{"):
        # The migrations of some projects take minutes; those that an interrupted run has made are kept.
        if (digest_then, values) != (digest, _BEGUN):
            databases.remake(database_url, database)
            databases.set_note(database_url, database, f"{digest} {_BEGUN}")
        processes.django("migrate", "--verbosity=0")
        databases.set_note(database_url, database, f"{digest} migrated")
        values = processes.run("project_inside.filling", name).splitlines()[-1]
        databases.set_note(database_url, database, f"{digest} {values}")
    return processes, json.loads(values)


def paths(project: Project, values: Mapping[str, Any]) -> list[str]:
    """Its requests, with the values in their places."""
    return [one.format_map(values) for one in project.requests]
