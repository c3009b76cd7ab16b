"""A server of the demonstration, for tests that need one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from perfcompare.runner.processes import ServerProcess
from perfcompare.targets.demonstration.programs import program


def serve(
    stack: str, server: str, *, environ: Mapping[str, str], log: Path, cpus: frozenset[int] | None = None, **more: Any
) -> ServerProcess:
    """The context in which `server` serves `stack`; `more` goes to `program`."""
    return ServerProcess(program(stack, server, environ=environ, **more), log=log, cpus=cpus)
