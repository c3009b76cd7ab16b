"""A run that was exported as JSON, perhaps on another machine, becomes a stored run. The format: docs/export.md."""

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
from perfcompare.models import findings, held, legacy
from perfcompare.models.environment import Environment
from perfcompare.models.measurement import Measurement
from perfcompare.models.run import Run
from perfcompare.models.storage import explained, storable

SCHEMA_VERSION: Final = 2
"""Raised when a field changes its meaning or goes away; new fields may come at any time."""
_READ: Final = (1, SCHEMA_VERSION)
_RUN_FIELDS: Final = ("label", "note", "preset", "state", "seed", "rounds", "options", "command")


class NotAnExportError(UsageError):
    """Raised when a text is not what `manage.py perfcompare export --format json` writes."""


@explained()
def imported(text: str) -> Run:
    """The stored run, with everything the document holds that this version knows, judged anew as a whole.

    Raises NotAnExportError for anything else, and then nothing is stored. What the document says of itself is believed:
    a run that somebody made up looks like one.
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
        run.state = Run.State.INTERRUPTED  # nobody will ever end it here
    run.clean_fields(exclude={*_empty(given), "options"})
    # What is read of the options later must be there: these raise when it is not.
    run.planned_cells(), findings.anatomies(run.options), findings.serialising(run.options), held.of(run.options)
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
    """What is read of it later must be there: these raise when it is not."""
    return measurement.cell, measurement.against


def _added_since(row: Mapping[str, Any]) -> set[str]:
    """What the version that wrote it may not have known, and what may be left out."""
    fields = Measurement._meta.concrete_fields
    return {field.name for field in fields if field.name not in row and (field.null or field.has_default())}


def _empty(values: Mapping[str, Any]) -> set[str]:
    """What holds nothing: Django's validation asks for a text or a list in it, as in a form."""
    return {name for name, value in values.items() if value in ("", [], {}, None)}
