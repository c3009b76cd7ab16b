"""Knees and crossovers of rising load: where more of it gains nothing, and where one stack overtakes another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

from perfcompare.core.statistics import Interval
from perfcompare.report.data import formatting

KNEE_SHARE: Final = 0.9
"""Of the highest rate: where it is reached, the rest of the way costs waiting and brings next to nothing."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """One stack at one value of the setting."""

    value: int
    goodput: float
    interval: Interval | None
    """Of the goodput; None with too few valid rounds."""
    p99_ms: float | None
    cpu_us: float | None


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One stack at rising values."""

    name: str
    points: tuple[Point, ...]
    missing: tuple[int, ...] = ()
    """The values that were tried and gave no valid figures."""

    @property
    def knee(self) -> Point | None:
        """The point with the lowest value that reaches KNEE_SHARE of the highest goodput; None without points."""
        top = max((point.goodput for point in self.points), default=0.0)
        return next((point for point in self.points if point.goodput >= KNEE_SHARE * top), None)


@dataclass(frozen=True, kw_only=True)
class Crossover:
    """Where one stack overtakes another: somewhere between two values at which the intervals of both are apart."""

    after: str
    """Who answers more from there on."""
    before: str
    low: int
    high: int
    missing: tuple[int, ...]
    """The values between the two at which one of them at least has no valid figures."""

    def sentence(self, unit: str) -> str:
        """In a sentence; `unit` is what the values are of."""
        return f"{self.after} overtakes {self.before} between {self.low} and {self.high} {unit}{unknown(self.missing)}."


def crossovers(curves: Sequence[Curve]) -> Iterator[Crossover]:
    """Who overtakes whom, where the intervals of both are apart on both sides."""
    for one, other in combinations(curves, 2):
        beside = {point.value: point for point in other.points}
        leaders = [
            (point.value, one.name if ahead else other.name)
            for point in one.points
            if point.value in beside and (ahead := _ahead(point, beside[point.value])) is not None
        ]
        for (low, before), (high, after) in pairwise(leaders):
            if before != after:
                missing = tuple(value for value in sorted({*one.missing, *other.missing}) if low < value < high)
                yield Crossover(after=after, before=before, low=low, high=high, missing=missing)


def unknown(missing: Sequence[int]) -> str:
    """What is to be added to what was found where values are missing: ` (not known at 16 and 64)`, or nothing."""
    return f" (not known at {formatting.both(list(map(str, missing)))})" if missing else ""


def _ahead(one: Point, other: Point) -> bool | None:
    """Whether the first answers more; None where their intervals touch or are not known."""
    if one.interval is None or other.interval is None:
        return None
    if one.interval.low > other.interval.high:
        return True
    return False if one.interval.high < other.interval.low else None
