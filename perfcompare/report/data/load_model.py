"""How the requests of a run arrived, in the terms of queueing: a closed loop, one with think time, or a fixed rate.

In a closed loop a client sends when it is answered; with think time it waits in between, so that fewer requests are
under way than there are clients (Schroeder, Wierman, Harchol-Balter: Open versus closed, NSDI 2006).
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from typing import Final

from perfcompare.models import Measurement, Run

CLOSED: Final = "in a closed loop"
THINKING: Final = "in a closed loop with think time"
UNKNOWN: Final = "in a closed loop whose think time is not known"
FIXED: Final = "at a fixed rate"


def collect(run: Run, rows: Iterable[Measurement]) -> str:
    """How the requests of the run's `rows` arrived; fixed shares of a peak are reported elsewhere."""
    plain = [row for row in rows if row.cell == row.cell.plain]
    if any(row.rate is not None for row in plain):
        return FIXED
    asked = run.options.get("locust", {"further": ()})
    if asked == {}:  # files of Locust's own, which tell of no locustfile
        return UNKNOWN
    # A row of one request of a journey is called `journey METHOD scenario` (perfcompare.locust_tests.results).
    is_journey = any(" " in row.scenario for row in plain)
    return THINKING if is_journey and _thinks(asked.get("further", ())) else CLOSED


def _thinks(further: Sequence[str]) -> bool:
    """Whether the options that Locust was given leave its users time to think."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--think", type=float, default=1.0)  # the default of the locustfiles is above 0 as well
    return bool(parser.parse_known_args(list(further))[0].think > 0)
