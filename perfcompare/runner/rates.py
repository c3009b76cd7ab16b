"""One rate for all stacks of a scenario, so that their latencies compare: equal load."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import floor, log10
from typing import Final

from perfcompare.core.measurement import Anchor, Cell
from perfcompare.core.target import REFERENCE

SHARE: Final = 60
"""Per cent of a peak: busy, and far enough from the point at which queues grow without end."""
ANCHORS: Final = (Anchor.SLOWEST, Anchor.REFERENCE)


def equal(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """For each cell, one at SHARE of the slowest stack's peak, and one at SHARE of the reference's."""
    anchors = ANCHORS if any(cell.stack == REFERENCE for cell in cells) else (Anchor.SLOWEST,)
    return tuple(replace(cell, share=SHARE, anchor=anchor) for anchor in anchors for cell in cells)


class Rates:
    """The rates of a round: shares of the peaks in its own turns, because the machine's speed may have changed."""

    def __init__(self) -> None:
        self._peaks: dict[tuple[str, int], dict[Anchor, float]] = {}

    def note(self, found: Iterable[tuple[Cell, float]]) -> None:
        """Store the rate of each stack of one scenario in its turns."""
        peaks = dict(found)
        if not peaks:
            return
        known = {Anchor.SLOWEST: min(peaks.values())}
        for cell, peak in peaks.items():
            if cell.stack == REFERENCE:  # on several servers: the first of them
                known.setdefault(Anchor.REFERENCE, peak)
        cell = next(iter(peaks))
        self._peaks[cell.scenario, cell.concurrency] = known

    def of(self, cell: Cell) -> float | None:
        """Requests per second, to two digits; None as long as no turn has shown the peak."""
        peak = self._peaks.get((cell.scenario, cell.concurrency), {}).get(cell.anchor)
        if peak is None:
            return None
        rate = peak * cell.share / 100
        return round(rate, 1 - floor(log10(rate)))
