"""A test of Locust that ran elsewhere becomes a stored run; of its server nothing is known."""

from __future__ import annotations

import json
from typing import Final

from django.db import DataError, IntegrityError, transaction

from perfcompare.core.measurement import Environment
from perfcompare.locusting import results
from perfcompare.locusting.results import NotAResultError
from perfcompare.locusting.rows import GENERATOR, rows
from perfcompare.models import Run, explained

COMMAND: Final = "locust (imported)"


def recognised(text: str) -> bool:
    """Whether this may be what a locustfile writes with `--result`."""
    try:
        return results.recognised(json.loads(text))
    except ValueError:
        return False


@explained()
def imported(text: str) -> Run:
    """The stored run, with one row for each stack and request; NotAResultError for anything else, and then nothing is
    stored. What the file says is believed.
    """
    result = results.read(text)
    try:
        with transaction.atomic():
            return _stored(result)
    except (TypeError, ValueError, OverflowError, IntegrityError, DataError) as error:
        raise NotAResultError(f"This is no result of a locustfile of this project: {error}.") from error


def _stored(result: results.Result) -> Run:
    run = Run.objects.begin(
        label="",
        preset="",
        seed=result.seed,
        rounds=1,
        options={"generator": GENERATOR, "seconds": result.seconds, "locust": {"host": result.host}, "cells": []},
        command=COMMAND,
        environment=Environment(facts={"packages": {"locust": result.version}}),
    )
    run.started_at = result.began_at
    run.pid = run.pid_started = None
    run.save(update_fields=["started_at", "pid", "pid_started"])
    for row in rows(result, {}, number=1, users=None, ended=None):
        run.record(row)
    run.end(Run.State.INTERRUPTED if result.interrupted else Run.State.FINISHED)
    return run
