"""A run compared with a baseline: whether anything became slower."""

from __future__ import annotations

from perfcompare.core.statistics import Verdict
from perfcompare.report.data import formatting
from perfcompare.report.findings.comparison import Change, Comparison


def failures(found: Comparison) -> tuple[str, ...]:
    """The reasons why the gate fails: cells that became slower, and cells that no longer have valid figures."""
    slower = (change for change in found.changes if change.verdict is Verdict.SLOWER)
    return (
        *(f"{change.cell}: {sentence(change)}" for change in slower),
        *(f"{cell}: no valid figures, so its change is unknown." for cell in found.missing),
    )


def undecided(found: Comparison) -> tuple[Change, ...]:
    """Changes with too few rounds for a verdict."""
    return tuple(change for change in found.changes if change.verdict is None)


def sentence(change: Change) -> str:
    """How a cell changed, and whether that counts."""
    ratio = formatting.times(change.ratio, change.interval)
    if change.verdict is None:
        return f"{ratio} as dear as before, with fewer than three valid rounds: no verdict."
    return f"{ratio} as dear as before: {change.verdict}."
