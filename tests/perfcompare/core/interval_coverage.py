"""How often intervals hold the median they are made for: `python -m tests.perfcompare.core.interval_coverage`.

Of normal values, whose median is known. The plain percentile bootstrap differs from the one in use by its tail alone.
"""

from __future__ import annotations

import sys
from random import Random
from unittest import mock

from perfcompare.core import statistics

TRIES = 4000
COUNTS = (3, 5, 7, 10, 20)


def coverage(count: int, *, plain: bool) -> float:
    """The share of the intervals of `count` values that hold 0."""
    random = Random(count)
    tail = (lambda _count: statistics.TAIL) if plain else statistics._tail
    with mock.patch.object(statistics, "_tail", tail):
        found = [statistics.bootstrap([random.gauss(0, 1) for _ in range(count)], seed=1) for _ in range(TRIES)]
    return sum(one is not None and one.low <= 0 <= one.high for one in found) / TRIES


def main() -> None:
    for count in COUNTS:
        plain, expanded = (coverage(count, plain=plain) for plain in (True, False))
        sys.stdout.write(f"{count} values: plain {plain:.1%}, expanded {expanded:.1%}\n")


if __name__ == "__main__":
    main()
