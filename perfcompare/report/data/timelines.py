"""How a test of Locust went, second by second: a figure of the whole window hides a crowd or a stall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from perfcompare.core.measurement import Cell
from perfcompare.models import Measurement

Seconds = Sequence[Mapping[str, Any]]
"""Those of one round, as a measurement's `series` has them."""


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The seconds of one cell."""

    cell: Cell
    rounds: Mapping[int, Seconds]
    """By the number of the round, valid or not: this is what happened."""


def collect(rows: Iterable[Measurement]) -> tuple[Timeline, ...]:
    """The timelines of the cells whose generator reported each second."""
    found: dict[Cell, dict[int, Seconds]] = {}
    for row in rows:
        if row.series:
            found.setdefault(row.cell, {})[row.round] = row.series
    return tuple(Timeline(cell=cell, rounds=rounds) for cell, rounds in found.items())
