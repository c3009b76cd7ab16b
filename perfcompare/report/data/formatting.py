"""How figures, ratios and names are written, the same in every kind of report."""

from __future__ import annotations

from typing import Final

from perfcompare.core.characters import printable as printable
from perfcompare.core.statistics import Verdict
from perfcompare.report.data.kinds import Kind
from perfcompare.report.data.ratios import Ratio
from perfcompare.report.data.report import CellSummary
from perfcompare.report.data.words import NOTHING as NOTHING
from perfcompare.report.data.words import both as both
from perfcompare.report.data.words import interval as interval
from perfcompare.report.data.words import number as number
from perfcompare.report.data.words import times as times

KIB_PER_MIB: Final = 1024


def mebibytes(kib: float | None) -> str:
    """A figure in KiB, as MiB."""
    return number(None if kib is None else kib / KIB_PER_MIB)


def ratio(value: Ratio | None) -> str:
    """`3.10x [2.90, 3.30]`; without brackets when there is no interval."""
    return NOTHING if value is None else times(value.value, value.interval)


def beside(cell: CellSummary, value: Ratio | None) -> str:
    """The ratio of a cell, or that it is the reference itself."""
    return "reference" if cell.reference else ratio(value)


def above_limit(cell: CellSummary) -> str:
    """How many times the bare limit a cell costs: `9.0x`; or that it is the limit itself."""
    if cell.kind is Kind.FLOOR:
        return "limit"
    return NOTHING if cell.limit_ratio is None else times(cell.limit_ratio.value, None)


def judged(cell: CellSummary) -> str:
    """The verdict of a cell's cost; a dash for the reference itself."""
    return NOTHING if cell.reference else verdict(cell.cpu_ratio)


def verdict(value: Ratio | None) -> str:
    """`cheaper`, `dearer` or `no difference`; a dash where there is none."""
    names = {Verdict.FASTER: "cheaper", Verdict.SLOWER: "dearer", Verdict.NO_DIFFERENCE: "no difference"}
    return NOTHING if value is None or value.verdict is None else names[value.verdict]


def per_core(cell: CellSummary) -> float | None:
    """Right answers per second and processor core: the inverse of the CPU time per answer."""
    cost = cell.figures.server_cpu_us
    return 1e6 / cost if cost else None


def validity(cell: CellSummary) -> str:
    """How many of the planned rounds the figures come from."""
    return f"{cell.valid}/{cell.rounds}"


def absence(cell: CellSummary) -> str:
    """Why a cell has nothing to show."""
    return "no valid figures" if cell.visited else "not measured"
