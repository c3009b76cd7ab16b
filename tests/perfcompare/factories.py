"""Made-up runs: every figure here is invented."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from perfcompare.core.dataset import Dataset
from perfcompare.core.generator import Latency, LoadResult
from perfcompare.core.measurement import Cell, Environment, Failure, FailureKind, Measurement, Usage
from perfcompare.core.objection import EVERY, Figure, Objection
from perfcompare.models import Profile, Run
from perfcompare.runner.rooms import Level as SocketLevel
from perfcompare.runner.streams import Level
from perfcompare.runner.trial import Conditions
from perfcompare.targets.demonstration.target import Demonstration

ONE = Dataset(count=1, seed=1)
FASTAPI = Cell(scenario="simple", stack="fastapi", server="uvicorn", concurrency=32)
DRF = Cell(scenario="simple", stack="drf", server="gunicorn_gthread", concurrency=32)
FACTS = {"cpu_model": "Imaginary 1", "cores": 2, "packages": {"Django": "5.2.19"}}


def make_environment(**facts: Any) -> Environment:
    return Environment(facts={**FACTS, **facts})


def make_run(cells: Iterable[Cell] = (FASTAPI, DRF), **given: Any) -> Run:
    values = {
        "label": "",
        "preset": "quick",
        "seed": 7,
        "rounds": 1,
        "command": "manage.py perfcompare run",
        "environment": make_environment(),
        "options": {"cells": [asdict(cell) for cell in cells]},
    }
    return Run.objects.begin(**{**values, **given})


def make_latency(p50_ms: float = 2.0) -> Latency:
    return Latency(
        mean_ms=p50_ms * 1.1,
        min_ms=p50_ms / 2,
        p50_ms=p50_ms,
        p90_ms=p50_ms * 1.5,
        p99_ms=p50_ms * 2,
        p999_ms=p50_ms * 3,
        max_ms=p50_ms * 4,
    )


def make_load(*, answers: int = 1000, seconds: float = 2.0, p50_ms: float = 2.0, **given: Any) -> LoadResult:
    values: dict[str, Any] = {
        "started_s": 10.0,
        "ended_s": 10.0 + seconds,
        "answers": answers,
        "errors": 0,
        "latency": make_latency(p50_ms) if answers else None,
        "received_bytes": answers * 50,
    }
    return LoadResult(**{**values, **given})


def make_usage(server_cpu_s: float, **given: Any) -> Usage:
    values: dict[str, Any] = {
        "server_cpu_s": server_cpu_s,
        "database_cpu_s": 0.2,
        "generator_cpu_s": 0.5,
        "cache_cpu_s": 0.01,
        "pss_idle_kib": 40 * 1024,
        "pss_peak_kib": 50 * 1024,
        "threads_peak": 9,
        "processes": 2,
    }
    return Usage(**{**values, **given})


def objection(code: str, sentence: str = "much.", *, figures: Iterable[Figure] = EVERY) -> Objection:
    """Of the detector called `code`, against all figures of a trial unless told otherwise."""
    return Objection(code=code, figures=frozenset(figures), sentence=sentence)


def make_measurement(
    cell: Cell = DRF,
    *,
    round: int = 1,
    cpu_us: float = 300.0,
    load: Mapping[str, Any] | None = None,
    usage: Mapping[str, Any] | None = None,
    **given: Any,
) -> Measurement:
    """One trial whose server took `cpu_us` microseconds for each answer."""
    result = make_load(**(load or {}))
    return Measurement(
        cell=cell,
        round=round,
        generator=given.pop("generator", "wrk"),
        load=result,
        usage=make_usage(cpu_us * result.answers / 1e6, **(usage or {})),
        start_s=0.8,
        command=given.pop("command", ("python", "-m", cell.server, "--port", "8001")),
        **given,
    )


def make_failure(
    cell: Cell = DRF,
    *,
    round: int = 1,
    reason: str = "the server did not start",
    kind: FailureKind = FailureKind.FAILED,
) -> Failure:
    return Failure(cell=cell, round=round, reason=reason, kind=kind)


def make_measured_run(rounds: int = 1, *, cpu_us: float = 300.0, **given: Any) -> Run:
    """FastAPI at 100 µs and DRF at `cpu_us` µs per request, all valid and all visited."""
    run = make_run(rounds=rounds, **given)
    for number in range(1, rounds + 1):
        run.record(make_measurement(FASTAPI, round=number, cpu_us=100.0))
        run.record(make_measurement(DRF, round=number, cpu_us=cpu_us))
    run.end(Run.State.FINISHED)
    return run


def make_streams(wanted: int, **given: Any) -> Level:
    """Right streams at the pace that was asked for."""
    values: dict[str, Any] = {
        **dict.fromkeys(("wanted", "opened", "begun", "completed", "right", "at_once", "in_server"), wanted),
        **{"parts": 50, "interval_ms": 20, "received": 50 * wanted, "trouble": "", "threads": 9},
        **{"first_p50_ms": 4.0, "first_p99_ms": 9.0, "gap_p50_ms": 20.2, "gap_p99_ms": 23.0, "late_p99_ms": 1.0},
        **{"cpu_us": 40.0, "pss_kib": 60_000, "idle_pss_kib": 50_000},
    }
    return Level(**{**values, **given})


def make_sockets(wanted: int, **given: Any) -> SocketLevel:
    """Sockets that got every message."""
    values: dict[str, Any] = {
        **dict.fromkeys(("wanted", "opened", "in_server"), wanted),
        **{"traffic": "broadcast", "sent": 100, "right": 100 * wanted, "lost": 0, "trouble": "", "threads": 5},
        **{"p50_ms": 4.0, "p99_ms": 9.0, "per_s": 12_345.0, "cpu_us": 50.0, "redis_us": 0.5, "client_share": 0.3},
        **{"pss_kib": 51_000, "idle_pss_kib": 50_000},
    }
    return SocketLevel(**{**values, **given})


def make_profile(**given: Any) -> Profile:
    values: dict[str, Any] = {
        "scenario": "simple",
        "stack": "drf",
        "server": "gunicorn_gthread",
        "requests": 20,
        "plain_ms": 1.0,
        "silk_ms": 12.0,
        "flame_ms": 2.5,
        "frames": {"name": "application", "file": "config/wsgi.py", "seconds": 1.0, "children": []},
        "silk_requests": ["0d1b6f1e-7f8f-4a52-9d2c-1c0b9a0c8f01"],
        "statements": [{"sql": 'SELECT "users_user"."id" FROM "users_user"', "ms": 0.4, "place": "users/models.py"}],
    }
    return Profile.objects.create(**{**values, **given})


def make_target(
    data: Dataset = ONE,
    environ: Mapping[str, str] | None = None,
    restoring: Callable[[], None] = lambda: None,
) -> Demonstration:
    """The demonstration on the tests' services, or those of `environ`."""
    return Demonstration(environ=os.environ if environ is None else environ, data=data, restoring=restoring)


def make_conditions(folder: Path, **given: Any) -> Conditions:
    """Of trials on the tests' services whose logs are in `folder`."""
    values: dict[str, Any] = {
        "target": make_target(),
        "generator": "made_up",
        "folder": folder,
        "seconds": 1.0,
        "warmup_s": 0.3,
    }
    return Conditions(**{**values, **given})
