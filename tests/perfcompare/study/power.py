"""What the study would find, by the rounds, the scatter of trials and the choice of the noise floor.

`python -m tests.perfcompare.study.power`
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from unittest import mock

from perfcompare.core.statistics import median, noise_floor, ratio_interval
from perfcompare.study import outcomes as study
from tests.perfcompare.study.test_outcomes import simulated

COMPARISONS = 400
SLOWED = 0.05
Pairs = Sequence[tuple[float, float]]


def whole_interval(pairs: Pairs) -> float:
    """As far as the A/A interval reaches."""
    interval = ratio_interval(pairs, seed=1)
    return max(interval.high - 1, 1 - interval.low) if interval else 0.0


def typical_round(pairs: Pairs) -> float:
    """What a round of the A/A comparison typically is off."""
    return median([abs(one / other - 1) for one, other in pairs])


def its_median(pairs: Pairs) -> float:
    """What the A/A comparison came to."""
    return abs(median([one / other for one, other in pairs]) - 1)


FLOORS: Final[Mapping[str, Callable[[Pairs], float | None]]] = {
    "in use": noise_floor,
    "A/A interval": whole_interval,
    "typical round": typical_round,
    "A/A median": its_median,
    "none": lambda _pairs: 0.0,
}


def main() -> None:
    for rounds in (3, 5, 6, 7, 8, 10, 12):
        for noise in (0.005, 0.01, 0.015, 0.02):
            figures = simulated(rounds * COMPARISONS, noise=noise, slowdown=SLOWED)
            sys.stdout.write(f"{rounds} rounds, scatter of a trial {noise:.1%}; false and found by the floor:\n")
            for name, floor in FLOORS.items():
                with mock.patch.object(study, "noise_floor", floor):
                    found = study.result(study.outcomes(figures, size=rounds, seed=1))
                share = found.false / found.comparisons, found.found / found.comparisons
                sys.stdout.write(f"  {name:14} {share[0]:6.1%} {share[1]:6.1%}\n")


if __name__ == "__main__":
    main()
