"""The formats in which a run can be downloaded and exported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from perfcompare.models import Run
from perfcompare.report.data.report import Report
from perfcompare.report.writers.csv import as_csv
from perfcompare.report.writers.json import as_json
from perfcompare.report.writers.markdown import as_markdown, as_readme

FORMATS: Final[Mapping[str, tuple[Callable[[Run, Report], str], str]]] = {
    "json": (as_json, "application/json"),
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "md": (as_markdown, "text/markdown; charset=utf-8"),
    "readme.md": (as_readme, "text/markdown; charset=utf-8"),
}
"""For each format, by the ending of a file's name: how it is written, and its media type."""
