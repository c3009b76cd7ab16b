"""How much is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

SAMPLE: Final = 10
"""Each change alone is measured at so many requests, and so many have latencies."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """Of one `try`."""

    seconds: float = 0.3
    """Time under load of each variant, for each request and round, on average: `shared`."""
    sampled: bool = True
    """Whether more requests than SAMPLE share the time of so many."""
    first_s: float = 0.05
    """How long each request is sent to each server before the first one is measured."""
    warmup_s: float = 0.5
    rounds_alone: int = 2
    """Of each change that seemed to save something in the first look, beside that round: the fewest with an interval.
    With 0, the first look decides."""
    rounds_together: int = 5
    """These figures are the answer."""
    latency: bool = True
    """Whether latencies are measured too."""
    threads: int = 8
    seed: int = 1
    servers: tuple[str, ...] = ()
    """The project's own first; empty: its usual one, and every other one that is installed."""
    only: tuple[str, ...] = ()
    """The names of changes; empty: all."""
    unsafe: bool = False
    """Whether requests that may write are sent."""

    def shared(self, costs: Mapping[str, float]) -> Mapping[str, float]:
        """The time of each request: one half for all alike, the other one where the traffic spends its own."""
        whole = sum(costs.values())
        seconds = self.seconds * min(SAMPLE / len(costs), 1) if self.sampled and costs else self.seconds
        return {
            name: seconds * (1 + len(costs) * cost / whole) / 2 if whole else seconds for name, cost in costs.items()
        }

    @property
    def look(self) -> Options:
        """How every change is measured in the first round, which decides what is measured more."""
        return replace(
            self,
            seconds=min(self.seconds, QUICK.seconds),
            first_s=min(self.first_s, QUICK.first_s),
            warmup_s=min(self.warmup_s, QUICK.warmup_s),
            latency=False,
        )


def sample(costs: Mapping[str, float]) -> Mapping[str, float]:
    """The requests that cost the traffic most, SAMPLE at most."""
    return dict(sorted(costs.items(), key=lambda one: -one[1])[:SAMPLE])


USUAL: Final = Options()
QUICK: Final = Options(seconds=0.15, first_s=0.02, warmup_s=0.06, rounds_alone=0, rounds_together=3, latency=False)
"""For a first look: each change alone is measured once, and the intervals of the answer are wider."""
GATE: Final = Options(seconds=0.6, sampled=False, latency=False)
"""A gate has three servers only, so there is time to be sure of each request."""
QUICK_GATE: Final = replace(GATE, seconds=0.3, first_s=QUICK.first_s, warmup_s=QUICK.warmup_s, rounds_together=3)
