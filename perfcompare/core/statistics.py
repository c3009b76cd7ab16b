"""Medians, intervals and verdicts: faster, slower or no difference.

The interval is Hesterberg's expanded percentile bootstrap (https://doi.org/10.1080/00031305.2015.1089789, section
4.4.2): the plain percentile interval is too narrow for few values (how often each of the two holds the median:
`python -m tests.perfcompare.core.interval_coverage`). A difference counts only beyond the difference of
the same thing measured twice: that is the rule of A/A tests (https://doi.org/10.1145/1281192.1281295, section 3.3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import pi, sqrt
from random import Random
from statistics import NormalDist, median
from typing import Final

__all__ = ["Interval", "Verdict", "bootstrap", "judge", "median", "noise_floor", "quotient_interval", "ratio_interval"]

RESAMPLES: Final = 2000
"""The 2.5 % tails then hold 50 resamples each. More resamples do not change a printed bound."""
TAIL: Final = 0.025
"""Outside a 95 % interval on each side, before it is expanded for few values."""
MEDIAN_ERROR: Final = sqrt(pi / 2)
"""Standard error of the median of n normal values, in standard deviations / sqrt(n) (for many; less for few)."""
MIN_ROUNDS: Final = 3
"""With fewer, resampling gives nothing but the rounds themselves."""
ENOUGH_ROUNDS: Final = 5
"""The range of so many values holds the median in 93.75 % of cases; that of three in 75 %, that of four in 87.5 %."""


class Verdict(StrEnum):
    """The result of a comparison."""

    FASTER = "faster"
    SLOWER = "slower"
    NO_DIFFERENCE = "no difference"


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A 95 % interval around a median."""

    low: float
    middle: float
    high: float


def ratio_interval(pairs: Sequence[tuple[float, float]], *, seed: int) -> Interval | None:
    """The interval of the median of `one / other` over the rounds; None with fewer than MIN_ROUNDS.

    The two of a pair come from one round, minutes apart, so that what the machine did to both cancels out.
    """
    return bootstrap([one / other for one, other in pairs], seed=seed)


def bootstrap(values: Sequence[float], *, seed: int) -> Interval | None:
    """The expanded percentile bootstrap interval of the median of `values`; None with fewer than MIN_ROUNDS of them.

    `seed` makes the same values give the same interval.
    """
    if len(values) < MIN_ROUNDS:
        return None
    ordered = sorted(values)
    medians = sorted(((ordered[low] + ordered[high]) / 2, times) for low, high, times in _middles(len(values), seed))
    below = round(_tail(len(values)) * (RESAMPLES - 1))
    return Interval(low=_at(medians, below), middle=median(values), high=_at(medians[::-1], below))


def _at(counted: Sequence[tuple[float, int]], place: int) -> float:
    """The value at `place` of the ordered values, each repeated as often as its count says."""
    for value, times in counted:
        place -= times
        if place < 0:
            return value
    return counted[-1][0]


def quotient_interval(values: Sequence[float], others: Sequence[float], *, seed: int) -> Interval | None:
    """The interval of the median of `values` divided by that of `others`; None with fewer than MIN_ROUNDS of either.

    For groups that have no rounds in common, such as those of two runs.
    """
    fewest = min(len(values), len(others))
    if fewest < MIN_ROUNDS:
        return None
    random = Random(seed)
    quotients = sorted(_resampled(values, random) / _resampled(others, random) for _ in range(RESAMPLES))
    below = round(_tail(fewest) * (RESAMPLES - 1))
    return Interval(low=quotients[below], middle=median(values) / median(others), high=quotients[-1 - below])


def _resampled(values: Sequence[float], random: Random) -> float:
    return median(random.choices(values, k=len(values)))


@lru_cache(maxsize=64)
def _middles(count: int, seed: int) -> tuple[tuple[int, int, int], ...]:
    """The two middle ranks of each resample of `count` values, and how often: they do not depend on the values.

    Drawn once for all the cells of a report, which makes it hundreds of times cheaper.
    """
    random = Random(seed)
    drawn = (sorted(random.choices(range(count), k=count)) for _ in range(RESAMPLES))
    middles = Counter((ranks[(count - 1) // 2], ranks[count // 2]) for ranks in drawn)
    return tuple((low, high, times) for (low, high), times in middles.items())


def _tail(count: int) -> float:
    """The share of resamples to leave out on each side: that of a normal variable where `count` values have a t."""
    freedom = count - 1
    z = -NormalDist().inv_cdf(TAIL)
    # Student's t of that probability: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5
    t = z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return NormalDist().cdf(-t * sqrt(count / freedom))


def noise_floor(pairs: Sequence[tuple[float, float]]) -> float | None:
    """By what share a comparison of the same thing with itself differs from 1 in this session.

    `pairs` are the figures of a stack's twin and of the stack, one pair for each round; None with fewer than
    MIN_ROUNDS. It is the larger of two figures. One is the result of this A/A comparison (the median of its ratios).
    The other is the typical result of one with so many rounds: a round typically is |ratio - 1| off, and the median of
    n rounds is less off than a single one, by the factor MEDIAN_ERROR / sqrt(n). The first alone would be zero by
    chance now and then. The second alone would treat as noise what is the same in all rounds. What other choices find
    and miss: `python -m tests.perfcompare.study.power`.
    """
    if len(pairs) < MIN_ROUNDS:
        return None
    ratios = [one / other for one, other in pairs]
    typical = median([abs(ratio - 1) for ratio in ratios]) * MEDIAN_ERROR / sqrt(len(ratios))
    return max(typical, abs(median(ratios) - 1))


def judge(interval: Interval | None, *, floor: float | None, rounds: int, dear: bool) -> Verdict | None:
    """The verdict of the interval of a ratio to the reference; None when it or the noise floor is not known.

    `dear`: more of the figure is worse (time, memory); otherwise it is better (answers per second). There is a
    difference only where the interval does not hold 1, and its middle lies beyond 1 by more than the floor. With fewer
    than ENOUGH_ROUNDS the interval is too narrow for that: then all of it must lie beyond the floor. What other rules
    find and miss: `python -m tests.perfcompare.study.power`.
    """
    if interval is None or floor is None:
        return None
    margin = 0.0 if rounds >= ENOUGH_ROUNDS else floor
    if interval.low > 1 + margin and interval.middle > 1 + floor:
        return Verdict.SLOWER if dear else Verdict.FASTER
    if interval.high < 1 - margin and interval.middle < 1 - floor:
        return Verdict.FASTER if dear else Verdict.SLOWER
    return Verdict.NO_DIFFERENCE
