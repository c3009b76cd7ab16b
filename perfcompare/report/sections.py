"""The charts of a report: for each figure what is drawn, in which direction it is good, and the table behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from perfcompare.report import charts, words
from perfcompare.report.charts import Bar
from perfcompare.report.data import Block, CellSummary, Ratio, Report


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure of a cell that is drawn as bars."""

    id: str
    short: str
    title: str
    """With the direction in words."""
    explanation: str
    unit: str
    value: Callable[[CellSummary], float | None]
    """What is drawn, in `unit`."""
    ratio: Callable[[CellSummary], Ratio | None] = lambda _cell: None
    """The ratio to the reference."""
    draws_ratio: bool = False
    """Whether the bars are the ratios, wherever a chart has them for every cell."""


FIGURES: Final = (
    Figure(
        id="cpu",
        short="CPU per request",
        title="Server CPU per request beside FastAPI: shorter is better",
        explanation="A bar is a stack's CPU time per right answer divided by FastAPI's in the same round: 3x costs"
        " three times as much. It does not depend on how fast the load generator is. The line across a bar's end is the"
        " bootstrap 95 % interval of the ratio.",
        unit="µs",
        value=lambda cell: cell.figures.server_cpu_us,
        ratio=lambda cell: cell.cpu_ratio,
        draws_ratio=True,
    ),
    Figure(
        id="goodput",
        short="Requests per second",
        title="Right answers per second: longer is better",
        explanation="Closed loop: each connection sends its next request when it has its answer. Wrong answers do not"
        " count. The ratio is a stack's rate divided by FastAPI's in the same round.",
        unit="/s",
        value=lambda cell: cell.figures.goodput,
        ratio=lambda cell: cell.goodput_ratio,
    ),
    Figure(
        id="latency",
        short="Latency",
        title="Latency, 99th percentile: shorter is better",
        explanation="99 of 100 right answers came within this time, at the load that the stack itself let through: a"
        " faster stack was asked more often.",
        unit="ms",
        value=lambda cell: cell.figures.p99_ms,
    ),
    Figure(
        id="memory",
        short="Memory",
        title="Memory under load: shorter is better",
        explanation="Largest proportional set size (PSS) of the server's process tree.",
        unit="MiB",
        value=lambda cell: None if cell.figures.pss_peak_kib is None else cell.figures.pss_peak_kib / 1024,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One drawing and the table behind it."""

    title: str
    note: str
    drawing: SafeString
    rows: tuple[tuple[str, str, str, str], ...]
    """Name, figure, ratio, valid rounds."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """One figure, for every scenario and concurrency."""

    figure: Figure
    charts: tuple[Chart, ...]


def sections(report: Report) -> Iterator[Section]:
    """The sections that have something to draw."""
    for figure in FIGURES:
        drawn = tuple(_chart(figure, block, cells) for block in report.blocks if (cells := _drawable(figure, block)))
        if drawn:
            yield Section(figure=figure, charts=drawn)


def _drawable(figure: Figure, block: Block) -> list[CellSummary]:
    return [cell for cell in block.cells if figure.value(cell) is not None]


def _chart(figure: Figure, block: Block, cells: list[CellSummary]) -> Chart:
    as_ratio = figure.draws_ratio and all(figure.ratio(cell) for cell in cells)
    return Chart(
        title=block.title,
        note=block.exercises,
        drawing=charts.bars(f"{figure.title}; {block.title}", [_bar(figure, cell, as_ratio) for cell in cells]),
        rows=tuple(_row(figure, cell) for cell in cells),
    )


def _bar(figure: Figure, cell: CellSummary, as_ratio: bool) -> Bar:
    ratio = figure.ratio(cell)
    return Bar(
        name=words.printable(cell.name),
        figure=_absolute(figure, cell),
        ratio=words.beside(cell, ratio) if ratio else "",
        value=ratio.value if as_ratio and ratio else figure.value(cell) or 0.0,
        interval=ratio.interval if as_ratio and ratio and not cell.reference else None,
        reference=cell.reference,
    )


def _absolute(figure: Figure, cell: CellSummary) -> str:
    return f"{words.number(figure.value(cell))} {figure.unit}"


def _row(figure: Figure, cell: CellSummary) -> tuple[str, str, str, str]:
    return (
        cell.name,
        _absolute(figure, cell),
        words.beside(cell, figure.ratio(cell)) if figure.ratio(cell) else words.NOTHING,
        words.validity(cell),
    )
