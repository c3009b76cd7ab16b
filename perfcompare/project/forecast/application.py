"""Writes the applications of the forecast: readable files, as users of FastAPI and asyncpg write them."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from perfcompare.project.forecast import source
from perfcompare.project.forecast.recording import RecordedRequest, Recording

CONNECTIONS: Final = 8
"""As many as the threads of a worker of the project's server, each of which may hold one."""
FORECAST: Final = "forecast"
JSON: Final = "forecast_json"
BARE: Final = "bare"


@dataclass(frozen=True, kw_only=True)
class Written:
    """How the applications are started, and what they do not do."""

    targets: Mapping[str, str]
    """`module:attribute` of `forecast`, `forecast_json` and `bare`, for an ASGI server; of `bare` alone for a project
    without PostgreSQL."""
    environ: Mapping[str, str]
    """What their processes need beside PATH and the like. Passwords are here and in no file."""
    lacking: Mapping[str, Sequence[str]]
    """For each request by its name, what the forecast of it does not do, in sentences; empty when it does all."""
    absent: Mapping[str, str]
    """The requests that the applications do not answer, and why."""


def write_application(recording: Recording, folder: Path, *, connections: int = CONNECTIONS) -> Written:
    """Write them into this folder, which is made."""
    routes, refused = _routes(recording)
    urls = {alias: f"FORECAST_{number}_URL" for number, alias in enumerate(recording.databases, 1)}
    bodies = folder / source.BODIES
    bodies.mkdir(parents=True, exist_ok=True)
    for route in routes:
        for handler, one in route.handlers.items():
            (bodies / handler).write_bytes(one.reply.body)
    asked = any(one.statements for one in recording.requests.values())
    kinds: Mapping[str, type[source.Bound]] = (
        {BARE: source.Bare}
        if asked and not recording.databases
        else {FORECAST: source.Bound, JSON: source.WithJson, BARE: source.Bare}
    )
    for name, kind in kinds.items():
        (folder / f"{name}.py").write_text(kind(routes, urls, connections).text(), encoding="utf-8")
    return Written(
        targets={name: f"{name}:app" for name in kinds},
        environ={
            "PYTHONPATH": os.pathsep.join([str(folder.resolve()), *(one or str(Path.cwd()) for one in sys.path)]),
            **{urls[alias]: url for alias, url in recording.databases.items()},
        },
        lacking={one.name: one.lacking for route in routes for one in route.handlers.values()},
        absent={**recording.absent, **refused},
    )


def _routes(recording: Recording) -> tuple[Sequence[source.Route], Mapping[str, str]]:
    """One for each method and path, and the requests that no route of FastAPI can answer."""
    found: dict[tuple[str, str], source.Route] = {}
    refused, names = {}, set[str]()
    for one in recording.requests.values():
        path, _, query = one.path.partition("?")
        if "{" in path or "}" in path:
            refused[one.name] = "FastAPI takes the braces in its path for a parameter"
            continue
        route = found.setdefault((one.method, path), source.Route(method=one.method, path=path, handlers={}))
        if twin := next((other for other in route.handlers.values() if _query(other) == query), None):
            refused[one.name] = f"it has the method and the address of {twin.name!r}"
            continue
        handler = _identifier(one.name)
        while handler in names:
            handler += "_"
        names.add(handler)
        route.handlers[handler] = one
    return list(found.values()), refused


def _query(one: RecordedRequest) -> str:
    return one.path.partition("?")[2]


def _identifier(name: str) -> str:
    found = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower()
    return f"answer_{found}" if not found or found[0].isdigit() or found in source.TAKEN else found
