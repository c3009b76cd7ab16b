"""Scenarios that were measured at several concurrencies: lines instead of bars, and where one overtakes another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from perfcompare.core.statistics import Interval
from perfcompare.report.charts import plots
from perfcompare.report.charts.shapes import Line
from perfcompare.report.data import formatting
from perfcompare.report.data.report import CellSummary, Report
from perfcompare.report.findings.crossovers import Curve, Point, crossovers, unknown
from perfcompare.report.sections.cells import Link, attributes, no_link, svg_attributes


@dataclass(frozen=True, kw_only=True)
class Track:
    """One stack on one server, at rising concurrency."""

    cells: tuple[CellSummary, ...]
    """One for each level that was planned, with valid figures or without."""
    link: str
    """The way to its profile."""

    @property
    def name(self) -> str:
        """Stack and server."""
        return self.cells[0].name

    @property
    def data(self) -> Mapping[str, str]:
        """What the filters of the page know it by."""
        return svg_attributes(self.cells[0].cell)

    @property
    def curve(self) -> Curve:
        """Its rate at each level."""
        points, missing = [], []
        for cell in self.cells:
            rate = cell.figures.goodput
            if rate is None:
                missing.append(cell.cell.concurrency)
            else:
                points.append(_point(cell, rate))
        return Curve(name=self.name, points=tuple(points), missing=tuple(missing))

    @property
    def knee(self) -> str:
        """The lowest concurrency at which nine tenths of its highest rate are reached; more only waits longer."""
        curve = self.curve
        return f"knee at {curve.knee.value}{unknown(curve.missing)}" if curve.knee else "no valid figures"


def _point(cell: CellSummary, rate: float) -> Point:
    return Point(
        value=cell.cell.concurrency,
        goodput=rate,
        interval=cell.intervals.get("goodput"),
        p99_ms=cell.figures.p99_ms,
        cpu_us=cell.figures.server_cpu_us,
    )


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """One scenario."""

    scenario: str
    tracks: tuple[Track, ...]
    drawings: tuple[tuple[str, SafeString], ...]
    crossovers: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    """The table behind the drawings."""


def build(report: Report, link: Link = no_link) -> tuple[Sweep, ...]:
    """The scenarios with two concurrencies at least."""
    return tuple(_sweep(scenario, tracks) for scenario, tracks in _tracks(report, link).items())


def _tracks(report: Report, link: Link) -> Mapping[str, tuple[Track, ...]]:
    found: dict[str, dict[str, list[CellSummary]]] = {}
    for block in sorted(report.blocks, key=lambda one: one.concurrency):
        for cell in block.cells:
            if cell.contender:
                found.setdefault(block.scenario, {}).setdefault(cell.name, []).append(cell)
    swept = {
        name: [Track(cells=tuple(cells), link=link(cells[0].cell)) for cells in by.values() if len(cells) > 1]
        for name, by in found.items()
    }
    return {name: tuple(sorted(tracks, key=lambda track: track.name)) for name, tracks in swept.items() if tracks}


def _sweep(scenario: str, tracks: tuple[Track, ...]) -> Sweep:
    return Sweep(
        scenario=scenario,
        tracks=tracks,
        drawings=tuple(_drawings(scenario, tracks)),
        crossovers=tuple(one.sentence("connections") for one in crossovers([track.curve for track in tracks])),
        rows=tuple(_row(cell, track.link) for track in tracks for cell in track.cells),
    )


def _row(cell: CellSummary, link: str) -> Mapping[str, str]:
    return {
        **attributes(cell.cell),
        "name": cell.name,
        "connections": str(cell.cell.concurrency),
        "goodput": _spread(cell.figures.goodput, cell.intervals.get("goodput")),
        "p99": _spread(cell.figures.p99_ms, cell.intervals.get("p99_ms")),
        "rounds": formatting.validity(cell),
        "link": link,
    }


def _spread(figure: float | None, interval: Interval | None) -> str:
    return "not known" if figure is None else f"{formatting.number(figure)} {formatting.interval(interval)}"


def _drawings(scenario: str, tracks: Sequence[Track]) -> Iterator[tuple[str, SafeString]]:
    """Each chart with its title; a line is a track."""
    levels = _levels(tracks)
    for title, across, up, point, marks in (
        ("Right answers per second against connections", "connections", "answers/s", _rate_by_level, levels),
        ("p99 latency against connections", "connections", "p99 ms", _p99_by_level, levels),
        ("p99 latency against load", "answers/s", "p99 ms", _p99_by_rate, ()),
    ):
        lines = [Line(points=tuple(map(point, track.cells)), data=track.data) for track in tracks]
        yield title, plots.lines(f"{title}; {scenario}", lines, across=across, up=up, marks=marks)


def _rate_by_level(cell: CellSummary) -> tuple[float, float] | None:
    return _known(cell.cell.concurrency, cell.figures.goodput)


def _p99_by_level(cell: CellSummary) -> tuple[float, float] | None:
    return _known(cell.cell.concurrency, cell.figures.p99_ms)


def _p99_by_rate(cell: CellSummary) -> tuple[float, float] | None:
    return _known(cell.figures.goodput, cell.figures.p99_ms)


def _known(one: float | None, other: float | None) -> tuple[float, float] | None:
    return None if one is None or other is None else (one, other)


def _levels(tracks: Sequence[Track]) -> list[int]:
    """The concurrencies, without those that would be written over each other."""
    levels = sorted({cell.cell.concurrency for track in tracks for cell in track.cells})
    apart = levels[-1] / 12
    return [
        level for level, after in zip(levels, [*levels[1:], None], strict=True) if not after or after - level > apart
    ]
