"""Timelines drawn: for each cell the rates, latencies, failures and users of every second, a line for each round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from statistics import fmean
from typing import Final

from django.utils.safestring import SafeString

from perfcompare.report.charts import plots
from perfcompare.report.charts.shapes import Line
from perfcompare.report.data.report import Report
from perfcompare.report.data.timelines import Seconds, Timeline

MOST_POINTS: Final = 240
"""Of a line. A longer test is drawn in steps of several seconds: rates as their means, the others as their worst."""
Points = tuple[tuple[float, float] | None, ...]
_CHARTS: Final[tuple[tuple[str, str, str, Callable[[Iterable[float]], float]], ...]] = (
    ("Right answers per second", "answers", "answers/s", fmean),
    ("p99 latency of each second", "p99_ms", "p99 ms", max),
    ("Failures per second", "failures", "failures/s", fmean),
    ("Users", "users", "users", max),
)


@dataclass(frozen=True, kw_only=True)
class DrawnTimeline:
    """One cell."""

    timeline: Timeline
    drawings: tuple[tuple[str, SafeString], ...]
    """Each chart with its title. A chart without a figure, or of no failures, is left out."""


def build(report: Report) -> tuple[DrawnTimeline, ...]:
    """Every timeline of the report."""
    return tuple(DrawnTimeline(timeline=one, drawings=tuple(_drawings(one))) for one in report.timelines)


def _drawings(timeline: Timeline) -> Iterator[tuple[str, SafeString]]:
    for title, name, unit, pick in _CHARTS:
        lines = [_points(seconds, name, pick) for seconds in timeline.rounds.values()]
        if any(point and (point[1] or name != "failures") for points in lines for point in points):
            drawn = [Line(points=points) for points in lines]
            yield title, plots.lines(f"{title}; {timeline.cell}", drawn, across="second of the window", up=unit)


def _points(seconds: Seconds, name: str, pick: Callable[[Iterable[float]], float]) -> Points:
    step = max(1, ceil(len(seconds) / MOST_POINTS))
    return tuple(_point(seconds[start : start + step], name, pick) for start in range(0, len(seconds), step))


def _point(seconds: Seconds, name: str, pick: Callable[[Iterable[float]], float]) -> tuple[float, float] | None:
    values = [float(second[name]) for second in seconds if second[name] is not None]
    return (float(seconds[0]["second"]), pick(values)) if values else None
