"""The order of a run: rounds over all cells, randomised and counterbalanced, so that drift strikes no cell more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from perfcompare.core.measurement import Cell


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One cell in one round (1, 2, …): a figure of its own."""

    round: int
    cell: Cell


def planned(cells: Sequence[Cell], rounds: int, seed: int) -> tuple[Visit, ...]:
    """Every visit in its order: each round visits every cell once.

    Odd rounds are shuffled, each anew; the even round after one is its reverse (ABBA), so that over the two a cell's
    mean position is that of every other cell and a linear drift cancels out.
    """
    random = Random(seed)
    order: list[Cell] = []
    visits: list[Visit] = []
    for number in range(1, rounds + 1):
        order = random.sample(cells, k=len(cells)) if number % 2 else order[::-1]
        visits += [Visit(round=number, cell=cell) for cell in order]
    return tuple(visits)
