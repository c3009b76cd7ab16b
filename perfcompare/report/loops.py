"""How the requests of a run arrived, in the terms of queueing: a closed loop, one with think time, or a fixed rate.

In a closed loop a client sends when it is answered; with think time it waits in between, so that fewer requests are
under way than there are clients (Schroeder, Wierman, Harchol-Balter: Open versus closed, NSDI 2006).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from perfcompare.models import Measurement, Run

CLOSED: Final = "in a closed loop"
THINKING: Final = "in a closed loop with think time"
UNKNOWN: Final = "in a closed loop whose think time is not known"
FIXED: Final = "at a fixed rate"


def of(run: Run, rows: Iterable[Measurement]) -> str:
    """How the requests of the run's `rows` arrived; those at shares of a peak are told elsewhere."""
    plain = [row for row in rows if row.cell == row.cell.plain]
    if any(row.rate is not None for row in plain):
        return FIXED
    if run.options.get("locust") == {}:  # files of Locust's own, which tell of no locustfile
        return UNKNOWN
    # A row of one request of a journey is called `journey METHOD scenario` (perfcompare.locusting.results).
    return THINKING if any(" " in row.scenario for row in plain) else CLOSED
