"""The order of a run: rounds over all cells, randomised and counterbalanced, so that drift affects all cells alike.

Fixed rates come after all closed loops, because they are shares of the peaks that the closed loops find.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from perfcompare.core.measurement import Cell
from perfcompare.core.stack import TWIN, variant


@dataclass(frozen=True, kw_only=True)
class PlannedTrial:
    """One cell in one round (1, 2, …)."""

    round: int
    cell: Cell
    rate: float | None = None
    """Requests per second that are due; None in a closed loop, and before the peak is known."""


def paced(cells: Sequence[Cell], shares: Sequence[int]) -> tuple[Cell, ...]:
    """For each cell, one at each of `shares` in per cent of its peak; none for twins, whose rates add nothing."""
    originals = [cell for cell in cells if not variant(cell.stack).startswith(TWIN)]
    return tuple(replace(cell, share=share) for share in shares for cell in originals)


LATENCY_ROUNDS: Final = 3
"""Rounds with latencies at equal load: the fewest that have an interval, because they take as long as costs."""


def rounds_of(cell: Cell, rounds: int) -> int:
    """In how many rounds, counted from the first, the cell is measured."""
    return min(rounds, LATENCY_ROUNDS) if cell.anchor else rounds


def planned(cells: Sequence[Cell], rounds: int, seed: int) -> tuple[PlannedTrial, ...]:
    """Every trial in its order: each round has its cells once, and shares of a cell's own peak come last.

    Odd rounds are shuffled. The even round after one is its reverse (ABBA). Over the two, all cells have the same mean
    position, and a linear drift cancels out.
    """
    closed = [cell for cell in cells if not cell.share or cell.anchor]
    rest = [cell for cell in cells if cell.share and not cell.anchor]
    return (*_rounds(closed, rounds, seed), *_rounds(rest, rounds, seed))


def _rounds(cells: Sequence[Cell], rounds: int, seed: int) -> tuple[PlannedTrial, ...]:
    random = Random(seed)
    order: list[Cell] = []
    trials: list[PlannedTrial] = []
    for number in range(1, rounds + 1):
        order = random.sample(cells, k=len(cells)) if number % 2 else order[::-1]
        trials += [PlannedTrial(round=number, cell=cell) for cell in order if number <= rounds_of(cell, rounds)]
    return tuple(trials)
