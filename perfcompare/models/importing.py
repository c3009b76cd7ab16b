"""Imports a run that was exported as JSON, perhaps on another machine. The format: docs/export.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_datetime

from perfcompare.core import measurement as core
from perfcompare.core.errors import UsageError
from perfcompare.models import legacy, side_results
from perfcompare.models.connections import CONNECTIONS
from perfcompare.models.environment import Environment
from perfcompare.models.measurement import Measurement
from perfcompare.models.run import Run
from perfcompare.models.sockets import SOCKETS
from perfcompare.models.storage import explained, storable
from perfcompare.models.streams import STREAMS

SCHEMA_VERSION: Final = 2
"""It rises when a field changes its meaning or is removed. New fields do not raise it."""
_READ: Final = (1, SCHEMA_VERSION)
_RUN_FIELDS: Final = ("label", "note", "preset", "state", "seed", "rounds", "options", "command")


class NotAnExportError(UsageError):
    """Raised for a text that is not an export of a run as JSON."""


@explained()
def imported(text: str) -> Run:
    """Store the run with all data of the document that this version knows, and judge it again as a whole.

    Raises NotAnExportError for any other text and then stores nothing. It trusts the document: an invented run looks
    like a real one.
    """
    document = _document(text)
    try:
        with transaction.atomic():
            return _stored(document)
    except (KeyError, TypeError, ValueError, AttributeError, ValidationError, IntegrityError) as error:
        raise NotAnExportError(f"This is not an export of a run: {_what(error)}.") from error


def _document(text: str) -> Mapping[str, Any]:
    try:
        document = json.loads(text, parse_constant=_refuse)
    except ValueError as error:
        raise NotAnExportError(f"This is not JSON: {error}.") from error
    if not isinstance(document, dict) or "schema_version" not in document:
        raise NotAnExportError("This JSON is not an export of a run: it has no schema_version.")
    if document["schema_version"] not in _READ:
        raise NotAnExportError(
            f"This export has schema version {document['schema_version']!r}; this program reads versions "
            f"{' and '.join(map(str, _READ))}. Use the program of the same version as the one that wrote it."
        )
    return document


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not a number")


def _what(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(error.messages)
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)


def _stored(document: Mapping[str, Any]) -> Run:
    given = document["run"]
    run = Run(
        **{name: storable(given[name]) for name in _RUN_FIELDS},
        started_at=_moment(given["started_at"]),
        ended_at=_moment(given["ended_at"]) if given["ended_at"] else None,
        environment=Environment.objects.of(core.Environment(facts={**document["environment"]["facts"]})),
    )
    if run.state == Run.State.RUNNING:
        run.state = Run.State.INTERRUPTED  # no process on this machine will ever end it
    run.clean_fields(exclude={*_empty(given), "options"})
    # Readers of the options need these. They raise when one is missing.
    (
        run.planned_cells(),
        side_results.anatomies(run.options),
        side_results.serialising(run.options),
        *(kept.of(run.options) for kept in (CONNECTIONS, STREAMS, SOCKETS)),
    )
    run.save()
    for row in document["measurements"]:
        _add(run, row)
    rows = run.judged()
    run.measurements.bulk_update(rows, ["objections"])
    return run


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"{text!r} is not a time with a time zone")
    return moment


def _add(run: Run, row: Mapping[str, Any]) -> None:
    known = {field.name for field in Measurement._meta.concrete_fields} - {"id", "run"}
    if "invalid" in row:  # schema version 1
        row = {**row, "objections": legacy.objections(row["invalid"])}
    if "failure" not in row:  # before 27 November 2026
        row = {**row, "failure": legacy.failure(row.get("error", ""))}
    measurement = Measurement(run=run, **{name: storable(value) for name, value in row.items() if name in known})
    measurement.clean_fields(exclude=_empty(row) | _added_since(row))
    _read(measurement)
    measurement.save()


def _read(measurement: Measurement) -> tuple[object, object]:
    """Check the values that readers need. They raise when one is missing."""
    return measurement.cell, measurement.against


def _added_since(row: Mapping[str, Any]) -> set[str]:
    """Fields that may be missing, because an older version did not know them or because they are optional."""
    fields = Measurement._meta.concrete_fields
    return {field.name for field in fields if field.name not in row and (field.null or field.has_default())}


def _empty(values: Mapping[str, Any]) -> set[str]:
    """The empty fields. Django's validation would refuse them, as a form does."""
    return {name for name, value in values.items() if value in ("", [], {}, None)}
