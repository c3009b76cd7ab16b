"""A neighbour on the server's processor: `python -m tests.perfcompare.runner.busy_neighbour 400 & make compare`

Burns that processor for a third of the time, in stretches of random length, for so many seconds. Costs of a run beside
it must agree with those of a run without it within their intervals (`python -m
tests.perfcompare.report.repeated_runs`).
"""

from __future__ import annotations

import os
import sys
import time
from random import Random

from perfcompare.runner import pinning

SHARE = 1 / 3
STRETCH_S = (0.05, 2.0)
"""From below a turn's cycle to above a scenario's."""


def main(seconds: float) -> None:
    """Burn and rest until the time is over."""
    cpus = pinning.place(1).server
    if cpus is None:
        raise SystemExit("There is one processor core, so nothing is pinned and there is no server's processor.")
    os.sched_setaffinity(0, cpus)
    random, until_s = Random(1), time.monotonic() + seconds
    while (now_s := time.monotonic()) < until_s:
        stretch_s = random.uniform(*STRETCH_S)
        while time.monotonic() < now_s + stretch_s:
            pass
        time.sleep(stretch_s * (1 - SHARE) / SHARE)


if __name__ == "__main__":
    main(float(sys.argv[1]))
