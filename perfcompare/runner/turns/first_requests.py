"""The first requests to the servers of a round: some of each reading scenario, before the first one is measured.

A server keeps what its first requests needed: each of its threads a connection to the database and one to the cache.
Frameworks look at these in every later request. So the cost of a scenario depends on the scenarios that came before
it: `simple` costs `drf_tuned` 17 % more behind `user_create` or `cached_users` than alone. The order is drawn, so the
figures would depend on it. A server in production has seen every kind of request.
"""

from __future__ import annotations

from collections.abc import Iterable

from perfcompare.core.errors import PerfcompareError
from perfcompare.runner.sender import Sender
from perfcompare.runner.trial import Trial
from perfcompare.runner.turns.lanes import Lanes
from perfcompare.runner.turns.load import stream


def send(trials: Iterable[Trial], lanes: Lanes) -> None:
    """Load every server with each of its scenarios for a moment.

    Scenarios that write are left out: reading ones open the same connections, and the data need not be restored. Wrong
    answers are found when a trial is verified.
    """
    for trial in trials:
        lane = lanes[trial.who]
        if isinstance(lane, PerfcompareError) or trial.planned.cell.share or trial.endpoint.writes:
            continue
        with Sender(lane.process.host, lane.process.port, trial.planned.cell.concurrency) as sender:
            sender.closed(stream(trial, lane), seconds=trial.conditions.first_s)
