"""Says each step, and how long the others will take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from perfcompare.runner.progress import left


@dataclass(kw_only=True)
class Steps:
    """So many of one kind, which take about as long as those before them."""

    say: Callable[[str], None]
    doing: str
    number: int
    _begun: list[float] = field(default_factory=list)

    def next(self, what: str) -> None:
        """The step that begins now. Before one is over, nothing is known about the time."""
        now, done = time.monotonic(), len(self._begun)
        passed_s = now - self._begun[0] if done else 0.0
        rest = f"; {left(passed_s / done * (self.number - done))}" if done else ""
        self._begun.append(now)
        self.say(f"{self.doing} {done + 1} of {self.number}: {what}{rest}")
