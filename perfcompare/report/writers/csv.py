"""The measurements of a run as CSV, for spreadsheets. The columns: docs/export.md."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any, Final

from perfcompare.core.characters import without_controls
from perfcompare.models import Run
from perfcompare.report.data.report import Report
from perfcompare.report.writers.json import MEASUREMENT_FIELDS, measurement_fields

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_csv(run: Run, _report: Report) -> str:
    """One line for each measurement below a line of names; text that a spreadsheet would run begins with `'`."""
    text = io.StringIO()
    writer = csv.DictWriter(text, ["run", *MEASUREMENT_FIELDS])
    writer.writeheader()
    writer.writerows({"run": run.pk, **_flat(measurement_fields(row))} for row in run.judged())
    return text.getvalue()


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: inert(_text(value)) for name, value in row.items()}


def _text(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        return without_controls(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def inert(value: Any) -> Any:
    """The value, with `'` before a text that a spreadsheet would take for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
