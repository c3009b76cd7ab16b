"""Medians, and how sure one is: the percentile bootstrap of Efron and Tibshirani, An Introduction to the Bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from statistics import median
from typing import Final

__all__ = ["Interval", "bootstrap", "median", "ratio_interval"]

RESAMPLES: Final = 2000
"""The 2.5 % tails then hold 50 resamples each; more do not move a bound that anybody prints."""
TAIL: Final = 0.025
MIN_ROUNDS: Final = 3
"""With fewer, resampling can give nothing but the rounds themselves."""


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
    """The percentile bootstrap interval of the median of `values`; None with fewer than MIN_ROUNDS of them.

    `seed` makes the same values give the same interval.
    """
    if len(values) < MIN_ROUNDS:
        return None
    random = Random(seed)
    medians = sorted(median(random.choices(values, k=len(values))) for _ in range(RESAMPLES))
    last = RESAMPLES - 1
    return Interval(low=medians[round(TAIL * last)], middle=median(values), high=medians[round((1 - TAIL) * last)])
