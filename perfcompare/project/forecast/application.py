"""Writes the applications of the forecast: readable files, as users of FastAPI and asyncpg write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from perfcompare.project.forecast.recording import Recording

CONNECTIONS: Final = 8
"""As many as the threads of a worker of the project's server, each of which may hold one."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """How the applications are started, and what they do not do."""

    targets: Mapping[str, str]
    """`module:attribute` of `forecast`, `forecast_json` and `bare`, for an ASGI server."""
    environ: Mapping[str, str]
    """What their processes need beside PATH and the like. Passwords are here and in no file."""
    lacking: Mapping[str, Sequence[str]]
    """For each request by its name, what the forecast of it does not do, in sentences; empty when it does all."""
    absent: Mapping[str, str]
    """The requests that the applications do not answer, and why."""


def write_application(recording: Recording, folder: Path, *, connections: int = CONNECTIONS) -> Written:
    """Write them into this folder, which is made."""
    raise NotImplementedError
