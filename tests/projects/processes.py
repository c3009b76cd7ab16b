"""Processes of a project: its environment, its settings with changes, its database."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from perfcompare.core import surroundings
from perfcompare.core.errors import PerfcompareError
from tests.projects.inside.plan import VARIABLE
from tests.projects.project import Project
from tests.suites import environments
from tests.suites.fetching import cache, source
from tests.suites.paths import path
from tests.suites.running import place

LOCKS: Final = Path(__file__).parent / "locks"
SETTINGS: Final = "project_inside.settings"
_LIMIT_S: Final = 900


class ProjectError(PerfcompareError):
    """Raised when a process of a project fails. The message has the end of what it said."""


class Processes:
    """Starts processes of the project `name` that use the database `database` on the server of `database_url`."""

    def __init__(self, name: str, project: Project, database_url: str, database: str) -> None:
        self.python = environments.locked(project.packages[0], LOCKS / f"{name}.txt", project.python)
        [packages] = self.python.parent.parent.glob("lib/python*/site-packages")
        self.folder = cache() / "state" / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self._project = project
        self._path = [path("project", project_inside=Path(__file__).parent / "inside")]
        if project.path:
            self._path.append(packages / project.path)
        if project.tests and project.tests.unpacked:
            self._path.append(source(project.tests) / project.tests.folder)
        self._database = {**place(database_url), "NAME": database}

    def environment(self, changes: Sequence[str] = ()) -> dict[str, str]:
        """The variables of a process with these changes."""
        plan = {
            "settings": self._project.settings,
            "overlay": self._project.overlay,
            "database": self._database,
            "changes": list(changes),
        }
        told = {name: text.replace("{state}", str(self.folder)) for name, text in self._project.environment.items()}
        return surroundings.child(
            os.environ,
            PYTHONPATH=os.pathsep.join(map(str, self._path)),
            DJANGO_SETTINGS_MODULE=SETTINGS,
            **{VARIABLE: json.dumps(plan).replace("{state}", str(self.folder))},
            **told,
        )

    def django(self, *arguments: str, changes: Sequence[str] = ()) -> str:
        """What a management command of the project says."""
        return self.run("django", *arguments, changes=changes)

    def run(self, module: str, *arguments: str, changes: Sequence[str] = (), given: str = "") -> str:
        """The standard output of `python -m module`."""
        done = subprocess.run(
            [str(self.python), "-m", module, *arguments],
            cwd=self.folder,
            env=self.environment(changes),
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=_LIMIT_S,
        )
        if done.returncode:
            said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
            raise ProjectError(f"{module} {' '.join(arguments)} ended with status {done.returncode}:\n{said}")
        return done.stdout

    def asked(self, module: str, changes: Sequence[str], question: dict[str, Any]) -> Any:
        """The JSON with which a module of `inside` answers, in the last line."""
        given = json.dumps({**question, "interface": self._project.interface, "changes": list(changes)})
        return json.loads(self.run(module, changes=changes, given=given).splitlines()[-1])
