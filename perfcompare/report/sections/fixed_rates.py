"""The table of fixed rates. Each stack runs at shares of its own peak, so stacks are not compared here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.report.data import formatting
from perfcompare.report.data.report import CellSummary, Report

TITLE: Final = "Fixed rates: latency from the moment each request was due, at shares of each stack's own peak"
NOTE: Final = (
    "These latencies are not compared with those of a closed loop. A rate that was not "
    "kept up (code saturated) has no figures here; the excluded trials name it."
)
COLUMNS: Final = ("of the peak", "due per s", "answered per s", "p50 ms", "p99 ms", "p99.9 ms", "CPU µs", "rounds")


def rows(report: Report) -> Iterator[tuple[str, tuple[str, ...]]]:
    """For each cell its name, and its figures in the order of COLUMNS."""
    for block in report.fixed_rates:
        for cell in block.cells:
            yield f"{block.scenario}: {cell.name}, {cell.cell.concurrency} connections", _figures(cell)


def _figures(cell: CellSummary) -> tuple[str, ...]:
    figures = cell.figures
    shown = (figures.rate, figures.goodput, figures.p50_ms, figures.p99_ms, figures.p999_ms, figures.server_cpu_us)
    return (f"{cell.cell.share} %", *map(formatting.number, shown), formatting.validity(cell))
