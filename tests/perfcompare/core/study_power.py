"""What the study would find by its rounds and the scatter of visits: `python -m tests.perfcompare.core.study_power`."""

from __future__ import annotations

import sys

from perfcompare.core.study import outcomes, result
from tests.perfcompare.core.test_study import simulated

COMPARISONS = 400
PLANTED = 0.05


def main() -> None:
    for rounds in (5, 6, 7, 8, 9, 12):
        for noise in (0.005, 0.01, 0.015, 0.02):
            figures = simulated(rounds * COMPARISONS, noise=noise, planted=PLANTED)
            found = result(outcomes(figures, size=rounds, seed=1))
            sys.stdout.write(
                f"{rounds} rounds, scatter of a visit {noise:.1%}: false {found.false / found.comparisons:.1%}, "
                f"found {found.found / found.comparisons:.1%}\n"
            )


if __name__ == "__main__":
    main()
