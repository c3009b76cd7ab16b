"""How a test of Locust went, second by second, as lines: a figure of the whole window hides a crowd or a stall."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean
from typing import Any, Final

from django.utils.safestring import SafeString

from perfcompare.core.measurement import Cell
from perfcompare.models import Measurement
from perfcompare.report.charts import plots
from perfcompare.report.charts.plots import Line

MOST_POINTS: Final = 240
"""Of a line. A longer test is drawn in steps of several seconds: rates as their means, the others as their worst."""

Seconds = Sequence[Mapping[str, Any]]
"""Those of one round, as a measurement's `series` has them."""
Points = tuple[tuple[float, float] | None, ...]


@dataclass(frozen=True, kw_only=True)
class Course:
    """The seconds of one cell."""

    cell: Cell
    rounds: Mapping[int, Seconds]
    """By the number of the round, valid or not: this is what happened."""

    @property
    def drawings(self) -> tuple[tuple[str, SafeString], ...]:
        """Each chart with its title; a line is a round. One without a figure, or of no failures, is left out."""
        return tuple(self._drawings())

    def _drawings(self) -> Iterator[tuple[str, SafeString]]:
        for title, name, unit, pick in _CHARTS:
            lines = [_points(seconds, name, pick) for seconds in self.rounds.values()]
            if any(point and (point[1] or name != "failures") for points in lines for point in points):
                named = f"{title}; {self.cell}"
                drawn = [Line(points=points) for points in lines]
                yield title, plots.lines(named, drawn, across="second of the window", up=unit)


_CHARTS: Final[tuple[tuple[str, str, str, Callable[[Iterable[float]], float]], ...]] = (
    ("Right answers per second", "answers", "answers/s", fmean),
    ("p99 latency of each second", "p99_ms", "p99 ms", max),
    ("Failures per second", "failures", "failures/s", fmean),
    ("Users", "users", "users", max),
)


def of(rows: Iterable[Measurement]) -> tuple[Course, ...]:
    """The courses of the cells whose generator said how they went."""
    found: dict[Cell, dict[int, Seconds]] = {}
    for row in rows:
        if row.series:
            found.setdefault(row.cell, {})[row.round] = row.series
    return tuple(Course(cell=cell, rounds=rounds) for cell, rounds in found.items())


def _points(seconds: Seconds, name: str, pick: Callable[[Iterable[float]], float]) -> Points:
    step = max(1, ceil(len(seconds) / MOST_POINTS))
    return tuple(_point(seconds[start : start + step], name, pick) for start in range(0, len(seconds), step))


def _point(seconds: Seconds, name: str, pick: Callable[[Iterable[float]], float]) -> tuple[float, float] | None:
    values = [float(second[name]) for second in seconds if second[name] is not None]
    return (float(seconds[0]["second"]), pick(values)) if values else None
