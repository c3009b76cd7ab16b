"""The tables of a page: the gaps at a glance, every figure of every cell, and the facts of the environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from perfcompare.core.setting import Change
from perfcompare.core.stack import variant
from perfcompare.core.target import Catalog
from perfcompare.report.data import formatting
from perfcompare.report.data.kinds import Kind
from perfcompare.report.data.report import Block, CellSummary, Report
from perfcompare.report.findings.headline import NEAR
from perfcompare.report.sections.cells import Link, attributes, no_link

FAR = 2.0
"""Up to `NEAR` times the reference's cost is shown as near, above `FAR` times as far."""


@dataclass(frozen=True, kw_only=True)
class Glance:
    """One field of the table at the top: a ratio in words, and how far it is."""

    text: str
    distance: str
    """`near`, `middle`, `far`, or `none` without a ratio."""
    data: Mapping[str, str]
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the full table."""

    reference: bool
    stack: str
    server: str
    figures: tuple[str, ...]
    data: Mapping[str, str]
    link: str


COLUMNS = (
    "Valid rounds",
    "CPU µs per request",
    "CPU x FastAPI (more is dearer)",
    "CPU x limit",
    "Requests/s",
    "Requests/s x FastAPI (more is faster)",
    "Database CPU µs",
    "Generator CPU µs",
    "Mean ms",
    "p50 ms",
    "p90 ms",
    "p99 ms",
    "p99.9 ms",
    "Max ms",
    "PSS idle MiB",
    "PSS peak MiB",
    "Threads",
    "Start s",
)


def glance(report: Report, link: Link = no_link) -> tuple[list[CellSummary], list[tuple[Block, list[Glance]]]]:
    """The contenders, the reference first, and for each block their gaps."""
    cells = {cell.name: cell for cell in sorted(report.cells, key=_order) if cell.contender}
    blocks = [block for block in report.blocks if any(cell.contender for cell in block.cells)]
    rows = [(block, [_glance(report, block, name, link) for name in cells]) for block in blocks]
    return list(cells.values()), rows


def figures(report: Report, link: Link = no_link) -> list[tuple[Block, list[Row]]]:
    """Every cell of every block."""
    return [(block, [_row(cell, link) for cell in block.cells]) for block in report.blocks]


def changes(report: Report) -> list[tuple[str, Sequence[Change]]]:
    """The stacks of the run that change something, by settings first, then with levers, then practices."""
    kinds = (Kind.SETTINGS, Kind.TUNED, Kind.PRACTICE)
    found = {cell.cell.stack: cell for kind in kinds for cell in report.cells if cell.kind is kind}
    known = report.catalog.stacks
    return [
        (cell.stack, _changes(report.catalog, name))
        for name, cell in found.items()
        if name in known and not variant(name)  # which changes nothing in the stack
    ]


def _changes(catalog: Catalog, stack: str) -> Sequence[Change]:
    return (*catalog.stacks[stack].by_settings, *catalog.levers_of(stack))


def _order(cell: CellSummary) -> tuple[bool, str, str]:
    return (not cell.reference, cell.stack, cell.server)


def _glance(report: Report, block: Block, name: str, link: Link) -> Glance:
    cell = next((cell for cell in block.cells if cell.name == name and cell.contender), None)
    if cell is None:
        offered = block.scenario not in _not_offered(report, name)
        stack = next(attributes(cell.cell) for cell in report.cells if cell.name == name)
        return Glance(text="not in this run" if offered else "not offered", distance="none", data=stack)
    if not cell.valid:
        return Glance(text=formatting.absence(cell), distance="none", data=attributes(cell.cell))
    cost = f"{formatting.number(cell.figures.server_cpu_us)} µs" if cell.reference else formatting.ratio(cell.cpu_ratio)
    return Glance(text=cost, distance=_distance(cell), data=attributes(cell.cell), link=link(cell.cell))


def _not_offered(report: Report, name: str) -> Sequence[str]:
    stack = next(cell.stack for cell in report.cells if cell.name == name)
    return report.not_offered.get(stack, ())


def _distance(cell: CellSummary) -> str:
    if cell.reference or cell.cpu_ratio is None:
        return "none"
    ratio = cell.cpu_ratio.value
    return "near" if ratio <= NEAR else "far" if ratio > FAR else "middle"


def _row(cell: CellSummary, link: Link) -> Row:
    figures = cell.figures
    return Row(
        reference=cell.reference,
        stack=cell.stack,
        server=cell.server,
        data=attributes(cell.cell),
        link=link(cell.cell),
        figures=(
            formatting.validity(cell),
            formatting.number(figures.server_cpu_us),
            formatting.beside(cell, cell.cpu_ratio),
            formatting.above_limit(cell),
            formatting.number(figures.goodput),
            formatting.beside(cell, cell.goodput_ratio),
            formatting.number(figures.database_cpu_us),
            formatting.number(figures.generator_cpu_us),
            *(
                formatting.number(getattr(figures, f"{name}_ms"))
                for name in ("mean", "p50", "p90", "p99", "p999", "max")
            ),
            formatting.mebibytes(figures.pss_idle_kib),
            formatting.mebibytes(figures.pss_peak_kib),
            formatting.NOTHING if figures.threads_peak is None else f"{figures.threads_peak:g}",
            formatting.number(figures.start_s),
        ),
    )


def facts(found: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """The facts of an environment as rows, those within others by their path."""
    for name, value in sorted(found.items()):
        if isinstance(value, Mapping):
            yield from facts(value, f"{prefix}{name}: ")
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield f"{prefix}{name}", ", ".join(map(str, value))
        else:
            yield f"{prefix}{name}", str(value)
