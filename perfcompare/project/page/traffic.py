"""What the traffic needs: cores, and money for them."""

from __future__ import annotations

from dataclasses import dataclass

_MICROSECONDS = 1e6


@dataclass(frozen=True, kw_only=True)
class Price:
    """What the sums are made for."""

    rate: float = 1000.0
    """Requests per second."""
    core: float | None = None
    """What a processor core costs a month; None when nobody has said it."""

    def cores(self, cost_us: float) -> float:
        """How many cores are busy at this rate, with requests that cost so much on average."""
        return self.rate * cost_us / _MICROSECONDS

    def month(self, cost_us: float) -> float | None:
        """What they cost a month."""
        return None if self.core is None else self.cores(cost_us) * self.core
