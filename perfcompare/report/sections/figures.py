"""The bar charts of a report: what each draws, which direction is good, and the table behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from perfcompare.core.statistics import Interval
from perfcompare.report.charts import plots
from perfcompare.report.charts.shapes import Bar
from perfcompare.report.data import formatting
from perfcompare.report.data.kinds import STUDIED
from perfcompare.report.data.ratios import Ratio
from perfcompare.report.data.report import Block, CellSummary, Report
from perfcompare.report.sections.cells import Link, attributes, no_link, svg_attributes


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
    interval: Callable[[CellSummary], Interval | None]
    """The interval of the value, in `unit`."""
    ratio: Callable[[CellSummary], Ratio | None] = lambda _cell: None
    """The ratio to the reference."""
    draws_ratio: bool = False
    """Whether the bars are the ratios, wherever a chart has them for every cell."""
    parts: Callable[[CellSummary], tuple[float, ...]] = lambda _cell: ()
    """The pieces of the value."""
    keys: tuple[str, ...] = ()
    """What the pieces are, from the left."""


def _in(name: str, per: float = 1.0) -> Callable[[CellSummary], float | None]:
    def value(cell: CellSummary) -> float | None:
        figure = getattr(cell.figures, name)
        return None if figure is None else figure / per

    return value


def _spread(name: str, per: float = 1.0) -> Callable[[CellSummary], Interval | None]:
    def interval(cell: CellSummary) -> Interval | None:
        found = cell.intervals.get(name)
        return found and Interval(low=found.low / per, middle=found.middle / per, high=found.high / per)

    return interval


def _anatomy(cell: CellSummary) -> tuple[float, ...]:
    figures = cell.figures
    return tuple(part or 0.0 for part in (figures.server_cpu_us, figures.database_cpu_us, figures.cache_cpu_us))


def _everything(cell: CellSummary) -> float | None:
    return None if cell.figures.database_cpu_us is None else sum(_anatomy(cell))


def _memory(cell: CellSummary) -> tuple[float, ...]:
    idle, peak = cell.figures.pss_idle_kib, cell.figures.pss_peak_kib
    if idle is None or peak is None or idle > peak:
        return ()
    return idle / formatting.KIB_PER_MIB, (peak - idle) / formatting.KIB_PER_MIB


CPU: Final = Figure(
    id="cpu",
    short="The gap",
    title="Server CPU per request beside FastAPI: shorter is better",
    explanation="A bar is a stack's CPU time per right answer divided by FastAPI's in the same round: 3x costs"
    " three times as much. It does not depend on how fast the load generator is. The line across a bar's end is the"
    " bootstrap 95 % interval of the ratio.",
    unit="µs",
    value=_in("server_cpu_us"),
    interval=_spread("server_cpu_us"),
    ratio=lambda cell: cell.cpu_ratio,
    draws_ratio=True,
)
LOAD: Final = (
    Figure(
        id="goodput",
        short="Requests per second",
        title="Right answers per second: longer is better",
        explanation="Closed loop: each connection sends its next request when it has its answer. Wrong answers do not"
        " count. The ratio is a stack's rate divided by FastAPI's in the same round.",
        unit="/s",
        value=_in("goodput"),
        interval=_spread("goodput"),
        ratio=lambda cell: cell.goodput_ratio,
    ),
    Figure(
        id="latency",
        short="Latency",
        title="Latency, 99th percentile: shorter is better",
        explanation="99 of 100 right answers came within this time, at the load that the stack itself let through: a"
        " faster stack was asked more often.",
        unit="ms",
        value=_in("p99_ms"),
        interval=_spread("p99_ms"),
        ratio=lambda cell: cell.p99_ratio,
    ),
)
SPACE: Final = (
    Figure(
        id="memory",
        short="Memory",
        title="Memory of the server: shorter is better",
        explanation="Proportional set size (PSS) of the server's process tree: what it held before the first request,"
        " and what the load added at its largest.",
        unit="MiB",
        value=_in("pss_peak_kib", formatting.KIB_PER_MIB),
        interval=_spread("pss_peak_kib", formatting.KIB_PER_MIB),
        ratio=lambda cell: cell.memory_ratio,
        parts=_memory,
        keys=("idle", "added by the load"),
    ),
    Figure(
        id="anatomy",
        short="Anatomy",
        title="Where the CPU time of a request goes: shorter is better",
        explanation="CPU time per right answer of the server's processes, of PostgreSQL and of Redis in the same"
        " window. What the server alone costs is compared above; this is what the whole machine pays.",
        unit="µs",
        value=_everything,
        interval=lambda _cell: None,
        parts=_anatomy,
        keys=("server", "PostgreSQL", "Redis"),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the table behind a chart."""

    name: str
    figure: str
    interval: str
    ratio: str
    rounds: str
    parts: tuple[str, ...]
    link: str
    data: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One drawing and the table behind it."""

    title: str
    note: str
    drawing: SafeString
    rows: tuple[Row, ...]
    data: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One figure, for every scenario and concurrency."""

    figure: Figure
    charts: tuple[Chart, ...]


def section(report: Report, figure: Figure, link: Link = no_link) -> Section:
    """One figure for every scenario that has it; of several concurrencies one, as the others are drawn as lines."""
    drawn = ((block, _drawable(figure, block)) for block in report.main_blocks)
    return Section(figure=figure, charts=tuple(_chart(figure, block, cells, link) for block, cells in drawn if cells))


def sections(report: Report, figures: tuple[Figure, ...], link: Link = no_link) -> Iterator[Section]:
    """The sections of `figures` that have something to draw."""
    yield from (one for figure in figures if (one := section(report, figure, link)).charts)


def _drawable(figure: Figure, block: Block) -> list[CellSummary]:
    return [cell for cell in block.cells if figure.value(cell) is not None and cell.kind not in STUDIED]


def _chart(figure: Figure, block: Block, cells: list[CellSummary], link: Link) -> Chart:
    as_ratio = figure.draws_ratio and all(figure.ratio(cell) for cell in cells)
    return Chart(
        title=block.title,
        note=block.exercises,
        drawing=plots.bars(f"{figure.title}; {block.title}", [_bar(figure, cell, as_ratio, link) for cell in cells]),
        rows=tuple(_row(figure, cell, link) for cell in cells),
        data={"scenario": block.scenario},
    )


def _bar(figure: Figure, cell: CellSummary, as_ratio: bool, link: Link) -> Bar:
    ratio = figure.ratio(cell)
    drawn = ratio.interval if as_ratio and ratio else figure.interval(cell)
    return Bar(
        name=formatting.printable(cell.name),
        figure=_absolute(figure, cell),
        ratio=formatting.beside(cell, ratio) if ratio else "",
        value=ratio.value if as_ratio and ratio else figure.value(cell) or 0.0,
        parts=figure.parts(cell),
        interval=None if as_ratio and cell.reference else drawn,
        kind=cell.kind.value,
        link=link(cell.cell),
        data=svg_attributes(cell.cell),
    )


def _absolute(figure: Figure, cell: CellSummary) -> str:
    return f"{formatting.number(figure.value(cell))} {figure.unit}"


def _row(figure: Figure, cell: CellSummary, link: Link) -> Row:
    return Row(
        name=cell.name,
        figure=_absolute(figure, cell),
        interval=formatting.interval(figure.interval(cell)),
        ratio=formatting.beside(cell, figure.ratio(cell)) if figure.ratio(cell) else formatting.NOTHING,
        rounds=formatting.validity(cell),
        parts=tuple(map(formatting.number, figure.parts(cell))),
        link=link(cell.cell),
        data=attributes(cell.cell),
    )
