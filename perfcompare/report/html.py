"""A report as one HTML file that asks for nothing else, and the same as a page of the project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from perfcompare.report import verdict, words
from perfcompare.report.data import Block, CellSummary, Report
from perfcompare.report.sections import sections

NEAR, FAR = 1.1, 2.0
"""Up to `NEAR` times the reference's cost is shown as near, above `FAR` times as far."""


@dataclass(frozen=True, kw_only=True)
class Glance:
    """One field of the table at the top: a ratio in words, and how far it is."""

    text: str
    distance: str
    """`near`, `middle`, `far`, or `none` without a ratio."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the full table."""

    reference: bool
    stack: str
    server: str
    figures: tuple[str, ...]


COLUMNS = (
    "Valid rounds",
    "CPU µs per request",
    "CPU x FastAPI (more is dearer)",
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


def page(report: Report, **live: Any) -> str:
    """The whole document. `live` are the parts that only a page of the project has: `links` and `back`."""
    return render_to_string("perfcompare/report.html", {**_context(report), **live})


def _context(report: Report) -> dict[str, Any]:
    contenders = list(dict.fromkeys(cell.name for cell in sorted(report.cells, key=_order) if cell.judged))
    return {
        "report": report,
        "verdict": verdict.sentences(report),
        "contenders": contenders,
        "glance": [(block, [_glance(report, block, name) for name in contenders]) for block in report.blocks],
        "sections": list(sections(report)),
        "columns": COLUMNS,
        "table": [(block, [_row(cell) for cell in block.cells]) for block in report.blocks],
        "facts": list(_flat(report.facts)),
    }


def _order(cell: CellSummary) -> tuple[bool, str, str]:
    return (not cell.reference, cell.stack, cell.server)


def _glance(report: Report, block: Block, name: str) -> Glance:
    cell = next((cell for cell in block.cells if cell.name == name and cell.judged), None)
    if cell is None:
        offered = block.scenario not in _not_offered(report, name)
        return Glance(text="not in this run" if offered else "not offered", distance="none")
    if not cell.valid:
        return Glance(text="no valid figures" if cell.visited else "not measured", distance="none")
    cost = f"{words.number(cell.figures.server_cpu_us)} µs" if cell.reference else words.ratio(cell.cpu_ratio)
    return Glance(text=cost, distance=_distance(cell))


def _not_offered(report: Report, name: str) -> Sequence[str]:
    stack = next(cell.stack for cell in report.cells if cell.name == name)
    return report.not_offered.get(stack, ())


def _distance(cell: CellSummary) -> str:
    if cell.reference or cell.cpu_ratio is None:
        return "none"
    ratio = cell.cpu_ratio.value
    return "near" if ratio <= NEAR else "far" if ratio > FAR else "middle"


def _row(cell: CellSummary) -> Row:
    figures = cell.figures
    return Row(
        reference=cell.reference,
        stack=cell.stack,
        server=cell.server,
        figures=(
            words.validity(cell),
            words.number(figures.server_cpu_us),
            words.beside(cell, cell.cpu_ratio),
            words.number(figures.goodput),
            words.beside(cell, cell.goodput_ratio),
            words.number(figures.database_cpu_us),
            words.number(figures.generator_cpu_us),
            *(words.number(getattr(figures, f"{name}_ms")) for name in ("mean", "p50", "p90", "p99", "p999", "max")),
            words.mebibytes(figures.pss_idle_kib),
            words.mebibytes(figures.pss_peak_kib),
            words.NOTHING if figures.threads_peak is None else f"{figures.threads_peak:g}",
            words.number(figures.start_s),
        ),
    )


def _flat(facts: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in sorted(facts.items()):
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}: ")
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield f"{prefix}{name}", ", ".join(map(str, value))
        else:
            yield f"{prefix}{name}", str(value)
