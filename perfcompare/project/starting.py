"""Starts the project on a server, for commands that only ask for answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from perfcompare.core.http import NOTHING
from perfcompare.plugins import servers
from perfcompare.project.changes import of_names
from perfcompare.project.project import Project
from perfcompare.project.target import ProjectTarget, Variant, own_server
from perfcompare.runner.processes import ServerProcess


def process(
    project: Project,
    label: str,
    changes: Sequence[str],
    *,
    server: str,
    log: Path,
    application: str = "",
    told: Mapping[str, str] = NOTHING,
) -> ServerProcess:
    """One worker of the project with these changes; an empty `server` is the project's own.

    `application` is what it loads in the place of `SERVED`.

    Raises UsageError for an unknown name, EnvironmentProblem when packages are missing.
    """
    of_names(changes)
    name = server or own_server(project.interface)
    servers.choose([name])
    variant = Variant(name=label, server=name, changes=tuple(changes), application=application)
    program = ProjectTarget(project=project, variants={label: variant}).program(label, name, told=told)
    log.parent.mkdir(parents=True, exist_ok=True)
    return ServerProcess(program, log=log, cpus=None)
