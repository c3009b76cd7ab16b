"""Ratios of the same figure of two cells, paired per round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from perfcompare.core.measurement import Cell
from perfcompare.core.objection import Figure
from perfcompare.core.statistics import Interval, Verdict, judge, median, ratio_interval
from perfcompare.models import Measurement


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """A stack's figure divided by the reference's, paired per round."""

    value: float
    """The median of the rounds."""
    rounds: int
    """How many rounds had both figures."""
    interval: Interval | None
    """None with too few rounds."""
    verdict: Verdict | None = None
    """The verdict beyond the noise floor of the run; None without an interval or a floor."""


Pairs = Iterable[tuple[Measurement, Measurement]]
Trials = Mapping[Cell, Sequence[Measurement]]


def trials(rows: Iterable[Measurement]) -> dict[Cell, list[Measurement]]:
    """The measurements of each cell."""
    found: dict[Cell, list[Measurement]] = defaultdict(list)
    for row in rows:
        found[row.cell].append(row)
    return found


def paired(
    rows: Iterable[Measurement], others: Iterable[Measurement], figure: Figure = Figure.COST
) -> list[tuple[Measurement, Measurement]]:
    """The trials of two cells that belong to one round and whose figures of this kind may be used."""
    by_round = {row.round: row for row in others if row.usable(figure)}
    return [(row, by_round[row.round]) for row in rows if row.usable(figure) and row.round in by_round]


def beside(pairs: Pairs, name: str, seed: int, *, floor: float | None = None, dear: bool = True) -> Ratio | None:
    """The ratio of the figure called `name`, with its verdict (see statistics.judge); None without a pair of it."""
    figures = [(getattr(one, name), getattr(other, name)) for one, other in pairs]
    return ratio(figures, seed, floor=floor, dear=dear)


def ratio(
    pairs: Iterable[tuple[float | None, float | None]], seed: int, *, floor: float | None, dear: bool
) -> Ratio | None:
    """The ratio of the pairs that hold both figures, with its verdict; None without a pair."""
    usable = [(one, other) for one, other in pairs if one is not None and other]
    if not usable:
        return None
    value = median([one / other for one, other in usable])
    interval = ratio_interval(usable, seed=seed)
    verdict = judge(interval, floor=floor, rounds=len(usable), dear=dear)
    return Ratio(value=value, rounds=len(usable), interval=interval, verdict=verdict)
