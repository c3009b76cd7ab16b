"""A run as JSON, for programs and for `import`. The format: docs/export.md."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder

from perfcompare.models import Measurement, Run
from perfcompare.models.importing import SCHEMA_VERSION
from perfcompare.report.data.report import CellSummary, Report

RUN_FIELDS: Final = (
    "id",
    "label",
    "note",
    "preset",
    "state",
    "started_at",
    "ended_at",
    "seed",
    "rounds",
    "options",
    "command",
)
MEASUREMENT_FIELDS: Final = tuple(
    field.name for field in Measurement._meta.concrete_fields if field.name not in {"id", "run"}
)


class _Encoder(DjangoJSONEncoder):
    """As Django's, with milliseconds in every moment: Django writes none of a moment whose microseconds are 0, so that
    a run that is exported, imported and exported again would differ where its first milliseconds were 000."""

    def default(self, o: Any) -> Any:
        """Called for what JSON does not have."""
        if isinstance(o, datetime):
            return o.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return super().default(o)


def as_json(run: Run, report: Report) -> str:
    """The run, its environment, its cells summed up, and every measurement; `report` is what was collected of it."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "run": {name: getattr(run, name) for name in RUN_FIELDS},
        "environment": {"fingerprint": run.environment.fingerprint, "facts": run.environment.facts},
        "reference": report.reference,
        "noise_floor": asdict(report.floors),
        "cells": [_cell(cell) for cell in (*report.cells, *report.fixed_rate_cells, *report.equal_load_cells)],
        "agreements": [{**asdict(one), "holds": one.holds} for one in report.agreements],
        "measurements": [measurement_fields(row) for row in run.judged()],
    }
    return json.dumps(document, cls=_Encoder, indent=1, ensure_ascii=False) + "\n"


def _cell(cell: CellSummary) -> dict[str, Any]:
    return {
        **asdict(cell.cell),
        "reference": cell.reference,
        "rounds": {"planned": cell.rounds, "visited": cell.visited, "valid": cell.valid},
        "medians": asdict(cell.figures),
        "cpu_ratio": asdict(cell.cpu_ratio) if cell.cpu_ratio else None,
        "limit_ratio": asdict(cell.limit_ratio) if cell.limit_ratio else None,
        "goodput_ratio": asdict(cell.goodput_ratio) if cell.goodput_ratio else None,
    }


def measurement_fields(row: Measurement) -> dict[str, Any]:
    """Every stored field of a measurement by its name."""
    return {name: getattr(row, name) for name in MEASUREMENT_FIELDS}
