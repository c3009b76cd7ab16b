"""The gap of each stack from run to run, as lines and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString

from perfcompare.models import Run
from perfcompare.report.charts import plots
from perfcompare.report.charts.shapes import Line
from perfcompare.report.data import formatting
from perfcompare.report.data.history import Gap, gaps
from perfcompare.report.data.labels import stack_label
from perfcompare.targets._registry import catalog_of

LAST = 50
"""How many runs are drawn."""


@dataclass(frozen=True, kw_only=True)
class History:
    """The gap of every stack over the runs."""

    drawing: SafeString
    stacks: tuple[str, ...]
    rows: tuple[tuple[Run, tuple[str, ...]], ...]
    """For each run, oldest first, the gap of every stack."""


def build() -> History | None:
    """The last runs that hold the reference; None with fewer than two."""
    runs = {run.pk: run for run in Run.objects.order_by("-started_at", "-id")[:LAST]}
    found = gaps(runs)
    numbers = sorted(found)
    if len(numbers) < 2:
        return None
    names = sorted({name for stacks in found.values() for name in stacks})
    lines = [Line(points=tuple(_point(number, found[number].get(name)) for number in numbers)) for name in names]
    return History(
        drawing=plots.lines(
            "CPU per request beside FastAPI, run by run", lines, across="run", up="x FastAPI", marks=numbers
        ),
        stacks=tuple(_label(name, runs, found) for name in names),
        rows=tuple(
            (runs[number], tuple(str(found[number].get(name, formatting.NOTHING)) for name in names))
            for number in numbers
        ),
    )


def _label(name: str, runs: Mapping[int, Run], found: Mapping[int, Mapping[str, Gap]]) -> str:
    """What the newest run with this stack calls it."""
    newest = max(number for number, stacks in found.items() if name in stacks)
    return stack_label(catalog_of(runs[newest].target), name)


def _point(number: int, gap: Gap | None) -> tuple[float, float] | None:
    return None if gap is None else (float(number), gap.ratio)
