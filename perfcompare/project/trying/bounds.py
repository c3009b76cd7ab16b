"""The bounds: applications of the forecast, measured beside the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from perfcompare.core.http import NOTHING
from perfcompare.core.packages import installed
from perfcompare.project.forecast.application import BARE, FORECAST, JSON, write_application
from perfcompare.project.forecast.recorder import record
from perfcompare.project.forecast.recording import RecordedRequest
from perfcompare.project.project import Project
from perfcompare.project.requests import RequestFile
from perfcompare.project.target import AS_IS, Variant
from perfcompare.project.trying.results import Counted, Kind, Tried
from perfcompare.runner.work_counter import asked, content_bytes

SERVER: Final = "uvicorn"
NEEDED: Final = ("fastapi", "asyncpg", "uvicorn", "uvloop", "httptools", "orjson")
_LABELS: Final = {
    FORECAST: "a perfect port to FastAPI with the same SQL, which builds no JSON",
    JSON: "an ordinary port to FastAPI with the same SQL",
    BARE: "FastAPI and the server alone, which return the recorded bodies",
}
_NO_FORECAST: Final = (
    "There is no forecast of a port: no statement goes to PostgreSQL, and only such can be sent again. The server "
    "alone returns recorded bodies."
)


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The applications that were written."""

    tried: tuple[Tried, ...] = ()
    variants: Mapping[str, Variant] = field(default_factory=lambda: NOTHING)
    absent: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """The requests that they do not answer, and why."""
    notes: tuple[str, ...] = ()
    unbounded: str = ""
    """Why there is no forecast, or no application at all."""
    work: tuple[Counted, ...] = ()
    """The statements that the project's cursors sent when its requests were recorded."""


def make(
    project: Project, file: RequestFile, headers: Mapping[str, Mapping[str, str]], folder: Path, *, unsafe: bool
) -> Bounds:
    """Record the requests and write the applications. Raises EnvironmentProblem when a request cannot be recorded."""
    if lacking := [name for name in NEEDED if not installed(name)]:
        names = " ".join(lacking)
        return Bounds(
            unbounded=f"There is no forecast and no bound: {', '.join(lacking)} not installed. pip install {names}"
        )
    recording = record(project, file, headers, unsafe=unsafe)
    written = write_application(recording, folder)
    forecast = FORECAST in written.targets
    return Bounds(
        tried=tuple(
            Tried(name=name, kind=Kind.BOUND, label=_LABELS.get(name, name), server=SERVER) for name in written.targets
        ),
        variants={
            name: Variant(name=name, server=SERVER, application=loaded, environ=written.environ)
            for name, loaded in written.targets.items()
        },
        absent=written.absent,
        notes=tuple(_lacking(written.lacking)) if forecast else (),
        unbounded="" if forecast else _NO_FORECAST,
        work=tuple(map(_work, recording.requests.values())),
    )


def _work(one: RecordedRequest) -> Counted:
    return Counted(
        variant=AS_IS,
        request=one.name,
        statements=asked(statement.sql for statement in one.statements),
        body_bytes=content_bytes(one.reply.body),
        on_the_way=False,
    )


def _lacking(found: Mapping[str, Sequence[str]]) -> Sequence[str]:
    return [
        f"The forecast of {name} is lower than it should be. {said}" for name, those in found.items() for said in those
    ]
