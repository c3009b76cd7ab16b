"""Arrivals at a set rate: what do users feel when requests come whether or not the server is done with earlier ones?

    locust -f locustfiles/fixed_rate.py --host http://127.0.0.1:8000 --scenario simple --rate 200 --users 50

Latency counts from the moment a request was due. When all users are busy then, it waits for one and its wait counts:
give so many users that `late_p99_ms` stays small, or the users are what limits the rate. With workers the rate is
shared out evenly among as many as `--processes` or `--expect-workers` says.
"""

from __future__ import annotations

import time

import gevent
from locust import constant, task

from locustfiles import _recording  # noqa: F401  # it listens
from locustfiles._offer import offer
from locustfiles._user import ContractUser

offer("stack", "scenario", "rate", "prefix", "check", "dataset", "inputs", "run", "window")


class FixedRateUser(ContractUser):
    """Takes the next request that is due, waits for its moment, and sends it."""

    wait_time = constant(0)

    @task
    def request(self) -> None:
        """The scenario's next request, at its time or as soon after as a user is free."""
        schedule = self.session.schedule
        assert schedule is not None
        due_s = schedule.next()
        gevent.sleep(max(0.0, due_s - time.monotonic()))
        self.ask(self.session.options.scenarios[0], due_s=due_s)
