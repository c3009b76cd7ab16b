"""Stores a test of Locust from elsewhere as a run. Nothing is known about its server."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import DataError, IntegrityError, transaction

from perfcompare.core.measurement import Environment, Failure, Measurement
from perfcompare.locust_tests import locust_csv, locust_json, locust_output, results
from perfcompare.locust_tests.results import NotAResultError
from perfcompare.locust_tests.rows import GENERATOR, rows
from perfcompare.models import Run, explained

COMMAND: Final = "locust (imported)"


def recognised(text: str) -> bool:
    """Whether this may be the result of a locustfile (`--result`), or the output of Locust itself."""
    document = _json(text)
    return results.recognised(document) or locust_json.recognised(document) or locust_csv.recognised(text)


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


@explained()
def imported(path: Path, text: str) -> Run:
    """The stored run of `text`, the content of `path`; a UsageError for anything else, and then nothing is stored.

    A locustfile's result has a row for each stack and request. Locust's own files, of which `path` is the table of
    requests or the JSON, have one for the test and one for each request; what was loaded is called like the file. What
    a file says is believed.
    """
    try:
        with transaction.atomic():
            if results.recognised(_json(text)):
                return _of_result(results.read(text))
            read = locust_csv.read(path, text) if locust_csv.recognised(text) else locust_json.read(text)
            return _of_record(read, path.stem.removesuffix("_stats"))
    except (TypeError, ValueError, OverflowError, IntegrityError, DataError) as error:
        raise NotAResultError(
            f"This is not a result of a locustfile of this project, nor of Locust: {error}."
        ) from error


def _of_result(result: results.Result) -> Run:
    return _stored(
        rows(result, {}, number=1, users=None, ended=None),
        result.began_at,
        result.seconds,
        seed=result.seed,
        told={"host": result.host},
        packages={"locust": result.version},
        state=Run.State.INTERRUPTED if result.interrupted else Run.State.FINISHED,
    )


def _of_record(record: locust_output.Record, name: str) -> Run:
    stored = locust_output.rows(record, name)
    return _stored(stored, record.began_at, record.seconds, label=name, state=Run.State.FINISHED)


def _stored(
    outcomes: Iterable[Measurement | Failure],
    began_at: datetime,
    seconds: float,
    *,
    state: Run.State,
    label: str = "",
    seed: int = 0,
    told: dict[str, Any] | None = None,
    packages: dict[str, str] | None = None,
) -> Run:
    run = Run.objects.begin(
        label=label,
        preset="",
        seed=seed,
        rounds=1,
        options={"generator": GENERATOR, "seconds": seconds, "locust": told or {}, "cells": []},
        command=COMMAND,
        environment=Environment(facts={"packages": packages or {}}),
    )
    run.started_at = began_at
    run.pid = run.pid_started = None
    run.save(update_fields=["started_at", "pid", "pid_started"])
    for outcome in outcomes:
        run.record(outcome)
    run.end(state)
    run.ended_at = began_at + timedelta(seconds=seconds)
    run.save(update_fields=["ended_at"])
    return run
