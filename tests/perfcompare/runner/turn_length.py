"""How long may a turn be? `python -m tests.perfcompare.runner.turn_length`

The same piece of work, again and again on one processor, cut into turns of two that do the same: by what their sums
differ is what the machine alone makes of a comparison with such turns.
"""

from __future__ import annotations

import os
import sys
import time
from statistics import mean, pstdev

SECONDS = 30.0
LENGTHS_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0)
WINDOW_S = 3.0
"""Of each of the two."""


def _work() -> None:
    counts: dict[int, int] = {}
    for number in range(6000):
        counts[number % 97] = counts.get(number % 97, 0) + number


def _timed_ns() -> int:
    began_ns = time.thread_time_ns()
    _work()
    return time.thread_time_ns() - began_ns


def main() -> None:
    """Print for each length of a turn the standard error of the ratio of two equal windows."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    began_s, pieces = time.monotonic(), list[int]()
    while time.monotonic() - began_s < SECONDS:
        pieces.append(_timed_ns())
    piece_s = SECONDS / len(pieces)
    for length_s in LENGTHS_S:
        size = max(1, round(length_s / piece_s))
        turns = [mean(pieces[start : start + size]) for start in range(0, len(pieces) - size + 1, size)]
        scatter = pstdev(second / first for first, second in zip(turns[::2], turns[1::2], strict=False))
        error = scatter / (WINDOW_S / length_s) ** 0.5
        sys.stdout.write(f"turns of {length_s * 1000:5.0f} ms: two equal windows differ by {error:.1%}\n")


if __name__ == "__main__":
    main()
