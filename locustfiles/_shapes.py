"""Loads that change over time, each from its own options."""

from __future__ import annotations

import math
import time
from typing import Any

from locust import LoadTestShape

Tick = tuple[int, float]


class Shape(LoadTestShape):
    """A load that ends by itself after `duration` seconds."""

    abstract = True
    ended = False
    """Whether it came to its own end."""

    @property
    def asked(self) -> Any:
        """Locust's namespace of options."""
        assert self.runner is not None
        return self.runner.environment.parsed_options

    def duration(self) -> float:
        """Seconds from start to end."""
        raise NotImplementedError

    def users(self, elapsed_s: float) -> float:
        """How many users there should be at that time."""
        raise NotImplementedError

    def tick(self) -> Tick | None:
        """What Locust asks once a second: users, and how many to start or stop per second; None at the end."""
        elapsed_s = time.perf_counter() - self.start_time
        self.ended = elapsed_s >= self.duration()
        if self.ended:
            return None
        count = max(1, math.ceil(self.users(elapsed_s)))
        return count, count  # what is due now is due at once
