"""Processes of a project: its environment, its settings with changes, its database."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from perfcompare.core import surroundings
from perfcompare.core.errors import PerfcompareError
from perfcompare.core.http import NOTHING, Request
from perfcompare.core.server import Launch
from perfcompare.core.target import Program
from perfcompare.plugins import servers
from perfcompare.project import project as product
from perfcompare.project.audit import child
from perfcompare.project.served import health
from perfcompare.project.target import OWN, Variant, application
from perfcompare.runner.processes import ServerProcess
from tests.projects.inside.plan import Plan
from tests.projects.project import Project
from tests.suites import environments
from tests.suites.fetching import cache, source
from tests.suites.paths import path
from tests.suites.running import place

LOCKS: Final = Path(__file__).parent / "locks"
INSIDE: Final = Path(__file__).parent / "inside"
_LIMIT_S: Final = 2400


class ProjectError(PerfcompareError):
    """Raised when a process of a project fails. The message has the end of what it said."""


class Processes:
    """Starts processes of the project `name` that use the database `database` on the server of `database_url`."""

    def __init__(self, name: str, project: Project, database_url: str, database: str) -> None:
        self.python = environments.locked(project.packages[0], LOCKS / f"{name}.txt", project.python)
        [packages] = self.python.parent.parent.glob("lib/python*/site-packages")
        self.folder = cache() / "state" / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.results = self.folder / ".perfcompare"
        self._name = name
        self._project = project
        self._path = [path("project", project_inside=INSIDE)]
        if project.path:
            self._path.append(packages / project.path)
        if project.tests and project.tests.unpacked:
            self._path.append(source(project.tests) / project.tests.folder)
        self._database = {**place(database_url), "NAME": database}

    def environment(self, changes: Sequence[str] = (), altered: str = "") -> dict[str, str]:
        """The variables of a process with these changes; one field of its answer to the path `altered` is another."""
        plan = Plan(
            settings=self._project.settings,
            overlay=self._project.overlay,
            database=self._database,
            changes=changes,
            altered=altered,
        )
        told = {**plan.told(), **self._project.environment}
        return surroundings.child(
            os.environ,
            PYTHONPATH=os.pathsep.join(map(str, self._path)),
            PERFCOMPARE_STATE=str(self.results),
            **{name: text.replace("{state}", str(self.folder)) for name, text in told.items()},
        )

    def django(self, *arguments: str, changes: Sequence[str] = ()) -> str:
        """What a management command of the project says."""
        return self.run("django", *arguments, changes=changes)

    def run(self, module: str, *arguments: str, changes: Sequence[str] = ()) -> str:
        """The standard output of `python -m module`."""
        done = self.ended(module, *arguments, changes=changes)
        if done.returncode:
            said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
            raise ProjectError(f"{module} {' '.join(arguments)} ended with status {done.returncode}:\n{said}")
        return done.stdout

    def ended(self, module: str, *arguments: str, changes: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """`python -m module` after its end."""
        return subprocess.run(
            [str(self.python), "-m", module, *arguments],
            cwd=self.folder,
            env=self.environment(changes),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_LIMIT_S,
        )

    def worker(
        self, headers: Mapping[str, str], paths: Sequence[str], changes: Sequence[str], module: str
    ) -> AbstractContextManager[child.Child]:
        """A process that answers requests without a server; `module` is a worker of `inside`."""
        requests = [Request(path=one.removeprefix("/"), headers=headers) for one in paths]
        orders = child.Orders(interface=self._project.interface, requests=requests, changes=tuple(changes))
        return child.started(self._product(), orders, module)

    def server(
        self, changes: Sequence[str] = (), altered: str = "", told: Mapping[str, str] = NOTHING
    ) -> ServerProcess:
        """The project as the product serves it. `told` are variables of its process, as perfcompare.toml names them."""

        def command(port: int) -> Sequence[str]:
            _, *arguments = server.command(Launch(target=product.SERVED[self._project.interface], port=port))
            return [str(self.python), *arguments]

        chosen = OWN[self._project.interface]
        server = servers[chosen]
        loaded = application(self._product(), Variant(name=self._name, server=chosen, changes=tuple(changes)))
        own = self.environment(changes, altered)
        environ = {
            **own,
            "DJANGO_SETTINGS_MODULE": product.OVERLAY,
            product.SETTINGS: own["DJANGO_SETTINGS_MODULE"],
            product.APPLICATION: loaded,
            **told,
        }
        program = Program(
            label=f"{self._name} on {chosen}",
            command=command,
            environ=environ,
            health=health.PATH.removeprefix("/"),
            folder=self.folder,
        )
        return ServerProcess(program, log=self.folder / "server.log", cpus=None)

    def _product(self) -> product.Project:
        return _Planned(
            settings="project_inside.settings",
            root=self.folder,
            applications={"wsgi": "project_inside.wsgi:application", "asgi": "project_inside.asgi:application"},
            interface=self._project.interface,
            path=(),
            python=str(self.python),
            processes=self,
        )


@dataclass(frozen=True, kw_only=True)
class _Planned(product.Project):
    """As the product sees it. Changes come by the plan."""

    processes: Processes

    def environment(self, changes: Sequence[str] = (), application: str = "") -> dict[str, str]:
        """The environment of a process with these changes; one that serves is told the application too."""
        return {**self.processes.environment(changes), product.APPLICATION: application}
