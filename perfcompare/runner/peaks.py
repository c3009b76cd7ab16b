"""The rate of a fixed-rate cell, and the generator for a cell."""

from __future__ import annotations

from collections import defaultdict
from statistics import median

from perfcompare.core.errors import PerfcompareError
from perfcompare.core.measurement import Cell, Failure, Measurement
from perfcompare.core.objection import Figure
from perfcompare.plugins import generators


class NoPeakError(PerfcompareError):
    """Raised when no trial in a closed loop has shown the peak of a cell."""


class Peaks:
    """The valid goodput of each cell in closed loops."""

    def __init__(self) -> None:
        self._rates: dict[Cell, list[float]] = defaultdict(list)

    def note(self, outcome: Measurement | Failure) -> None:
        """Remember the goodput of a valid trial in a closed loop with the run's own generator."""
        cell = outcome.cell
        if isinstance(outcome, Measurement) and outcome.usable(Figure.RATE) and cell == cell.plain:
            self._rates[cell].append(outcome.goodput)

    def rate(self, cell: Cell) -> float | None:
        """Requests per second: the cell's share of its median goodput; None in a closed loop. Raises NoPeakError."""
        if not cell.share:
            return None
        found = self._rates.get(cell.plain)
        if not found:
            raise NoPeakError("rate: it is a share of a peak, and no valid trial in a closed loop has shown the peak.")
        return median(found) * cell.share / 100


def generator_of(cell: Cell, own: str) -> str:
    """The name of the generator for the cell, in a run with the generator `own`. Some cells need another one."""
    if cell.instrument:
        return cell.instrument
    if not cell.share or "open" in generators[own].modes:
        return own
    return next(name for name, generator in generators.items() if "open" in generator.modes)
