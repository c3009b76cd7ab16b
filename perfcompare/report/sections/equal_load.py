"""Latency at equal load: every stack of a scenario is loaded at the same rate, and each latency counts from the moment
its request was due. Users experience this latency. In a closed loop a faster stack only gets more requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from perfcompare.core.measurement import Anchor
from perfcompare.core.statistics import median
from perfcompare.report.charts import plots
from perfcompare.report.charts.shapes import Bar
from perfcompare.report.data import formatting
from perfcompare.report.data.report import Block, CellSummary, Report
from perfcompare.report.findings import exclusions
from perfcompare.report.sections.cells import Link, no_link, svg_attributes

TITLE: Final = "Latency at equal load: all stacks of a scenario at one rate"
NOTE: Final = (
    "Requests are due at a fixed rate, and latency counts from the moment each was due, whether or not the server was"
    " done with earlier ones. The rate is 60 % of what the slowest stack, or FastAPI, answered in its turns of the same"
    " round. Percentiles are of all rounds together; p99 is given from 100 answers on. A bar ends at p90, and"
    " changes its colour at p50."
)
COLUMNS: Final = ("p50 ms", "p90 ms", "p99 ms", "p99 x FastAPI", "valid rounds")
BEHIND: Final = "cannot keep up"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One stack at one rate."""

    name: str
    figures: tuple[str, ...]
    """In the order of COLUMNS; or one, why there are none."""
    link: str
    data: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One scenario at one rate."""

    title: str
    drawing: SafeString | None
    rows: tuple[Row, ...]
    scenario: str


def build(report: Report, link: Link = no_link) -> tuple[Table, ...]:
    """A table for each scenario and rate."""
    return tuple(_table(block, link) for block in report.equal_load)


def lines(report: Report) -> Iterator[tuple[str, Sequence[tuple[str, tuple[str, ...]]]]]:
    """The same for a terminal: for each scenario and rate a title, and for each stack its name and figures."""
    for table in build(report):
        yield table.title, [(row.name, row.figures) for row in table.rows]


def _table(block: Block, link: Link) -> Table:
    rates = [cell.figures.rate for cell in block.cells if cell.figures.rate]
    asked = f"{formatting.number(median(rates))} requests/s" if rates else "a rate that is not known"
    whose = "the slowest stack's" if block.anchor == Anchor.SLOWEST else "FastAPI's"
    share = block.cells[0].cell.share
    title = f"{block.title} at {asked}, {share} % of {whose} peak"
    cells = sorted(block.cells, key=_p50)
    drawn = [_bar(cell, link) for cell in cells if cell.figures.p50_ms is not None]
    return Table(
        title=title,
        drawing=plots.bars(f"p50 and p90 latency in ms; {title}", drawn) if drawn else None,
        rows=tuple(_row(cell, link) for cell in cells),
        scenario=block.scenario,
    )


def _row(cell: CellSummary, link: Link) -> Row:
    return Row(name=cell.name, figures=_figures(cell), link=link(cell.cell), data=svg_attributes(cell.cell))


def _p50(cell: CellSummary) -> float:
    return float("inf") if cell.figures.p50_ms is None else cell.figures.p50_ms


def _figures(cell: CellSummary) -> tuple[str, ...]:
    figures = cell.figures
    if figures.p50_ms is None:
        return (BEHIND if cell.against.get(exclusions.BEHIND) else formatting.absence(cell),)
    shown = map(formatting.number, (figures.p50_ms, figures.p90_ms, figures.p99_ms))
    behind = cell.against.get(exclusions.BEHIND, 0)
    said = f", {BEHIND} in {behind}" if behind else ""
    return (*shown, formatting.beside(cell, cell.p99_ratio), f"{formatting.validity(cell)}{said}")


def _bar(cell: CellSummary, link: Link) -> Bar:
    p50, p90 = cell.figures.p50_ms or 0.0, cell.figures.p90_ms
    end = p50 if p90 is None else max(p50, p90)
    return Bar(
        name=formatting.printable(cell.name),
        figure=f"{formatting.number(p50)}{'' if p90 is None else f' / {formatting.number(p90)}'} ms",
        value=end,
        parts=(p50, end - p50),
        kind=cell.kind.value,
        link=link(cell.cell),
        data=svg_attributes(cell.cell),
    )
