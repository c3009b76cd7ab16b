"""How figures, ratios and names are written, the same in every kind of report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from perfcompare.core.characters import printable as printable
from perfcompare.core.statistics import Interval, Verdict
from perfcompare.report.data.ratios import Ratio
from perfcompare.report.data.report import CellSummary

NOTHING: Final = "-"
KIB_PER_MIB: Final = 1024


def number(value: float | None) -> str:
    """Three significant digits at least, thousands set apart; a dash for None."""
    if value is None:
        return NOTHING
    return f"{value:,.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2}f}"


def mebibytes(kib: float | None) -> str:
    """A figure in KiB, as MiB."""
    return number(None if kib is None else kib / KIB_PER_MIB)


def ratio(value: Ratio | None) -> str:
    """`3.10x [2.90, 3.30]`; without brackets when there is no interval."""
    return NOTHING if value is None else times(value.value, value.interval)


def times(value: float, bounds: Interval | None) -> str:
    """The same of a plain number."""
    return f"{number(value)}x" + (f" {interval(bounds)}" if bounds else "")


def interval(value: Interval | None) -> str:
    """`[2.90, 3.30]`; a dash without one."""
    return NOTHING if value is None else f"[{number(value.low)}, {number(value.high)}]"


def beside(cell: CellSummary, value: Ratio | None) -> str:
    """The ratio of a cell, or that it is the reference itself."""
    return "reference" if cell.reference else ratio(value)


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


def both(names: Sequence[str]) -> str:
    """`a`; `a and b`; `a, b and c`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def listed(noun: str, names: Sequence[str]) -> str:
    """`step 1`; `steps 1, 2 and 5`."""
    return f"{noun}{'s' if len(names) > 1 else ''} {both(names)}"
