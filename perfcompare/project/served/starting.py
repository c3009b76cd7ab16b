"""Starts the project on a server, for commands that only ask for answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from perfcompare.core.errors import EnvironmentProblem, UsageError
from perfcompare.core.http import NOTHING
from perfcompare.core.packages import installed
from perfcompare.core.server import Launch
from perfcompare.core.target import Program
from perfcompare.plugins import servers
from perfcompare.project.changes import of_names
from perfcompare.project.project import SERVED, Project, current
from perfcompare.project.requests import RequestFile
from perfcompare.project.served import health
from perfcompare.runner.processes import ServerProcess

AS_IS: Final = "as_is"


def project_of(file: RequestFile) -> Project:
    """The project with the settings and variables of the file."""
    project = current(file.settings)
    return replace(project, environ={**project.environ, **file.environ})


def process(
    project: Project, label: str, changes: Sequence[str], *, server: str, log: Path, told: Mapping[str, str] = NOTHING
) -> ServerProcess:
    """One worker of the project with these changes; `server` may be empty. UsageError for an unknown name."""
    of_names(changes)
    name = server or _installed()
    chosen = servers.choose([name])[name]
    if chosen.interface not in project.applications:
        raise UsageError(f"{name} serves {chosen.interface.upper()} applications, and the project has none.")
    environ = project.environment(changes, project.applications[chosen.interface])
    program = Program(
        label=f"{label} on {name}",
        command=lambda port: tuple(chosen.command(Launch(target=SERVED[chosen.interface], port=port))),
        environ={**environ, **told},
        health=health.PATH.removeprefix("/"),
        folder=project.root,
    )
    log.parent.mkdir(parents=True, exist_ok=True)
    return ServerProcess(program, log=log, cpus=None)


def _installed() -> str:
    """The first installed server; those for WSGI first, because every project speaks it."""
    found = [name for name, one in servers.items() if all(installed(package) for package in one.packages)]
    if not found:
        raise EnvironmentProblem("No server is installed. Install one: python -m pip install gunicorn")
    return min(found, key=lambda name: servers[name].interface != "wsgi")
